"""Shows moments and spans of time: in the viewer's zone, and in a form that the page's script can bring up to date."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

register = template.Library()

WEEK = 6  # days for which the weekday alone says enough


@register.simple_tag
def moment(at: datetime | None, form: str = "clock") -> SafeString | str:
    """A ``<time>`` element. ``form``: clock (14:02), list (14:02, Wed, 2 Feb), day (Friday 6 March), date (2 Feb 2026),
    full (both), left (3 h 12 m until then), ago (12 m since then). Nothing for None.
    """
    if at is None:
        return ""
    words = left(at) if form in {"left", "ago"} else FORMS[form](timezone.localtime(at))
    return format_html('<time datetime="{}" data-time="{}">{}</time>', at.isoformat(), form, words)


def left(at: datetime) -> str:
    """The span between now and a moment, whichever comes first, in at most two units."""
    minutes = int(abs((at - timezone.now()).total_seconds()) // 60)
    days, hours, rest = minutes // 1440, minutes // 60 % 24, minutes % 60
    if days:
        return _("%(d)s d %(h)s h") % {"d": days, "h": hours} if hours else _("%(d)s d") % {"d": days}
    if hours:
        return _("%(h)s h %(m)s m") % {"h": hours, "m": rest} if rest else _("%(h)s h") % {"h": hours}
    return _("%(m)s m") % {"m": minutes}


def in_list(at: datetime) -> str:
    """As short as a list allows: the clock today, the weekday this week, else the date."""
    today = timezone.localtime().date()
    if at.date() == today:
        return date_format(at, "H:i")
    if 0 < (today - at.date()).days <= WEEK:
        return date_format(at, "D")
    return date_format(at, "j M" if at.year == today.year else "j M Y")


def day(at: datetime) -> str:
    """The heading over one day's messages."""
    today = timezone.localtime().date()
    name = date_format(at, "l j F" if at.year == today.year else "l j F Y")
    match (today - at.date()).days:
        case 0:
            return _("Today, %(day)s") % {"day": name}
        case 1:
            return _("Yesterday, %(day)s") % {"day": name}
        case _:
            return name


FORMS: dict[str, Callable[[datetime], str]] = {
    "clock": lambda at: date_format(at, "H:i"),
    "list": in_list,
    "day": day,
    "date": lambda at: date_format(at, "j M Y"),
    "full": lambda at: (
        pgettext("date, time", "%(date)s, %(time)s") % {"date": date_format(at, "j M Y"), "time": date_format(at, "H:i")}
    ),
}
