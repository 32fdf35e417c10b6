"""What each kind of message is called and which icon stands for it in a list."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from inbox.conversations.models.message import Kind


@dataclass(frozen=True, slots=True)
class KindWords:
    """An icon ("" for none), a name, and the partial that draws the inside of the bubble."""

    icon: str
    name: str | Promise
    partial: str


KINDS: dict[str, KindWords] = {
    Kind.TEXT: KindWords("", _("Message"), "text"),
    Kind.IMAGE: KindWords("image", _("Photo"), "media"),
    Kind.VIDEO: KindWords("video", _("Video"), "media"),
    Kind.AUDIO: KindWords("mic", _("Audio"), "media"),
    Kind.DOCUMENT: KindWords("file-text", _("Document"), "media"),
    Kind.STICKER: KindWords("sticker", _("Sticker"), "media"),
    Kind.LOCATION: KindWords("map-pin", _("Location"), "location"),
    Kind.CONTACTS: KindWords("contact-round", _("Contact card"), "contacts"),
    Kind.INTERACTIVE: KindWords("list-checks", _("Buttons"), "interactive"),
    Kind.BUTTON: KindWords("reply", _("Button answer"), "text"),
    Kind.ORDER: KindWords("shopping-bag", _("Order"), "order"),
    Kind.TEMPLATE: KindWords("layout-template", _("Template"), "template"),
    Kind.SYSTEM: KindWords("info", _("News from WhatsApp"), "text"),
    Kind.CALL: KindWords("phone", _("Call"), "call"),
    Kind.UNSUPPORTED: KindWords("circle-alert", _("Unsupported message"), "unsupported"),
}


def words_of(kind: str) -> KindWords:
    """The words for a kind; one that we do not know reads as unsupported."""
    return KINDS.get(kind, KINDS[Kind.UNSUPPORTED])
