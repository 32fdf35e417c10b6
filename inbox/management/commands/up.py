"""``manage.py up``: prepares everything, then becomes the supervisor of Parley's processes."""

from __future__ import annotations

import json
import logging
import os
import sys
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandParser

from inbox.management import preflight
from inbox.management.commands.seed import world_file

# glibc keeps what start-up needed only once, and per thread; told to give it back, each Django is 20 to 30 MB smaller.
FRUGAL_MALLOC = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "65536"}
# The default run promises to end about five seconds after Ctrl-C.
GRACE = "3"


class Command(BaseCommand):
    """Web, workers, sweep and sandbox in the foreground; Ctrl-C stops them all."""

    help = "Start Parley: web, workers, sweep, and the sandbox when it is on. Ctrl-C stops all of it."
    requires_system_checks: list[str] = []  # noqa: RUF012  Django's own way to say it

    def add_arguments(self, parser: CommandParser) -> None:
        """The port may also come as PORT."""
        parser.add_argument("--port", type=int, help="where to listen; PORT in the environment does the same")
        parser.add_argument("--no-demo", action="store_true", help="start empty: no demo people, numbers and conversations")

    def handle(self, **options: Any) -> None:
        """Prepare, write the plan, become the supervisor. Raises CommandError when it cannot."""
        port = options["port"]
        if port is not None and port != settings.PORT:
            self._start_over(port, no_demo=options["no_demo"])
        lock = preflight.take_data_folder()
        preflight.require_free_port(settings.PORT, variable="PORT", what="the web pages")
        if settings.SANDBOX:
            preflight.require_free_port(settings.SANDBOX_PORT, variable="SANDBOX_PORT", what="the sandbox")
        redis = preflight.redis_child()
        self.stdout.write("Preparing the database and the static files ...")
        logging.disable(logging.WARNING)  # no Redis runs yet, and nobody could hear the rings that are lost now
        preflight.prepare_database()
        preflight.collect_static_files()
        if settings.SANDBOX:
            preflight.lay_out_demo(wanted=not options["no_demo"])
        self.stdout.flush()
        self._become_supervisor(lock, plan(redis))

    def _start_over(self, port: int, *, no_demo: bool) -> None:
        """Settings are read already, and other addresses follow from the port: begin again with it in the environment."""
        os.environ["PORT"] = str(port)
        os.execv(sys.executable, [sys.executable, sys.argv[0], "up", *(["--no-demo"] if no_demo else [])])

    def _become_supervisor(self, lock: int, plan: dict[str, Any]) -> None:
        path = settings.DATA_DIR / "plan.json"
        path.write_text(json.dumps(plan, indent=1))
        # Children start in the project's folder, so what was relative to ours must not be any more.
        os.environ["DATA_DIR"] = str(settings.DATA_DIR)
        for name, value in FRUGAL_MALLOC.items():
            os.environ.setdefault(name, value)
        os.chdir(settings.BASE_DIR)
        module = ["-m", "inbox.management.supervisor", "--plan", str(path), "--lock", str(lock)]
        os.execv(sys.executable, [sys.executable, *module])


def plan(redis: dict[str, Any] | None) -> dict[str, Any]:
    """What runs: Redis unless REDIS_URL names one, web, work (worker, sender and sweep in one process), sandbox if on."""
    manage = [sys.executable, "manage.py"]
    children = [redis] if redis else []
    if settings.SANDBOX and world_file().exists():  # without a demo there is no world to play
        sandbox = [sys.executable, "-m", "inbox.management.sandbox_alone"]
        sandbox += ["--world", str(world_file()), "--port", str(settings.SANDBOX_PORT)]
        children.append({"name": "sandbox", "command": sandbox})
    children.append({"name": "web", "command": [*manage, "web", "--port", str(settings.PORT)]})
    children.append({"name": "work", "command": [*manage, "work", "--grace", GRACE]})
    return {"port": settings.PORT, "children": children, "welcome": [*manage, "welcome"]}
