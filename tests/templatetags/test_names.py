"""Names, numbers and languages as people write them."""

from __future__ import annotations

import pytest
import time_machine
from django.template import Context, Template
from django.utils import timezone

from inbox.templatetags.names import first_name, language, local_time, phone


@pytest.mark.parametrize(
    ("digits", "shown"), [("5511912344321", "+55 11 91234-4321"), ("351910000001", "+351 910 000 001"), ("1", "+1"), ("x", "+x")]
)
def test_a_phone_number_is_written_internationally(digits: str, shown: str) -> None:
    assert phone(digits) == shown


def test_the_time_of_a_number_is_told_only_where_it_is_certain(clock: time_machine.Traveller) -> None:
    assert local_time("5511912344321") == "09:00"
    assert local_time("351910000001") == ""  # mainland or the Azores
    assert local_time("") == ""


def test_a_page_shows_the_time_of_the_number_and_not_of_whoever_reads(clock: time_machine.Traveller) -> None:
    page = Template("{% load names %}{{ phone|local_time }}")
    with timezone.override("Asia/Tokyo"):
        assert page.render(Context({"phone": "5511912344321"})) == "09:00"


@pytest.mark.parametrize(
    ("name", "first"), [("Maria Souza", "Maria"), ("", ""), ("  ", ""), ("Wolfeschlegelsteinhausen", "Wolfeschlegelstei…")]
)
def test_a_first_name_fits_on_a_button(name: str, first: str) -> None:
    assert first_name(name) == first


@pytest.mark.parametrize(
    ("code", "name"), [("pt", "Português"), ("pt_BR", "Português brasileiro"), ("es", "Español"), ("zz", "zz"), ("", "")]
)
def test_a_language_is_called_by_its_own_name(code: str, name: str) -> None:
    assert language(code) == name
