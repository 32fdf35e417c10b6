"""A person we talk to, and the handles by which WhatsApp names them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Contact(models.Model):
    """One person within one business portfolio. A phone number is optional; see ``Handle``."""

    portfolio = models.CharField(max_length=64)
    name = models.CharField(max_length=200, blank=True)
    language = models.CharField(max_length=16, blank=True)
    identity_hash = models.CharField(max_length=128, blank=True)
    profile_at = models.DateTimeField(null=True, blank=True, help_text="Time of the newest webhook that told name or username")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"contact {self.pk}"

    def handle(self, kind: str) -> str:
        """The current value of one kind of handle, or "". Uses the prefetched handles where there are some."""
        current = [row for row in self.handles.all() if row.kind == kind and row.until is None]
        return max(current, key=lambda row: row.since).value if current else ""

    @property
    def phone(self) -> str:
        """Digits that WhatsApp last gave us for this person, without "+", or ""."""
        return self.handle(Handle.Kind.WA_ID) or self.handle(Handle.Kind.PHONE)

    @property
    def bsuid(self) -> str:
        """The business-scoped user id, or ""."""
        return self.handle(Handle.Kind.BSUID)

    @property
    def display_name(self) -> str:
        """What to call them: name, else username, else phone, else the end of the BSUID (protocol §2.8)."""
        if self.name:
            return self.name
        if username := self.handle(Handle.Kind.USERNAME):
            return f"@{username}"
        if phone := self.phone:
            return f"+{phone}"
        return f"…{self.bsuid[-6:]}" if self.bsuid else "—"

    @property
    def initials(self) -> str:
        """One or two letters for the avatar."""
        words = [word for word in self.display_name.replace("@", "").split() if word[:1].isalnum()]
        letters = [words[0][0], words[-1][0]] if len(words) > 1 else [word[0] for word in words]
        return "".join(letters).upper() or "?"

    @property
    def hue(self) -> int:
        """Which of the ten avatar colours (1-10) this person has."""
        return (self.pk or 0) % 10 + 1


class Handle(models.Model):
    """One way a contact is known. ``until`` is empty while it is in force; old ones stay as history.

    ``key`` is what we match on: for phones a canonical form in which the Brazilian, Argentinian and Mexican spellings
    of one number meet (protocol §10.1); for everything else the value itself.
    """

    class Kind(models.TextChoices):
        """The ways a contact can be known."""

        PHONE = "phone"
        WA_ID = "wa_id"
        BSUID = "bsuid"
        PARENT_BSUID = "parent_bsuid"
        USERNAME = "username"

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="handles")
    portfolio = models.CharField(max_length=64)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=160)
    key = models.CharField(max_length=160)
    since = models.DateTimeField()
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(
                fields=("portfolio", "kind", "key"), condition=Q(until__isnull=True), name="one_contact_per_current_handle"
            ),
        )
        indexes = (
            models.Index(fields=("contact", "kind"), name="handle_contact_kind"),
            models.Index(fields=("portfolio", "kind", "key"), name="handle_key"),
        )

    def __str__(self) -> str:
        return f"{self.kind} of contact {self.contact_id}"
