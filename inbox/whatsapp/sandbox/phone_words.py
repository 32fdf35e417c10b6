"""The words of the phone page's choices."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

STOP_WORDS = {"en": "STOP", "pt_BR": "SAIR", "es": "BAJA"}

PLANS: tuple[tuple[str, str | Promise], ...] = (
    ("read", _("Delivered, then read")),
    ("delivered", _("Delivered only")),
    ("fail:131026", _("Fail 131026")),
    ("fail:131047", _("Fail 131047")),
    ("fail:131000", _("Fail 131000")),
    ("twice", _("Sent twice")),
    ("none", _("No answer")),
)
NETWORKS: tuple[tuple[str, str | Promise], ...] = (("good", _("Good")), ("slow", _("Slow")), ("lost", _("Lost")))
SCRIPTS: tuple[tuple[str, str | Promise], ...] = (
    ("angry_parcel", _("Angry parcel")),
    ("refund", _("Missing refund")),
    ("invoice", _("Needs an invoice")),
    ("booking", _("Wants a date")),
    ("size", _("Asks about a size")),
    ("manager", _("Wants the manager")),
    ("silent", _("Says nothing")),
)


@dataclass(frozen=True)
class Choice:
    """One radio or option, and whether it is the present one."""

    value: str
    words: str | Promise
    chosen: bool


def plan_choices(present: str) -> list[Choice]:
    return _choices(PLANS, present)


def network_choices(present: str) -> list[Choice]:
    return _choices(NETWORKS, present)


def script_choices(present: str) -> list[Choice]:
    return _choices(SCRIPTS, present)


def _choices(pairs: tuple[tuple[str, str | Promise], ...], present: str) -> list[Choice]:
    return [Choice(value, words, value == present) for value, words in pairs]
