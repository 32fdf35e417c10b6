"""The shapes of what the composer posts. Shape and messages only; whether it may go out is decided elsewhere."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

FIELD = "field:"


class Sending(forms.Form):
    """What every send carries: the page's token, so that a repeat adds nothing, and the last message it showed."""

    client_token = forms.UUIDField(
        error_messages={"required": _("Reload the page and send again."), "invalid": _("Reload the page and send again.")}
    )
    seen = forms.IntegerField(required=False, min_value=1)


class Lines(forms.CharField):
    """Words of several lines. Browsers send a line's end as two signs (HTML, section 4.10.22.4); what people wrote has one."""

    def to_python(self, value: Any) -> str | None:
        """The words with single line ends."""
        words = super().to_python(value)
        return words.replace("\r\n", "\n") if isinstance(words, str) else words


class ReplyForm(Sending):
    """An answer in free words."""

    text = Lines(required=False, strip=False)
    reply_to = forms.IntegerField(required=False, min_value=1)


class MediaForm(Sending):
    """A file with a caption."""

    file = forms.FileField(error_messages={"required": _("Choose a file first."), "empty": _("This file is empty.")})
    caption = Lines(required=False, max_length=1024)


class ButtonsForm(Sending):
    """A question with up to three buttons to answer it."""

    body = Lines(error_messages={"required": _("Write the question first.")})
    button_1 = forms.CharField(required=False)
    button_2 = forms.CharField(required=False)
    button_3 = forms.CharField(required=False)

    def clean(self) -> dict[str, Any] | None:
        """At least one button; the empty ones are left out."""
        cleaned = super().clean()
        if not self.buttons():
            self.add_error("button_1", _("Name at least one button."))
        return cleaned

    def buttons(self) -> list[str]:
        """The buttons that have a name, in order."""
        named = (str(self.cleaned_data.get(f"button_{place}") or "").strip() for place in (1, 2, 3))
        return [name for name in named if name]


class TemplateForm(Sending):
    """A template and what its fields hold; the fields differ by template, so they are read from ``field:<key>``."""

    template = forms.IntegerField(
        error_messages={"required": _("Choose a template first."), "invalid": _("Choose a template first.")}
    )

    def values(self) -> dict[str, str]:
        """Field by key."""
        return {name.removeprefix(FIELD): str(self.data[name]) for name in self.data if name.startswith(FIELD)}
