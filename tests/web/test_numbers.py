"""The admin sees how each number is connected and may ask WhatsApp again; others do not learn that the page exists."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from guardian.shortcuts import assign_perm

from accounts.models import User
from inbox.conversations.models import Number
from inbox.whatsapp.models import AccountEvent, Connection
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def broken(support_number: Number) -> Connection:
    return make.connection(support_number, state="reconnect", state_code=190, state_reason="token")


def page(client: Client, person: User) -> tuple[int, str]:
    client.force_login(person)
    answer = client.get(reverse("numbers"))
    return answer.status_code, answer.content.decode()


def test_an_admin_reads_in_words_what_is_wrong_and_the_code(client: Client, admin: User, broken: Connection) -> None:
    assign_perm("view_number", admin, broken.number)
    status, html = page(client, admin)
    assert status == 200
    assert "Support line" in html
    assert "(190)" in html
    assert reverse("number_trial", args=[broken.number.pk]) in html


def test_an_admin_sees_only_numbers_that_were_given_to_them(client: Client, admin: User, broken: Connection) -> None:
    assert "Support line" not in page(client, admin)[1]
    assert client.post(reverse("number_trial", args=[broken.number.pk])).status_code == 404


def test_others_do_not_learn_that_the_page_exists(client: Client, amina: User, broken: Connection) -> None:
    assert page(client, amina)[0] == 404
    assert client.post(reverse("number_trial", args=[broken.number.pk])).status_code == 404


def test_news_about_the_account_is_shown(client: Client, admin: User, broken: Connection) -> None:
    assign_perm("view_number", admin, broken.number)
    AccountEvent.objects.create(
        account_key=broken.waba_id,
        subject="account_update",
        event="ACCOUNT_VIOLATION",
        severity="danger",
        at=timezone.now(),
        digest="d",
    )
    assert "ACCOUNT_VIOLATION" in page(client, admin)[1]


def test_a_number_that_still_does_not_answer_stays_held(client: Client, admin: User, broken: Connection) -> None:
    assign_perm("view_number", admin, broken.number)
    client.force_login(admin)
    client.post(reverse("number_trial", args=[broken.number.pk]))
    broken.refresh_from_db()
    assert broken.state == "reconnect"
