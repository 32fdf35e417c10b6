"""What people change of themselves."""

from __future__ import annotations

from django.db import transaction

from inbox.audit.codes import Code
from inbox.audit.record import record

from .actors import actor
from .models import User

OWN = ("name", "language", "timezone", "theme", "density")


def change_profile(person: User, changed: list[str], *, origin: str = "") -> None:
    """Save the named columns of one's own row; others stay as they are, whatever the instance holds."""
    columns = [column for column in OWN if column in changed]
    if not columns:
        return
    with transaction.atomic():
        person.save(update_fields=columns)
        record(Code.PERSON_PROFILE_CHANGED, by=actor(person, origin), target=("person", person.pk), changed=columns)
