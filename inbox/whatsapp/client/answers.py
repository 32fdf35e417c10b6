"""What Graph answers, as typed values; missing or oddly typed parts become "" or 0, never an exception."""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from inbox.whatsapp.errors import BAD_ANSWER, OutcomeUnknown

Json = dict[str, Any]
HEX_DIGEST = re.compile(r"[0-9a-fA-F]{64}")


def text(source: Json, key: str) -> str:
    """A value as text; numbers too, since Graph's ids come as either."""
    value = source.get(key)
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def whole(source: Json, key: str) -> int:
    """A value as a whole number, also when it came as text."""
    try:
        return int(text(source, key) or 0)
    except ValueError:
        return 0


def part(source: Json, key: str) -> Json:
    """A nested object, or an empty one."""
    value = source.get(key)
    return value if isinstance(value, dict) else {}


def parts(source: Json, key: str) -> list[Json]:
    """A list of objects, without whatever else is in it."""
    value = source.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def hex_digest(value: str) -> str:
    """A SHA-256 in lower-case hex, whether it came as hex or base64 (protocol section 4); "" if it is neither."""
    if HEX_DIGEST.fullmatch(value):
        return value.lower()
    try:
        raw = base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return ""
    return raw.hex() if len(raw) == 32 else ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """A send that WhatsApp took. ``wa_id`` may differ from what we dialled.

    ``status`` is "", accepted, held_for_quality_assessment or paused.
    """

    external_id: str
    wa_id: str = ""
    user_id: str = ""
    status: str = ""

    @classmethod
    def of(cls, answer: Json) -> Accepted:
        """Raises OutcomeUnknown if there is no message id: something was taken, but we cannot say what."""
        sent = next(iter(parts(answer, "messages")), {})
        contact = next(iter(parts(answer, "contacts")), {})
        if not text(sent, "id"):
            raise OutcomeUnknown(BAD_ANSWER, details="no message id")
        return cls(text(sent, "id"), text(contact, "wa_id"), text(contact, "user_id"), text(sent, "message_status"))


@dataclass(frozen=True, slots=True)
class MediaLink:
    """Where a file can be fetched for the next five minutes; ``sha256`` in hex or "", ``size`` in bytes or 0."""

    url: str = field(repr=False)
    mime: str
    sha256: str
    size: int

    @classmethod
    def of(cls, answer: Json) -> MediaLink:
        """Raises OutcomeUnknown without an address."""
        if not text(answer, "url"):
            raise OutcomeUnknown(BAD_ANSWER, details="no url")
        return cls(
            text(answer, "url"), text(answer, "mime_type"), hex_digest(text(answer, "sha256")), max(0, whole(answer, "file_size"))
        )


@dataclass(frozen=True, slots=True)
class TemplateInfo:
    """A template as Graph lists it."""

    external_id: str
    name: str
    language: str
    category: str
    status: str
    parameter_format: str
    components: list[Json]
    quality: str
    reason: str

    @classmethod
    def of(cls, answer: Json) -> TemplateInfo:
        """Words of state in capitals; a reason NONE is no reason."""
        reason = text(answer, "rejected_reason")
        return cls(
            text(answer, "id"),
            text(answer, "name"),
            text(answer, "language"),
            text(answer, "category").upper(),
            text(answer, "status").upper(),
            text(answer, "parameter_format").upper() or "POSITIONAL",
            parts(answer, "components"),
            text(part(answer, "quality_score"), "score").upper(),
            "" if reason.upper() == "NONE" else reason,
        )


@dataclass(frozen=True, slots=True)
class NumberInfo:
    """A business phone number; only ``status`` CONNECTED can send."""

    phone_number_id: str
    display_phone: str = ""
    verified_name: str = ""
    quality: str = ""
    status: str = ""
    code_verification: str = ""
    name_status: str = ""
    throughput: str = ""
    platform: str = ""
    account_mode: str = ""
    messaging_limit: str = ""

    @classmethod
    def of(cls, answer: Json) -> NumberInfo:
        """From ``GET /{phone-number-id}`` or a line of the account's list."""
        return cls(
            text(answer, "id"),
            text(answer, "display_phone_number"),
            text(answer, "verified_name"),
            text(answer, "quality_rating"),
            text(answer, "status"),
            text(answer, "code_verification_status"),
            text(answer, "name_status"),
            text(part(answer, "throughput"), "level"),
            text(answer, "platform_type"),
            text(answer, "account_mode"),
            text(answer, "whatsapp_business_manager_messaging_limit"),
        )


@dataclass(frozen=True, slots=True)
class Profile:
    """What customers read about the business."""

    about: str = ""
    address: str = ""
    description: str = ""
    email: str = ""
    picture_url: str = ""
    websites: tuple[str, ...] = ()
    vertical: str = ""

    @classmethod
    def of(cls, answer: Json) -> Profile:
        """From the first line of ``data``; older versions wrap it once more."""
        line = next(iter(parts(answer, "data")), answer)
        line = part(line, "business_profile") or line
        sites = line.get("websites")
        return cls(
            text(line, "about"),
            text(line, "address"),
            text(line, "description"),
            text(line, "email"),
            text(line, "profile_picture_url"),
            tuple(site for site in sites if isinstance(site, str)) if isinstance(sites, list) else (),
            text(line, "vertical"),
        )


@dataclass(frozen=True, slots=True)
class Subscription:
    """An app that gets an account's webhooks; ``callback`` is the account's own address, "" for the app's."""

    app_id: str
    name: str
    callback: str

    @classmethod
    def of(cls, answer: Json) -> Subscription:
        """From a line of ``data``."""
        app = part(answer, "whatsapp_business_api_data")
        return cls(text(app, "id"), text(app, "name"), text(answer, "override_callback_uri"))


@dataclass(frozen=True, slots=True)
class BlockOutcome:
    """Which users were blocked or unblocked, by what we called them, and which were not."""

    done: tuple[str, ...]
    failed: tuple[str, ...]

    @classmethod
    def of(cls, answer: Json) -> BlockOutcome:
        """From the ``block_users`` object."""
        users = part(answer, "block_users")
        done = [*parts(users, "added_users"), *parts(users, "removed_users")]
        return cls(
            tuple(text(user, "input") for user in done), tuple(text(user, "input") for user in parts(users, "failed_users"))
        )


@dataclass(frozen=True, slots=True)
class TokenInfo:
    """What an access token is good for; ``expires_at`` in Unix seconds, 0 for never."""

    is_valid: bool
    app_id: str
    expires_at: int
    scopes: tuple[str, ...]

    @classmethod
    def of(cls, answer: Json) -> TokenInfo:
        """From the ``data`` object."""
        data = part(answer, "data")
        scopes = data.get("scopes")
        return cls(
            data.get("is_valid") is True,
            text(data, "app_id"),
            whole(data, "expires_at"),
            tuple(scope for scope in scopes if isinstance(scope, str)) if isinstance(scopes, list) else (),
        )
