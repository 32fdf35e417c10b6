"""A whole Parley of real processes in a scratch folder, each of which can be killed, held still and started again."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import redis as redis_client

from tests.faults.agent import Agent
from tests.faults.books import Books, PostgresBooks, SqliteBooks, database_beside, one
from tests.faults.console import Console
from tests.faults.meta import Customer, Meta
from tests.faults.processes import Process, free_port
from tests.faults.sandbox import Sandbox
from tests.faults.waiting import until

# As many parts as there are kinds: each of them can die alone.
PARTS = ("redis", "sandbox", "web", "worker", "sender", "sweep")
PREPARE = "from inbox.management import preflight; preflight.prepare_database(); preflight.collect_static_files()"


class House:
    """The processes, and everything with which a test looks at them and disturbs them."""

    def __init__(self, folder: Path, database_url: str) -> None:
        self.folder = folder
        self.port, self.sandbox_port, self.redis_port = free_port(), free_port(), free_port()
        self.base = f"http://127.0.0.1:{self.port}"
        self._password = secrets.token_hex(16)
        self._redis_url = f"redis://:{self._password}@127.0.0.1:{self.redis_port}/0"
        self.env = self._environment(database_url)
        self.parts = {name: self._part(name) for name in PARTS}
        self.web, self.worker, self.sender, self.sweep = (self.parts[name] for name in ("web", "worker", "sender", "sweep"))
        self.redis, self.sandbox_process = self.parts["redis"], self.parts["sandbox"]
        self._others: list[Process] = []
        self.console = Console(self.env)
        self.console.do("shell", "--no-imports", "-c", PREPARE)
        self.console.do("seed")
        self.books: Books = PostgresBooks(database_url) if database_url else SqliteBooks(folder / "parley.sqlite3")
        # The product speaks to the sandbox itself and not through its own web process, which tests kill.
        graph_url = f"http://127.0.0.1:{self.sandbox_port}/sandbox/graph"
        self.books.write("UPDATE inbox_connection SET graph_url = %s", graph_url)
        connection = json.loads(self.console.do("connection", "--json"))[0]
        self.meta = Meta(connection, connection["callback_url"])
        self.sandbox = Sandbox(self.sandbox_port, folder / "sandbox" / "sandbox.sqlite3")

    @property
    def is_on_postgres(self) -> bool:
        """Which of the two databases this house stands on."""
        return isinstance(self.books, PostgresBooks)

    def open(self) -> None:
        """Start everything and let the agent in."""
        self.mend()
        self.agent = self.sign_in("agent@demo.example")

    def sign_in(self, email: str) -> Agent:
        """A new session of somebody of the demo."""
        agent = Agent(self.base)
        agent.sign_in(self.console.do("signin_link", email).strip())
        return agent

    def mend(self) -> None:
        """Everything runs, nothing is switched on any more, nobody holds anything."""
        for process in self._others:
            process.clean_up()
        self._others.clear()
        if self.redis.command != self._redis_command():
            self.redis.kill()
            self.redis.command = self._redis_command()
        for part in self.parts.values():
            if part.was_told_to_stop:
                part.clean_up()
            if part.is_running:
                part.thaw()
            else:
                part.start()
        self.wait_for_web()
        until(self.sandbox.is_up, within=60, because="the sandbox answers")
        until(self.redis_is_up, within=60, because="Redis answers")
        self.sandbox.clear_faults()
        self.sandbox.hurry()
        with self.line() as line:
            for bell in line.scan_iter("bell:*"):  # rung for a worker that died: the next test's ring counts again
                line.delete(bell)

    def another(self, name: str, *more: str) -> Process:
        """One more process of a kind, which ends with the test."""
        process = self._part(name)
        process.start(*more)
        self._others.append(process)
        return process

    def restart(self, name: str) -> None:
        """A part that is dead lives again, and answers if it is one that is asked."""
        self.parts[name].start()
        if name == "web":
            self.wait_for_web()
        if name == "redis":
            until(self.redis_is_up, because="Redis answers")

    def use_embedded_redis(self) -> None:
        """Until the end of the test, Redis is the server that comes with Parley."""
        self.redis.kill()
        self.redis.command = self._embedded_redis()
        self.restart("redis")

    def freeze_idle(self, name: str) -> None:
        """Hold a part still at a moment at which it keeps nobody out of the database."""
        part = self.parts[name]

        def is_out_of_the_way() -> bool:
            part.freeze()
            if self.books.is_free():
                return True
            part.thaw()
            return False

        until(is_out_of_the_way, because=f"{name} stands still with empty hands")

    def wait_for_web(self) -> None:
        """The web process answers."""
        until(lambda: self.ask("/healthz")[0] == 200, within=60, because="the web process answers")

    def close(self) -> None:
        """Nothing of it is left."""
        for process in [*self._others, *self.parts.values()]:
            process.clean_up()
        self.console.close()
        self.books.close()

    def ask(self, path: str) -> tuple[int, bytes]:
        """GET a page without signing in; status 0 when nobody answers."""
        token = json.loads((self.folder / "development-secrets.json").read_text())["METRICS_TOKEN"]
        request = urllib.request.Request(self.base + path, headers={"Authorization": f"Bearer {token}"})
        try:
            with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request, timeout=30) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except OSError:
            return 0, b""

    def line(self) -> redis_client.Redis:
        """A client for the Redis of this house."""
        return redis_client.Redis.from_url(self._redis_url, socket_timeout=5)

    def redis_is_up(self) -> bool:
        """True when it answers."""
        with contextlib.suppress(redis_client.RedisError), self.line() as line:
            return bool(line.ping())
        return False

    def conversation_of(self, who: Customer) -> int:
        """Their only conversation, awaited."""
        query = "SELECT c.id FROM inbox_conversation c JOIN inbox_contact k ON k.id = c.contact_id WHERE k.name = %s"
        ((found,),) = until(lambda: self.books.rows(query, who.name), because="the customer's conversation is there")
        return int(found)

    def newcomer(self, plan: str = "delivered") -> tuple[Customer, int]:
        """Somebody who has just written to us, with the conversation that this opened."""
        who = self.sandbox.customer(plan)
        self.sandbox.writes(who)
        return who, self.conversation_of(who)

    def message(self, client_token: str, column: str) -> Any:
        """One column of a message of ours (``m``) or of its delivery (``d``)."""
        tables = "inbox_message m LEFT JOIN inbox_delivery d ON d.message_id = m.id"
        query = f"SELECT {column} FROM {tables} WHERE m.client_token = %s"
        token = client_token if self.is_on_postgres else client_token.replace("-", "")
        return one(self.books, query, token)

    def until_message(self, client_token: str, column: str, *wanted: Any, within: float = 30.0) -> Any:
        """The same once it is one of these."""
        found: list[Any] = []

        def look() -> bool:
            found[:] = [self.message(client_token, column)]
            return found[0] in wanted

        until(look, within=within, because=f"{column} of the message is one of {wanted}")
        return found[0]

    def _environment(self, database_url: str) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return kept | {
            "DATA_DIR": str(self.folder),
            "PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
            "REDIS_URL": self._redis_url,
            "DATABASE_URL": database_url,
        }

    def _part(self, name: str) -> Process:
        manage, world = [sys.executable, "manage.py"], str(self.folder / "sandbox" / "world.json")
        commands = {
            "redis": self._redis_command(),
            "sandbox": [*manage, "sandbox", "--world", world, "--port", str(self.sandbox_port)],
            "web": [*manage, "web", "--port", str(self.port)],
        }
        return Process(name, commands.get(name, [*manage, name]), self.env, self.folder / f"{name}.log")

    def _redis_command(self) -> list[str]:
        """A real server where there is one, else the embedded one."""
        real = next(filter(None, map(shutil.which, ("redis-server", "valkey-server"))), None)
        if real is None:
            return self._embedded_redis()
        settings = {"port": self.redis_port, "bind": "127.0.0.1", "requirepass": self._password, "save": '""', "appendonly": "no"}
        path = self.folder / "redis.conf"
        path.write_text("".join(f"{key} {value}\n" for key, value in settings.items()))
        return [real, str(path)]

    def _embedded_redis(self) -> list[str]:
        secret = self.folder / "redis-password"
        secret.write_text(self._password)
        return [
            sys.executable,
            "-m",
            "inbox.lib.embedded_redis",
            *("--port", str(self.redis_port), "--password-file", str(secret)),
        ]


@contextlib.contextmanager
def standing(folder: Path) -> Iterator[House]:
    """A house with everything running, on the database that TEST_DATABASE names."""
    own = os.environ.get("DATABASE_URL", "")
    with database_beside(own) if own.startswith("postgres") else contextlib.nullcontext("") as url:
        house = House(folder, url)
        try:
            house.open()
            yield house
        finally:
            house.close()
