"""What is said: messages in and out, the reactions on them, and news that came too early."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q

from .contact import Contact
from .conversation import Conversation
from .number import Number


class Kind(models.TextChoices):
    """What a message is made of. UNSUPPORTED is the visible placeholder for everything WhatsApp does not hand over."""

    TEXT = "text"
    IMAGE = "image"
    VIDEO = "video"
    AUDIO = "audio"
    DOCUMENT = "document"
    STICKER = "sticker"
    LOCATION = "location"
    CONTACTS = "contacts"
    INTERACTIVE = "interactive"  # sent: buttons, list, link; received: a button or list answer, a form's answer
    BUTTON = "button"  # received: quick reply of a template
    ORDER = "order"
    TEMPLATE = "template"
    SYSTEM = "system"
    CALL = "call"
    UNSUPPORTED = "unsupported"


class Status(models.TextChoices):
    """How far a message of ours got. ``conversations.status`` moves it, forward only."""

    QUEUED = "queued"
    SENDING = "sending"
    UNKNOWN = "unknown"
    ACCEPTED = "accepted"
    SENT = "sent"
    DELIVERED = "delivered"
    READ = "read"
    PLAYED = "played"
    FAILED = "failed"


class Message(models.Model):
    """One message. ``said_at`` is WhatsApp's time for the customer's messages and ours for what we write.

    ``content`` holds what a kind needs beyond text (place, buttons, template parameters, people). ``external_id`` is
    WhatsApp's id, personal data in disguise: never log it, never put it in a URL.
    """

    class Direction(models.TextChoices):
        """From the customer, or to them."""

        IN = "in"
        OUT = "out"

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="messages")
    number = models.ForeignKey(Number, on_delete=models.PROTECT, related_name="messages")
    direction = models.CharField(max_length=3, choices=Direction.choices)
    kind = models.CharField(max_length=16, choices=Kind.choices)
    text = models.TextField(blank=True)
    content = models.JSONField(default=dict, blank=True)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    by_phone = models.BooleanField(default=False, help_text="Typed on the business's own phone, not in Parley")
    # Null and not "" while unknown: a partial index on "is not null" is one that SQLite uses too.
    external_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001  see above
    client_token = models.UUIDField(
        null=True, blank=True, unique=True, help_text="Given by the page, so that a repeated post adds nothing"
    )
    reply_to = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replies")
    reply_to_external_id = models.CharField(max_length=255, null=True, blank=True)  # noqa: DJ001  as external_id
    forwarded = models.CharField(max_length=5, blank=True)
    status = models.CharField(max_length=12, choices=Status.choices, blank=True)
    said_at = models.DateTimeField()
    created_at = models.DateTimeField(auto_now_add=True)
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    played_at = models.DateTimeField(null=True, blank=True)
    failed_at = models.DateTimeField(null=True, blank=True)
    error_code = models.IntegerField(null=True, blank=True)
    error_detail = models.CharField(max_length=500, blank=True)
    dismissed_at = models.DateTimeField(null=True, blank=True, help_text="When somebody set the failure aside")
    pricing = models.JSONField(default=dict, blank=True)
    edited_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    versions = models.JSONField(default=list, blank=True, help_text="Earlier texts with their times, oldest first")
    seq = models.BigIntegerField(default=0)

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("number", "external_id"), name="one_message_per_external_id"),)
        indexes = (
            models.Index(fields=("contact", "number", "-said_at", "-id"), name="message_timeline"),
            models.Index(fields=("conversation", "-said_at", "-id"), name="message_conversation"),
            models.Index(fields=("number", "seq"), name="message_seq"),
            models.Index(
                fields=("number", "reply_to_external_id"), name="message_quotes", condition=Q(reply_to_external_id__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"message {self.pk}"

    @property
    def is_ours(self) -> bool:
        """True for what goes to the customer."""
        return self.direction == self.Direction.OUT


class Reaction(models.Model):
    """The emoji that one side put on a message; the target may come later than the reaction."""

    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="reactions")
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.CASCADE, related_name="reactions")
    target_external_id = models.CharField(max_length=255)
    ours = models.BooleanField(default=False)
    emoji = models.CharField(max_length=32, blank=True, help_text="Empty when it was taken away")
    handed_over = models.BooleanField(default=True, help_text="False while ours still has to reach WhatsApp")
    said_at = models.DateTimeField()

    class Meta:
        default_permissions = ()
        constraints = (models.UniqueConstraint(fields=("number", "target_external_id", "ours"), name="one_reaction_per_side"),)

    def __str__(self) -> str:
        return f"reaction {self.pk}"


class EarlyNews(models.Model):
    """News of a message that we do not know yet (a status, an edit, a revocation); applied as soon as we do."""

    number = models.ForeignKey(Number, on_delete=models.CASCADE, related_name="early_news")
    external_id = models.CharField(max_length=255)
    what = models.CharField(max_length=16, help_text="A status word, or edited, or revoked")
    at = models.DateTimeField()
    data = models.JSONField(default=dict, blank=True)
    digest = models.CharField(max_length=64, help_text="Of data: two edits of one second are two pieces of news")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        constraints = (
            models.UniqueConstraint(fields=("number", "external_id", "what", "at", "digest"), name="one_early_news_per_moment"),
        )

    def __str__(self) -> str:
        return f"early news {self.pk}"
