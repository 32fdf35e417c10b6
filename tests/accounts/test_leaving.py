"""Who leaves loses every way in at once, and nobody locks the house from inside."""

from __future__ import annotations

from typing import Any

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.leaving import deactivate, reactivate
from accounts.models import SigninLink, User
from accounts.permissions import role_of
from accounts.refusals import Refused
from accounts.sessions import end_session, sessions_of
from accounts.signin import make_link
from inbox.audit.models import Entry
from inbox.conversations.models import Number
from inbox.realtime import push
from tests import make
from tests.accounts.conftest import come_in, path_of

pytestmark = pytest.mark.django_db


def test_a_deactivated_person_loses_every_page_at_the_next_click(admin: User, amina: User) -> None:
    office, home = come_in(amina), come_in(amina)
    assert office.get("/me/").status_code == home.get("/me/").status_code == 200
    deactivate(amina, admin)
    for client in (office, home):
        assert client.get("/me/").status_code == 302
    assert not UserSession.objects.filter(user=amina).exists()
    assert not Session.objects.exists()


def test_a_session_that_outlived_the_deletion_opens_nothing(admin: User, amina: User) -> None:
    client = Client()
    client.force_login(amina)  # a session that nobody keeps a list of
    assert client.get("/me/").status_code == 200
    deactivate(amina, admin)
    assert Session.objects.count() == 1  # the premise
    assert client.get("/me/").status_code == 302


def test_open_pages_are_told_after_the_commit(
    admin: User,
    amina: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    with django_capture_on_commit_callbacks() as told:
        deactivate(amina, admin)
    assert [said(callback) for callback in told] == [(amina.pk, push.SESSION_ENDED)]


def test_unused_links_die_and_none_opens_after_coming_back(client: Client, admin: User, amina: User) -> None:
    link = path_of(make_link(amina))
    deactivate(amina, admin)
    assert client.get(link).status_code == 410
    reactivate(amina, admin)
    assert client.get(link).status_code == 410
    assert not SigninLink.objects.exists()


def test_who_comes_back_has_role_and_teams_but_no_session(admin: User, amina: User, support_number: Number) -> None:
    client = come_in(amina)
    deactivate(amina, admin)
    assert not Number.objects.visible_to(amina).exists()
    reactivate(amina, admin)
    back = User.objects.get(pk=amina.pk)
    assert (back.is_active, back.deactivated_at, role_of(back)) == (True, None, "agent")
    assert Number.objects.visible_to(back).get() == support_number
    assert client.get("/me/").status_code == 302
    assert list(Entry.objects.order_by("pk").values_list("code", flat=True))[-2:] == [
        "person.deactivated",
        "person.reactivated",
    ]


def test_leaving_twice_leaves_one_entry(admin: User, amina: User) -> None:
    deactivate(amina, admin)
    deactivate(amina, admin)
    assert Entry.objects.filter(code="person.deactivated").count() == 1


def test_the_last_admin_stays(admin: User) -> None:
    with pytest.raises(Refused, match="last_admin"):
        deactivate(admin, None)
    assert User.objects.get(pk=admin.pk).is_active


def test_nobody_deactivates_themselves_and_only_admins_deactivate(admin: User, amina: User, bruno: User) -> None:
    make.person("Second Admin", role="admin")
    with pytest.raises(Refused, match="own_leaving"):
        deactivate(admin, admin)
    with pytest.raises(Refused, match="no_right"):
        deactivate(amina, bruno)
    with pytest.raises(Refused, match="no_right"):
        reactivate(amina, bruno)


def test_two_admins_cannot_leave_each_other_alone_with_nobody(admin: User) -> None:
    other = make.person("Second Admin", role="admin")
    deactivate(other, admin)
    with pytest.raises(Refused):
        deactivate(admin, other)


def test_one_session_is_ended_and_the_other_goes_on(
    admin: User,
    amina: User,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    office, home = come_in(amina), come_in(amina)
    session = UserSession.objects.get(session_key=office.session.session_key)
    with django_capture_on_commit_callbacks() as told:
        assert end_session(amina, session.pk, admin)
    assert office.get("/me/").status_code == 302
    assert home.get("/me/").status_code == 200
    assert [said(callback) for callback in told] == [(amina.pk, push.ACCESS_CHANGED)]


def test_a_session_of_somebody_else_is_not_ended(amina: User, bruno: User) -> None:
    come_in(bruno)
    assert not end_session(amina, sessions_of(bruno)[0].pk, amina)
    assert len(sessions_of(bruno)) == 1


def said(callback: Any) -> tuple[int, str]:
    """To whom a control word goes, and which."""
    person, what = callback.args
    return person, what
