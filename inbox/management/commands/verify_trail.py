"""Says whether the trail is whole; exits 1 and names the first broken entry when it is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from inbox.audit.codes import Code
from inbox.audit.models import Entry
from inbox.audit.record import Actor, record
from inbox.audit.verify import verify

CONSOLE = Actor("console", None, "console", origin="verify_trail")


class Command(BaseCommand):
    """``manage.py verify_trail``."""

    help = "Verify the trail: exit 0 when it is whole, else name the first broken entry and how it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the whole trail once, and leaves an entry that it was read."""
        finding = verify()
        with transaction.atomic():
            record(Code.TRAIL_VERIFIED, by=CONSOLE, whole=not finding, fault=finding.fault.value if finding else "")
        if finding:
            raise CommandError(f"{finding.sentence} ({finding.fault})", returncode=1)
        count = Entry.objects.filter(position__isnull=False).count()
        self.stdout.write(_("The trail is whole: %(count)s entries sealed.") % {"count": count})
