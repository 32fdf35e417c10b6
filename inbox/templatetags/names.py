"""Writes names, phone numbers and languages as people do."""

from __future__ import annotations

import phonenumbers
from django import template
from django.utils import timezone
from django.utils.translation import get_language_info
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat
from phonenumbers.timezone import time_zones_for_number

from accounts.middleware import zone_named

register = template.Library()

LONGEST = 18  # letters of a name that fit on a button


@register.filter
def first_name(name: str) -> str:
    """The first word of a name, shortened to fit a button."""
    first = (str(name).split() or [""])[0]
    return first if len(first) <= LONGEST else f"{first[: LONGEST - 1]}…"


@register.filter
def phone(digits: str) -> str:
    """Digits as an international number; as they are when they are none."""
    number = parsed(digits)
    return phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL) if number else f"+{digits}"


@register.filter
def local_time(digits: str) -> str:
    """What time it is now where a number is from, as "HH:MM", if that is one zone only; else nothing.

    Words and not a moment, since a template would show a moment in the zone of whoever reads.
    """
    number = parsed(digits)
    zones = time_zones_for_number(number) if number else ()
    zone = zone_named(zones[0]) if len(zones) == 1 else None
    return f"{timezone.now().astimezone(zone):%H:%M}" if zone else ""


@register.filter
def language(code: str) -> str:
    """A language's own name for itself."""
    try:
        return str(get_language_info(code.replace("_", "-").lower())["name_local"]).capitalize()
    except KeyError:
        return code


def parsed(digits: str) -> PhoneNumber | None:
    """The number, or None."""
    try:
        return phonenumbers.parse(f"+{digits}")
    except NumberParseException:
        return None
