"""One's own page, language, zone, and how long a session lasts."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from allauth.usersessions.models import UserSession
from django.test import Client
from django.urls import reverse

from accounts.middleware import zone_named, zone_names
from accounts.models import User
from accounts.permissions import role_of
from accounts.sessions import IDLE_LIFE, PULSE, WHOLE_LIFE
from inbox.audit.models import Entry
from tests.accounts.conftest import come_in

pytestmark = pytest.mark.django_db

FORM = {"name": "Amina H.", "language": "pt-br", "timezone": "America/Sao_Paulo", "theme": "dark", "density": "compact"}


def test_people_change_what_is_theirs_and_the_page_follows_at_once(amina: User) -> None:
    client = come_in(amina)
    answer = client.post(reverse("me"), FORM)
    assert answer["Location"] == reverse("me")
    amina.refresh_from_db()
    assert {name: getattr(amina, name) for name in FORM} == FORM
    assert client.get(reverse("me")).headers["Content-Language"] == "pt-br"
    entry = Entry.objects.get(code="person.profile_changed")
    assert sorted(entry.data["changed"]) == sorted(FORM)


def test_the_looks_of_the_profile_take_the_place_of_what_the_menu_kept_in_cookies(amina: User) -> None:
    client = come_in(amina)
    client.cookies["theme"] = "light"
    answer = client.post(reverse("me"), FORM | {"density": ""})
    assert answer.cookies["theme"].value == "dark"
    assert answer.cookies["density"]["max-age"] == 0


def test_nobody_changes_more_of_themselves_than_the_form_offers(amina: User) -> None:
    client = come_in(amina)
    client.post(reverse("me"), FORM | {"email": "x@parley.example", "is_superuser": "on", "role": "admin", "groups": "3"})
    changed = User.objects.get(pk=amina.pk)
    assert changed.email == amina.email
    assert not changed.is_superuser
    assert role_of(changed) == "agent"


@pytest.mark.parametrize(
    ("field", "value"), [("language", "tlh"), ("timezone", "../../etc/passwd"), ("name", ""), ("theme", "neon")]
)
def test_a_wrong_answer_is_refused_at_its_field(field: str, value: str, amina: User) -> None:
    answer = come_in(amina).post(reverse("me"), FORM | {field: value})
    assert answer.status_code == 422
    assert field in answer.context["form"].errors
    assert f'id="id_{field}_error"' in answer.content.decode()
    amina.refresh_from_db()
    assert amina.name == "Amina Haddad"


def test_nothing_changed_leaves_no_entry(amina: User) -> None:
    same = {"name": amina.name, "language": "", "timezone": "", "theme": "", "density": ""}
    come_in(amina).post(reverse("me"), same)
    assert not Entry.objects.filter(code="person.profile_changed").exists()


def test_times_show_in_the_persons_zone_then_the_browsers_then_the_servers(amina: User, clock: time_machine.Traveller) -> None:
    client = come_in(amina)
    address = reverse("usersessions_list")
    assert ">12:00</time>" in client.get(address).content.decode()
    client.cookies["tz"] = "Asia%2FKolkata"  # as the page's script writes it
    assert ">17:30</time>" in client.get(address).content.decode()
    amina.timezone = "America/Sao_Paulo"
    amina.save()
    assert ">09:00</time>" in client.get(address).content.decode()


@pytest.mark.parametrize("name", ["", "Mars/Olympus", "../etc/localtime", "America", "x" * 5000, "Europe/Lisbon\n"])
def test_a_zone_that_is_made_up_is_no_zone(name: str, client: Client) -> None:
    assert zone_named(name) is None
    client.cookies["tz"] = name
    assert client.get(reverse("account_login")).status_code == 200


def test_the_zones_of_every_region_are_offered() -> None:
    assert {"America/Sao_Paulo", "Europe/Madrid", "Asia/Kolkata", "Africa/Maputo", "UTC"} <= zone_names()
    assert not {"US/Pacific", "Etc/GMT+3", "posixrules"} & zone_names()


def test_a_session_ends_after_twelve_hours_of_sleep(amina: User, clock: time_machine.Traveller) -> None:
    client = come_in(amina)
    client.get(reverse("me"))
    clock.shift(IDLE_LIFE)
    assert client.get(reverse("me")).status_code == 200
    clock.shift(IDLE_LIFE + timedelta(seconds=1))
    assert client.get(reverse("me")).status_code == 302
    assert not UserSession.objects.exists()


def test_a_session_ends_after_seven_days_however_busy(amina: User, clock: time_machine.Traveller) -> None:
    client = come_in(amina)
    steps = int(WHOLE_LIFE / timedelta(hours=8))
    for _ in range(steps):
        assert client.get(reverse("me")).status_code == 200
        clock.shift(timedelta(hours=8))
    clock.shift(timedelta(seconds=1))
    assert client.get(reverse("me")).status_code == 302


def test_last_seen_is_written_every_five_minutes_and_not_at_every_request(amina: User, clock: time_machine.Traveller) -> None:
    client = come_in(amina)
    client.get(reverse("me"))
    first = UserSession.objects.get().last_seen_at
    clock.shift(timedelta(minutes=1))
    client.get(reverse("me"))
    assert UserSession.objects.get().last_seen_at == first
    clock.shift(PULSE)
    client.get(reverse("me"))
    assert UserSession.objects.get().last_seen_at - first == PULSE + timedelta(minutes=1)


def test_one_signs_oneself_out_elsewhere_one_by_one_or_all_at_once(amina: User, bruno: User) -> None:
    here, office, phone = come_in(amina), come_in(amina), come_in(amina)
    come_in(bruno)
    theirs = UserSession.objects.get(user=bruno)
    assert here.post(reverse("my_session_end", args=[theirs.pk])).status_code == 404
    there = UserSession.objects.get(session_key=office.session.session_key)
    here.post(reverse("my_session_end", args=[there.pk]))
    assert office.get(reverse("me")).status_code == 302
    assert phone.get(reverse("me")).status_code == 200
    here.post(reverse("usersessions_list"))
    assert phone.get(reverse("me")).status_code == 302
    assert here.get(reverse("me")).status_code == 200


def test_choosing_a_password_keeps_this_session_and_ends_the_others(amina: User) -> None:
    here, elsewhere = come_in(amina), come_in(amina)
    new = "correct horse battery"
    here.post(reverse("account_set_password"), {"password1": new, "password2": new})
    assert here.get(reverse("me")).status_code == 200
    assert elsewhere.get(reverse("me")).status_code == 302
    assert Entry.objects.filter(code="person.password_changed", target_id=amina.pk).count() == 1
