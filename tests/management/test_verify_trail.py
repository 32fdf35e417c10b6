"""``manage.py verify_trail`` as somebody on the console meets it."""

from __future__ import annotations

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from inbox.audit import guards
from inbox.audit.codes import Code
from inbox.audit.models import Entry
from inbox.audit.record import SYSTEM, record
from inbox.audit.seal import seal

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parent.parent.parent


def test_a_whole_trail_is_said_to_be_whole() -> None:
    record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    seal()
    out = StringIO()
    call_command("verify_trail", stdout=out)
    assert out.getvalue() == "The trail is whole: 1 entries sealed.\n"
    assert Entry.objects.get(code="trail.verified").data == {"whole": True, "fault": ""}


def test_the_first_broken_entry_is_named_and_the_command_fails() -> None:
    entry = record(Code.CONVERSATION_RESOLVED, by=SYSTEM)
    seal()
    guards.remove(connection)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE inbox_entry SET actor_label = 'Nobody'")
    with pytest.raises(CommandError, match=rf"Entry {entry.pk} at place 1 was edited. \(edited\)") as failure:
        call_command("verify_trail")
    assert failure.value.returncode == 1
    verified = Entry.objects.get(code="trail.verified")
    assert verified.data == {"whole": False, "fault": "edited"}


def test_the_exit_code_tells_scripts(tmp_path: Path) -> None:
    environment = os.environ | {"DATA_DIR": str(tmp_path), "DATABASE_URL": ""}

    def manage(*arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, str(ROOT / "manage.py"), *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)

    assert manage("migrate", "--verbosity=0").returncode == 0
    assert manage("verify_trail").returncode == 0
    (tmp_path / "trail-checkpoints.log").write_text("1 made up\n")
    broken = manage("verify_trail")
    assert (broken.returncode, "Line 1 of the checkpoints was edited" in broken.stderr) == (1, True)
