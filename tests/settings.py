"""The settings of a test run: the product's own, over an environment that is the same on every machine.

``TEST_DATABASE`` chooses the database: ``sqlite`` (the default, a file with production's settings), ``postgres`` (a server
of our own for this run) or the address of a PostgreSQL database that may be used and thrown away.
"""

from __future__ import annotations

import atexit
import os
import re
import shutil
import tempfile
from pathlib import Path

from tests import postgres

_PRODUCT = Path(__file__).resolve().parent.parent / "inbox" / "settings.py"
_OWN_DATABASE = "TEST_DATABASE_STARTED"


def _data_dir() -> str:
    folder = tempfile.mkdtemp(prefix="parley-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def _database_url() -> str:
    """Empty for SQLite. The processes of one parallel run share the server that the first of them started."""
    choice = os.environ.get("TEST_DATABASE", "sqlite")
    if choice == "sqlite":
        return ""
    if choice != "postgres":
        return choice
    if _OWN_DATABASE not in os.environ:
        server = postgres.start()
        atexit.register(server.stop)
        os.environ[_OWN_DATABASE] = server.url("parley")
    return os.environ[_OWN_DATABASE]


for _name in re.findall(r'\b(?:text|flag|number|words|secret)\("([A-Z_]+)"', _PRODUCT.read_text()):
    os.environ.pop(_name, None)
os.environ |= {
    "DATA_DIR": _data_dir(),
    "DATABASE_URL": _database_url(),
    # Nobody listens on port 1: a test that needs Redis starts one, and none ever rings a developer's.
    "REDIS_URL": "redis://127.0.0.1:1/0",
}

from inbox.settings import *  # noqa: E402, F403  the environment must be ready first, and settings are read as they are
from inbox.settings import DATA_DIR, DATABASES, STORAGES  # noqa: E402  for the same reason

# A file, so that threads meet the same locks as in production; in memory they would meet others.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}

# Pages are rendered without collecting static files first.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}

# Processes that tests start run on the product's settings, not on these; the parallel workers of pytest read pyproject.toml.
os.environ.pop("DJANGO_SETTINGS_MODULE", None)
