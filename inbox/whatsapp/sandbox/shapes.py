"""The shape of a world file: who exists on the other end of the wire when the sandbox starts."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True)
class App:
    """A Meta app: its secret signs webhooks, its callback URL receives them."""

    id: str
    name: str
    secret: str
    callback_url: str
    verify_token: str
    old_secret: str | None = None


@dataclass(frozen=True)
class Number:
    """A business phone number; `display_phone_number` is the spaced form ("+1 555-014-2200")."""

    id: str
    display_phone_number: str
    verified_name: str

    @property
    def digits(self) -> str:
        return re.sub(r"\D", "", self.display_phone_number)


@dataclass(frozen=True)
class Template:
    """A message template as the list endpoint shows it; `components` keep Meta's shape."""

    name: str
    language: str
    status: str
    category: str
    components: tuple[Json, ...]
    parameter_format: str = "POSITIONAL"
    rejected_reason: str | None = None


@dataclass(frozen=True)
class Waba:
    """A WhatsApp Business Account: numbers, templates and the apps subscribed from the start."""

    id: str
    name: str
    app_ids: tuple[str, ...]
    numbers: tuple[Number, ...]
    templates: tuple[Template, ...] = ()


@dataclass(frozen=True)
class Portfolio:
    """A business portfolio: the scope in which a person's BSUID is the same."""

    id: str
    name: str
    wabas: tuple[Waba, ...]


@dataclass(frozen=True)
class Token:
    """An access token of an app, valid for some WABAs; `expires_at` is an ISO time or None (never)."""

    token: str
    app_id: str
    waba_ids: tuple[str, ...]
    expires_at: str | None = None


@dataclass(frozen=True)
class Person:
    """A simulated customer. `phone` is the wa_id in digits; None is a person who never shows one.

    `shows_phone` False hides the number until the business wrote to it (30-day rule).
    `reachable` False is a number without WhatsApp: sends to it fail with 131026.
    """

    id: str
    name: str
    phone: str | None
    bsuid: str
    username: str | None
    country: str
    language: str
    script: str = "silent"
    shows_phone: bool = True
    reachable: bool = True


@dataclass(frozen=True)
class World:
    """Everything the sandbox starts from; `data_file` is its own sqlite file."""

    data_file: str
    apps: tuple[App, ...] = ()
    portfolios: tuple[Portfolio, ...] = ()
    tokens: tuple[Token, ...] = ()
    people: tuple[Person, ...] = field(default=())
