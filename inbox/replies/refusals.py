"""Why something may not be sent, in a sentence that a person can act on."""

from __future__ import annotations

from inbox.conversations.models import Message


class Refused(Exception):
    """A send that the customer's rules or ours forbid.

    ``code`` is for machines: window_closed, no_clearance, marketing_stopped, template_not_approved, unseen_reply, not_yours,
    too_long, bad_media, unreachable, empty, bad_field, not_failed. ``sentence`` and ``next_step`` are for people. ``field`` names
    the form field at fault, if it is one, and ``errors`` has the sentence for each. ``newer`` is the colleague's message that
    was not seen (unseen_reply, HTTP 409).
    """

    def __init__(
        self,
        code: str,
        sentence: str,
        *,
        next_step: str = "",
        field: str = "",
        errors: dict[str, str] | None = None,
        newer: Message | None = None,
    ) -> None:
        super().__init__(code)
        self.code = code
        self.sentence = sentence
        self.next_step = next_step
        self.field = field
        self.errors = errors or ({field: sentence} if field else {})
        self.newer = newer

    @property
    def status(self) -> int:
        """The HTTP status that says the same: 409 when a colleague was quicker, 403 for what one may not, else 422."""
        if self.code == "unseen_reply":
            return 409
        return 403 if self.code in {"not_yours", "no_clearance"} else 422
