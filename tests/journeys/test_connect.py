"""Connecting a real number, against a small Graph of the test."""

from __future__ import annotations

import http.server
import json
import threading
from collections.abc import Iterator

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import Team
from inbox.audit.record import SYSTEM
from inbox.conversations.models import Number
from inbox.journeys.connect import Wanted, connect, prove
from inbox.whatsapp.errors import WireError
from inbox.whatsapp.models import Connection

pytestmark = pytest.mark.django_db


class Graph(http.server.BaseHTTPRequestHandler):
    """Knows one number and one token."""

    def do_GET(self) -> None:
        right = self.headers["Authorization"] == "Bearer EAAright" and "/106540352242922" in self.path
        number = {"id": "106540352242922", "display_phone_number": "+351 21 000 0000", "verified_name": "Sol Coffee"}
        wrong = {"error": {"message": "Invalid OAuth access token.", "type": "OAuthException", "code": 190}}
        body = json.dumps(number if right else wrong).encode()
        self.send_response(200 if right else 401)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture(autouse=True)
def _graph(settings: Settings) -> Iterator[None]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Graph) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        settings.GRAPH_URL = f"http://127.0.0.1:{server.server_address[1]}"
        yield
        server.shutdown()
        thread.join()


def wanted(team: Team, token: str = "EAAright") -> Wanted:
    return Wanted("106540352242922", "102290129340398", "506914307656634", "sol", team, token, app_secret="app-secret")


def test_a_number_is_joined_with_the_rights_of_its_team(support: Team) -> None:
    ours = wanted(support)
    connection = connect(ours, prove(ours), by=SYSTEM)
    assert connection.number.name == "Sol Coffee"
    assert connection.number.display_phone == "+351 21 000 0000"
    assert connection.app.key == "sol"
    assert len(connection.app.verify_token) > 20
    assert not connection.is_sandbox
    assert support.group.numbergrouppermission_set.filter(content_object=connection.number).count() == 2


def test_a_wrong_token_leaves_nothing_behind(support: Team) -> None:
    with pytest.raises(WireError):
        prove(wanted(support, "EAAwrong"))
    assert not Number.objects.exists()


def test_connecting_again_brings_a_new_token_and_ends_the_wait_for_one(support: Team) -> None:
    ours = wanted(support)
    first = connect(ours, prove(ours), by=SYSTEM)
    Connection.objects.update(state=Connection.State.RECONNECT, access_token="EAAold", state_reason="expired", state_code=190)
    connect(ours, prove(ours), by=SYSTEM)
    first.refresh_from_db()
    assert (first.access_token, first.state, first.state_reason) == ("EAAright", "ready", "")
    assert Number.objects.count() == 1


def test_the_command_names_the_teams_that_there_are(support: Team) -> None:
    ids = {"phone_number_id": "1", "waba_id": "2", "portfolio": "3"}
    with pytest.raises(CommandError, match=r"No team has the slug sales\. There are: support\."):
        call_command("connect", app="sol", team="sales", **ids)
