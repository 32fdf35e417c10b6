"""Measures what we are about to send against WhatsApp's limits (protocol section 3.4), and refuses in words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

TEXT_MOST = 4096
CAPTION_MOST = 1024
HEADER_MOST = FOOTER_MOST = 60
BODY_MOST, LIST_BODY_MOST, CARD_BODY_MOST = 1024, 4096, 160
CARD_LINE_BREAKS_MOST = 2
LABEL_MOST = 20  # reply buttons, the list's button, link and flow labels
BUTTONS_MOST, CARDS_LEAST, CARDS_MOST = 3, 2, 10
SECTIONS_MOST, ROWS_MOST, PRODUCTS_MOST = 10, 10, 30
SECTION_TITLE_MOST, ROW_TITLE_MOST, ROW_DESCRIPTION_MOST = 24, 24, 72
BUTTON_ID_MOST, ROW_ID_MOST = 256, 200
FILENAME_MOST = 240
URL_MOST = 2000
TOKEN_MOST = 2000  # Meta names no limit for a form's token; it travels in addresses too
OPAQUE_MOST = 512
PEOPLE_MOST = 5
TEMPLATE_NAME_MOST = 512
TEMPLATE_BODY_MOST = 1024
TEMPLATE_VALUE_MOST = 32768
COUPON_MOST, OTP_MOST = 15, 15

# What people call the fields that they fill in; a path such as buttons.0.title is named by its last part.
NAMES: dict[str, Any] = {
    "body": gettext_lazy("The text"),
    "caption": gettext_lazy("The caption"),
    "header": gettext_lazy("The heading"),
    "footer": gettext_lazy("The footer"),
    "title": gettext_lazy("The title"),
    "description": gettext_lazy("The description"),
    "label": gettext_lazy("The button's text"),
    "filename": gettext_lazy("The file name"),
    "url": gettext_lazy("The link"),
    "code": gettext_lazy("The code"),
    "id": gettext_lazy("The key"),
}
SOMETHING = gettext_lazy("This field")


class PayloadRefused(Exception):
    """What we were asked to send cannot be sent as it is.

        PayloadRefused
        ├── TooLong
        └── BadPayload

    ``sentence`` is translated and says what to change; ``field`` is the path of the part at fault, "buttons.0.title".
    """

    def __init__(self, sentence: str, field: str) -> None:
        super().__init__(f"{type(self).__name__} {field}")
        self.sentence = sentence
        self.field = field


class TooLong(PayloadRefused):
    """Longer, or more of it, than WhatsApp takes."""


class BadPayload(PayloadRefused):
    """Missing, empty, repeated or of the wrong form."""


def units(text: str) -> int:
    """The length of a text as WhatsApp most strictly counts it: UTF-16 code units, so most emoji count two or more."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def name_of(field: str) -> str:
    """What people call a field."""
    return str(NAMES.get(field.rpartition(".")[2], SOMETHING))


def limited(text: str, most: int, field: str) -> str:
    """The text, if it is no longer than ``most``; raises TooLong."""
    if (count := units(text)) > most:
        raise TooLong(
            _("%(field)s may be %(most)d characters long; it has %(count)d.")
            % {"field": name_of(field), "most": most, "count": count},
            field,
        )
    return text


def needed(text: str, most: int, field: str) -> str:
    """The text, if there is one and it is not too long; raises BadPayload or TooLong."""
    if not text.strip():
        raise BadPayload(_("%(field)s is missing.") % {"field": name_of(field)}, field)
    return limited(text, most, field)


def web_address(url: str, field: str = "url") -> str:
    """The address, if it is http or https; raises BadPayload or TooLong."""
    needed(url, URL_MOST, field)
    if not url.lower().startswith(("https://", "http://")) or any(character.isspace() for character in url):
        raise BadPayload(_("%(field)s must be a whole web address that begins with https://.") % {"field": name_of(field)}, field)
    return url


def counted(items: int, least: int, most: int, field: str) -> None:
    """Raises BadPayload or TooLong unless there are ``least`` to ``most`` items."""
    if items < least:
        raise BadPayload(_("At least %(least)d needed here; there are %(count)d.") % {"least": least, "count": items}, field)
    if items > most:
        raise TooLong(_("At most %(most)d allowed here; there are %(count)d.") % {"most": most, "count": items}, field)


def different(values: list[str], field: str) -> None:
    """Raises BadPayload if two of the values are equal."""
    if len(set(values)) < len(values):
        raise BadPayload(_("No two of these may be the same."), field)
