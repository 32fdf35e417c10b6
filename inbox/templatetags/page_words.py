"""Hands the page's scripts their sentences, in the viewer's language, as data."""

from __future__ import annotations

from django import template
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

register = template.Library()


@register.simple_tag
def page_words() -> SafeString:
    """A data block ``#words``; ``parley/lib/words.js`` reads it. ``{n}`` and other braces are filled in by the script."""
    return json_script(
        {
            "days_hours": _("%(d)s d %(h)s h") % {"d": "{d}", "h": "{h}"},
            "days": _("%(d)s d") % {"d": "{d}"},
            "hours_minutes": _("%(h)s h %(m)s m") % {"h": "{h}", "m": "{m}"},
            "hours": _("%(h)s h") % {"h": "{h}"},
            "minutes": _("%(m)s m") % {"m": "{m}"},
            "today": _("Today, %(day)s") % {"day": "{day}"},
            "yesterday": _("Yesterday, %(day)s") % {"day": "{day}"},
            "closes_in": _("Closes in {left}"),
            "window_closing": _("The window closes in {left}."),
            "window_closed": _("The window has closed. Only approved templates can be sent now."),
            "not_sent": _("Not sent. Check your connection and try again; your text is kept."),
            "offline": _("You are offline. Your text is kept; send it when you are back."),
            "too_long": ngettext("{n} character too many", "{n} characters too many", 2),
            "copied": _("Copied"),
            "close": _("Close"),
            "fill": _("Fill in: {field}"),
            "draft_kept": _("Draft kept"),
            "replying_to": _("Replying to {name}"),
            "you": _("You"),
            "sending": _("Sending"),
            "failed_load": _("That could not be loaded. Try again."),
        },
        "words",
    )
