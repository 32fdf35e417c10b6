"""Says whether the trail is whole; exits 1 and names the first broken entry when it is not."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from inbox.audit.models import Entry
from inbox.audit.verify import verify


class Command(BaseCommand):
    """``manage.py verify_trail``."""

    help = "Verify the trail: exit 0 when it is whole, else name the first broken entry and how it is broken."

    def handle(self, *args: Any, **options: Any) -> None:
        """Reads the whole trail once."""
        finding = verify()
        if finding:
            raise CommandError(f"{finding.sentence} ({finding.fault})", returncode=1)
        count = Entry.objects.filter(position__isnull=False).count()
        self.stdout.write(_("The trail is whole: %(count)s entries sealed.") % {"count": count})
