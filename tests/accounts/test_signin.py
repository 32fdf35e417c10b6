"""Coming in by link, by password, and not at all."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.sessions.models import Session
from django.core import mail
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.leaving import deactivate
from accounts.models import SigninLink, User
from accounts.signin import make_link
from inbox.audit.models import Entry
from tests.accounts.conftest import come_in, path_of

pytestmark = pytest.mark.django_db

PASSWORD = "correct horse battery"


class Counting(PBKDF2PasswordHasher):
    """A real hasher that says how often it worked."""

    algorithm = "counting"
    iterations = 1
    worked = 0

    def encode(self, password: str, salt: str, iterations: int | None = None) -> str:
        """Count and encode."""
        type(self).worked += 1
        return super().encode(password, salt, iterations)


@pytest.fixture(autouse=True)
def _quick_hashes(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["tests.accounts.test_signin.Counting"]


@pytest.fixture
def with_password(amina: User) -> User:
    amina.set_password(PASSWORD)
    amina.save()
    return amina


def signed_in(client: Client) -> int | None:
    """Who a browser is signed in as."""
    pk = client.session.get("_auth_user_id")
    return int(pk) if pk else None


def log_in(client: Client, email: str, password: str = PASSWORD, **extra: Any) -> Any:
    """Send the sign-in form."""
    return client.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def test_a_link_signs_in_once(client: Client, amina: User) -> None:
    link = path_of(make_link(amina))
    first = client.get(link)
    assert (first.status_code, first["Location"]) == (303, "/")
    assert signed_in(client) == amina.pk
    again = Client()
    answer = again.get(link)
    assert answer.status_code == 410
    assert "used already" in answer.content.decode()
    assert signed_in(again) is None


def test_only_the_digest_of_a_link_is_kept(amina: User) -> None:
    token = make_link(amina).rstrip("/").rsplit("/", 1)[1]
    kept = SigninLink.objects.get()
    assert token not in str(vars(kept))
    assert token not in str(Entry.objects.values())


def test_a_link_expires_after_fifteen_minutes(client: Client, amina: User, clock: time_machine.Traveller) -> None:
    link = path_of(make_link(amina))
    clock.shift(timedelta(minutes=15))
    answer = client.get(link)
    assert answer.status_code == 410
    assert "expired" in answer.content.decode()
    assert signed_in(client) is None


def test_a_tampered_link_opens_nothing(client: Client, amina: User) -> None:
    link = path_of(make_link(amina))
    assert client.get(link[:-2] + ("a" if link[-2] != "a" else "b") + "/").status_code == 410
    assert client.get(link).status_code == 303


@pytest.mark.parametrize(
    "headers",
    [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}, {"Sec-Fetch-Dest": "image"}, {"Sec-Fetch-Dest": "iframe"}],
)
def test_a_preload_or_a_picture_uses_no_link_up(headers: dict[str, str], client: Client, amina: User) -> None:
    link = path_of(make_link(amina))
    assert client.get(link, headers=headers).status_code == 204
    assert client.head(link).status_code == 204
    assert client.post(link).status_code == 405
    assert client.get(link).status_code == 303


def test_a_link_of_somebody_who_is_not_active_opens_nothing(client: Client, amina: User) -> None:
    link = path_of(make_link(amina))
    User.objects.filter(pk=amina.pk).update(is_active=False)
    assert client.get(link).status_code == 410
    assert signed_in(client) is None


def test_a_link_ends_the_session_of_whoever_was_signed_in_before(amina: User, bruno: User) -> None:
    client = come_in(amina)
    before = client.session.session_key
    client.get(path_of(make_link(bruno)))
    assert signed_in(client) == bruno.pk
    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_the_session_key_changes_when_somebody_comes_in(client: Client, amina: User) -> None:
    client.get(reverse("account_login"))
    session = client.session
    session["planted"] = "by a stranger"
    session.save()
    planted = session.session_key
    client.get(path_of(make_link(amina)))
    assert client.session.session_key != planted
    assert "planted" not in client.session


def test_coming_in_by_link_is_written_down_with_its_way(amina: User) -> None:
    come_in(amina)
    entry = Entry.objects.get(code="person.signed_in")
    assert (entry.actor_id, entry.target_id, entry.data) == (amina.pk, amina.pk, {"method": "link"})
    assert entry.origin == "127.0.0.1"
    assert UserSession.objects.get().user_id == amina.pk


def test_wrong_links_are_limited_and_right_ones_are_not(client: Client, amina: User) -> None:
    for _ in range(20):
        assert client.get(reverse("signin_link", args=["nonsense"])).status_code == 410
    assert client.get(reverse("signin_link", args=["nonsense"])).status_code == 429
    assert client.get(path_of(make_link(amina))).status_code == 303


def test_the_command_prints_one_link_and_nothing_else(client: Client, amina: User, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("signin_link", amina.email.upper())
    printed = capsys.readouterr().out.splitlines()
    assert len(printed) == 1
    assert client.get(path_of(printed[0])).status_code == 303


def test_the_command_makes_a_link_that_lasts_longer(amina: User, clock: time_machine.Traveller) -> None:
    call_command("signin_link", amina.email, hours=2)
    link = SigninLink.objects.get()
    assert link.expires_at - link.created_at == timedelta(hours=2)


@pytest.mark.parametrize("hours", [0, -1, 169])
def test_the_command_refuses_a_link_for_ever(hours: float, amina: User) -> None:
    with pytest.raises(CommandError):
        call_command("signin_link", amina.email, hours=hours)


def test_the_command_makes_no_link_for_strangers_and_the_deactivated(amina: User) -> None:
    with pytest.raises(CommandError, match="invite"):
        call_command("signin_link", "nobody@parley.example")
    deactivate(amina, None)
    with pytest.raises(CommandError, match="deactivated"):
        call_command("signin_link", amina.email)


def test_a_password_signs_in_and_signing_out_ends_the_session(client: Client, with_password: User) -> None:
    assert log_in(client, with_password.email)["Location"] == "/"
    assert signed_in(client) == with_password.pk
    key = client.session.session_key
    assert client.get(reverse("account_logout")).status_code == 200  # only asks
    assert client.post(reverse("account_logout"))["Location"] == reverse("account_login")
    assert not Session.objects.filter(session_key=key).exists()
    assert not UserSession.objects.exists()
    assert [entry.code for entry in Entry.objects.order_by("pk")] == ["person.signed_in", "person.signed_out"]


def test_an_email_is_the_same_in_any_case_of_letters(client: Client, with_password: User) -> None:
    log_in(client, with_password.email.upper())
    assert signed_in(client) == with_password.pk


def test_wrong_email_and_wrong_password_look_the_same_and_cost_the_same(with_password: User) -> None:
    answers = []
    for email, password in ((with_password.email, "not the password"), ("nobody@parley.example", PASSWORD)):
        Counting.worked = 0
        answer = log_in(Client(), email, password)
        answers.append((answer.status_code, answer.context["form"].errors.as_text(), Counting.worked))
    assert answers[0] == answers[1]
    assert answers[0][2] == 1
    assert Entry.objects.filter(code="person.signin_failed", target_id=None).count() == 2


def test_five_wrong_passwords_shut_out_that_address_only(with_password: User) -> None:
    stranger, owner = {"REMOTE_ADDR": "203.0.113.9"}, {"REMOTE_ADDR": "198.51.100.7"}
    for _ in range(5):
        log_in(Client(), with_password.email, "a guess that is wrong", **stranger)
    shut_out = Client()
    log_in(shut_out, with_password.email, **stranger)
    assert signed_in(shut_out) is None
    home = Client()
    log_in(home, with_password.email, **owner)
    assert signed_in(home) == with_password.pk


def test_who_was_shut_out_may_try_again_after_five_minutes(with_password: User, clock: time_machine.Traveller) -> None:
    for _ in range(6):
        log_in(Client(), with_password.email, "a guess that is wrong")
    clock.shift(timedelta(minutes=5, seconds=1))
    client = Client()
    log_in(client, with_password.email)
    assert signed_in(client) == with_password.pk


def test_a_deactivated_person_does_not_come_in_with_the_right_password(client: Client, with_password: User) -> None:
    deactivate(with_password, None)
    answer = log_in(client, with_password.email)
    assert answer["Location"] == reverse("account_inactive")
    assert client.get(answer["Location"]).status_code == 200
    assert signed_in(client) is None


@pytest.mark.parametrize(
    "onward",
    [
        "https://evil.example/",
        "//evil.example/",
        "/\\evil.example",
        "https:evil.example",
        "javascript:alert(1)",
        "http://127.0.0.1@evil.example/",
    ],
)
def test_next_never_leads_off_the_site(onward: str, client: Client, with_password: User) -> None:
    answer = client.post(reverse("account_login"), {"login": with_password.email, "password": PASSWORD, "next": onward})
    assert answer["Location"] == "/"


def test_next_leads_back_to_the_page_that_was_asked_for(client: Client, with_password: User) -> None:
    asked = client.get(reverse("me"))
    assert asked["Location"] == f"{reverse('account_login')}?next=/me/"
    answer = client.post(reverse("account_login"), {"login": with_password.email, "password": PASSWORD, "next": "/me/"})
    assert answer["Location"] == "/me/"


def test_another_host_that_we_serve_is_no_place_to_be_led_to(client: Client, with_password: User, settings: Settings) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "other.example"]
    answer = client.post(
        reverse("account_login"), {"login": with_password.email, "password": PASSWORD, "next": "https://other.example/"}
    )
    assert answer["Location"] == "/"


def test_nobody_signs_up_or_changes_their_email(amina: User) -> None:
    people = User.objects.count()
    assert Client().get("/accounts/signup/").status_code == 404
    assert Client().post("/accounts/signup/", {"email": "new@parley.example", "password1": PASSWORD}).status_code == 404
    assert come_in(amina).get("/accounts/email/").status_code == 404
    assert User.objects.count() == people


def test_asking_for_a_new_password_says_the_same_for_a_stranger(amina: User) -> None:
    answers = {
        Client().post(reverse("account_reset_password"), {"email": email})["Location"]
        for email in (amina.email, "nobody@parley.example")
    }
    assert answers == {reverse("account_reset_password_done")}
    assert [message.to for message in mail.outbox] == [[amina.email], ["nobody@parley.example"]]
    assert "/accounts/password/reset/key/" in str(mail.outbox[0].body)
    assert "http" not in str(mail.outbox[1].body)


def test_a_new_password_by_email_works_once_and_ends_every_session(client: Client, with_password: User) -> None:
    elsewhere = come_in(with_password)
    client.post(reverse("account_reset_password"), {"email": with_password.email})
    link = next(line for line in str(mail.outbox[0].body).splitlines() if "/key/" in line)
    form = client.get(path_of(link), follow=True)
    new = "another horse battery"
    answer = client.post(form.request["PATH_INFO"], {"password1": new, "password2": new})
    assert answer["Location"] == reverse("account_reset_password_from_key_done")
    assert elsewhere.get(reverse("me")).status_code == 302
    assert "does not work" in Client().get(path_of(link)).content.decode()
    log_in(client, with_password.email, new)
    assert signed_in(client) == with_password.pk
    assert Entry.objects.filter(code="person.password_changed").count() == 1


def test_without_email_a_forgotten_password_makes_no_token(
    client: Client, amina: User, settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
    answer = client.post(reverse("account_reset_password"), {"email": amina.email})
    assert "sends no email" in answer.content.decode()
    assert capfd.readouterr().out == ""


def test_a_short_or_common_password_is_refused_at_the_field(amina: User) -> None:
    answer = come_in(amina).post(reverse("account_set_password"), {"password1": "password", "password2": "password"})
    assert "password1" in answer.context["form"].errors
    assert 'id="id_password1_error"' in answer.content.decode()


@pytest.mark.parametrize(
    "name",
    [
        "account_login",
        "account_logout",
        "mfa_index",
        "mfa_activate_totp",
        "mfa_add_webauthn",
        "usersessions_list",
        "account_set_password",
        "me",
    ],
)
def test_every_page_about_oneself_keeps_the_content_policy(name: str, amina: User) -> None:
    client = Client() if name == "account_login" else come_in(amina)
    answer = client.get(reverse(name))
    page = answer.content.decode()
    assert answer.status_code == 200
    policy = answer["Content-Security-Policy"]
    assert "unsafe" not in policy
    for tag in page.split("<script")[1:]:
        head = tag.split(">", 1)[0]
        assert "src=" in head or "nonce=" in head or "application/json" in head, head
    assert "style=" not in page
    assert "onclick=" not in page
