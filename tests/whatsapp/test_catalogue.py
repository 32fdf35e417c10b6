"""Templates: a listing and news become rows, rows become forms, forms become what is sent and shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from inbox.conversations.envelopes import TemplateChanged
from inbox.whatsapp import catalogue
from inbox.whatsapp.catalogue import BadField
from inbox.whatsapp.client.transport import session
from inbox.whatsapp.client.usage import usage_of
from inbox.whatsapp.errors import WireError
from inbox.whatsapp.models import Connection, Template
from tests import make

from . import graph_server as play
from .graph_server import Server, answer, refused
from .openapi import NEEDS_DOCUMENT, check

ORDER: list[dict[str, Any]] = [
    {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["118"]}},
    {"type": "BODY", "text": "Hello {{1}}, your order {{2}} is on its way.", "example": {"body_text": [["Amara", "118"]]}},
    {"type": "FOOTER", "text": "Kirkgate Tools"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop promotions"},
            {"type": "URL", "text": "Track", "url": "https://example.org/t/{{1}}", "example": ["https://example.org/t/118"]},
            {"type": "URL", "text": "Shop", "url": "https://example.org/"},
            {"type": "COPY_CODE", "text": "Copy code", "example": ["SAVE10"]},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+447700900999"},
            {"type": "FLOW", "text": "Survey", "flow_id": "1"},
        ],
    },
]
VALUES = {"header.1": "118", "body.1": "Amara", "body.2": "118", "button.1": "118?src=wa", "button.3": "SAVE20"}


def template(components: list[dict[str, Any]], **columns: Any) -> Template:
    """An unsaved template."""
    columns = {"name": "order_update", "language": "en_GB", "category": "UTILITY", "status": "APPROVED"} | columns
    return Template(waba_id="waba-1", components=components, synced_at=timezone.now(), **columns)


# --- form, fill, preview ---


def test_a_form_has_a_field_for_every_variable_in_the_order_of_reading() -> None:
    fields = [(one.key, one.label, one.component, one.example, one.kind) for one in catalogue.form(template(ORDER))]
    assert fields == [
        ("header.1", "Heading", "header", "118", "text"),
        ("body.1", "Field 1", "body", "Amara", "text"),
        ("body.2", "Field 2", "body", "118", "text"),
        ("button.1", "End of the link “Track”", "button", "118", "url"),
        ("button.3", "Code to copy", "button", "SAVE10", "code"),
    ]


def test_a_filled_template_has_its_values_in_the_order_that_whatsapp_wants() -> None:
    filled = catalogue.fill(template(ORDER), VALUES)
    assert filled.components == [
        {"type": "header", "parameters": [{"type": "text", "text": "118"}]},
        {"type": "body", "parameters": [{"type": "text", "text": "Amara"}, {"type": "text", "text": "118"}]},
        {"type": "button", "sub_type": "url", "index": "1", "parameters": [{"type": "text", "text": "118?src=wa"}]},
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "3",
            "parameters": [{"type": "coupon_code", "coupon_code": "SAVE20"}],
        },
        {
            "type": "button",
            "sub_type": "flow",
            "index": "5",
            "parameters": [{"type": "action", "action": {"flow_token": "unused"}}],
        },
    ]


@NEEDS_DOCUMENT
def test_filled_components_fit_metas_own_description() -> None:
    for component in catalogue.fill(template(ORDER), VALUES).components:
        check(component, component["type"].capitalize() + "Component")


def test_the_preview_is_what_the_customer_will_see() -> None:
    shown = catalogue.fill(template(ORDER), VALUES).preview
    assert (shown.header, shown.header_kind) == ("Order 118", "text")
    assert shown.body == "Hello Amara, your order 118 is on its way."
    assert shown.footer == "Kirkgate Tools"
    assert [(button.text, button.kind, button.url) for button in shown.buttons][:3] == [
        ("Stop promotions", "quick_reply", ""),
        ("Track", "url", "https://example.org/t/118?src=wa"),
        ("Shop", "url", "https://example.org/"),
    ]
    assert shown.as_dict()["buttons"][0] == {"text": "Stop promotions", "kind": "quick_reply", "url": ""}


def test_a_preview_shows_the_name_of_what_is_not_filled_in_yet() -> None:
    assert catalogue.preview(template(ORDER), {"body.1": "Amara"}).body == "Hello Amara, your order ⟨Field 2⟩ is on its way."


def test_a_quick_reply_carries_a_payload_if_there_is_one() -> None:
    components = catalogue.fill(template(ORDER), {**VALUES, "button.0": "STOP"}).components
    assert components[2] == {
        "type": "button",
        "sub_type": "quick_reply",
        "index": "0",
        "parameters": [{"type": "payload", "payload": "STOP"}],
    }


def test_named_fields_are_sent_by_name_and_asked_for_in_words() -> None:
    named = template(
        [
            {
                "type": "BODY",
                "text": "Hi {{first_name}}, {{order_no}} and again {{first_name}}",
                "example": {"body_text_named_params": [{"param_name": "first_name", "example": "Amara"}]},
            }
        ],
        parameter_format="NAMED",
    )
    assert [(one.key, one.label, one.example) for one in catalogue.form(named)] == [
        ("body.first_name", "First name", "Amara"),
        ("body.order_no", "Order no", ""),
    ]
    filled = catalogue.fill(named, {"body.first_name": "Amara", "body.order_no": "118"})
    assert filled.components == [
        {
            "type": "body",
            "parameters": [
                {"type": "text", "text": "Amara", "parameter_name": "first_name"},
                {"type": "text", "text": "118", "parameter_name": "order_no"},
            ],
        }
    ]
    assert filled.preview.body == "Hi Amara, 118 and again Amara"


def test_positional_fields_are_sorted_by_their_number() -> None:
    text = " ".join(f"{{{{{number}}}}}" for number in (2, 10, 1, 3, 4, 5, 6, 7, 8, 9))
    filled = catalogue.fill(template([{"type": "BODY", "text": text}]), {f"body.{n}": f"v{n}" for n in range(1, 11)})
    assert [one["text"] for one in filled.components[0]["parameters"]] == [f"v{n}" for n in range(1, 11)]


@pytest.mark.parametrize(
    ("value", "file"), [("700100", {"id": "700100"}), ("https://x.org/a.png", {"link": "https://x.org/a.png"})]
)
@pytest.mark.parametrize("kind", ["image", "video", "document"])
def test_a_file_in_the_heading_is_given_by_id_or_by_link(kind: str, value: str, file: dict[str, str]) -> None:
    with_file = template([{"type": "HEADER", "format": kind.upper()}, {"type": "BODY", "text": "Hello"}])
    assert [(one.key, one.kind) for one in catalogue.form(with_file)] == [("header", kind)]
    filled = catalogue.fill(with_file, {"header": value})
    assert filled.components == [{"type": "header", "parameters": [{"type": kind, kind: file}]}]
    assert filled.preview.header_kind == kind


PLACE = {"header.name": "Shop", "header.address": "1 Kirkgate", "header.latitude": "53,7997", "header.longitude": "-1.5492"}


def place() -> Template:
    return template([{"type": "HEADER", "format": "LOCATION"}, {"type": "BODY", "text": "Here we are"}])


def test_a_place_in_the_heading() -> None:
    filled = catalogue.fill(place(), PLACE)
    location = {"latitude": 53.7997, "longitude": -1.5492, "name": "Shop", "address": "1 Kirkgate"}
    assert filled.components == [{"type": "header", "parameters": [{"type": "location", "location": location}]}]
    assert filled.preview.header == "Shop"


def test_a_one_time_code_is_asked_for_once_and_sent_twice() -> None:
    otp = template(
        [
            {"type": "BODY", "text": "*{{1}}* is your verification code."},
            {
                "type": "BUTTONS",
                "buttons": [{"type": "URL", "text": "Copy code", "url": "https://www.whatsapp.com/otp/code/?code=otp{{1}}"}],
            },
        ],
        category="AUTHENTICATION",
    )
    assert [one.key for one in catalogue.form(otp)] == ["body.1"]
    filled = catalogue.fill(otp, {"body.1": "448812"})
    assert [part["parameters"][0]["text"] for part in filled.components] == ["448812", "448812"]
    with pytest.raises(BadField):
        catalogue.fill(otp, {"body.1": "4" * 16})


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"body.1": ""}, "body.1"),
        ({"body.2": "  \t"}, "body.2"),
        ({"body.1": "a\nb"}, "body.1"),
        ({"body.1": "a\r\nb"}, "body.1"),
        ({"body.1": "a\u2028b"}, "body.1"),
        ({"header.1": "x" * 55}, "header.1"),
        ({"body.2": "x" * 1024}, "body.2"),
        ({"button.1": ""}, "button.1"),
        ({"button.3": "x" * 16}, "button.3"),
    ],
)
def test_values_that_whatsapp_would_refuse_are_refused_at_their_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(BadField) as caught:
        catalogue.fill(template(ORDER), {**VALUES, **changes})
    assert caught.value.field == field
    assert caught.value.errors[field] == caught.value.sentence
    assert caught.value.sentence.endswith(".")


def test_every_field_at_fault_is_named_at_once() -> None:
    with pytest.raises(BadField) as caught:
        catalogue.fill(template(ORDER), {"body.1": "a\nb"})
    assert list(caught.value.errors) == ["header.1", "body.1", "body.2", "button.1", "button.3"]
    assert caught.value.errors["body.1"] == "Line breaks aren't allowed in template fields."
    assert caught.value.errors["body.2"] == "Field 2 is missing."


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"header.latitude": "north"}, "header.latitude"),
        ({"header.latitude": "91"}, "header.latitude"),
        ({"header.longitude": "nan"}, "header.longitude"),
        ({"header.name": ""}, "header.name"),
    ],
)
def test_a_place_that_is_none_is_refused_at_its_field(changes: dict[str, str], field: str) -> None:
    with pytest.raises(BadField) as caught:
        catalogue.fill(place(), {**PLACE, **changes})
    assert caught.value.field == field


def test_a_file_link_that_is_none_is_refused() -> None:
    with_file = template([{"type": "HEADER", "format": "IMAGE"}, {"type": "BODY", "text": "Hello"}])
    with pytest.raises(BadField):
        catalogue.fill(with_file, {"header": "javascript://x"})


def test_values_are_never_read_as_templates_themselves() -> None:
    shown = catalogue.fill(
        template([{"type": "BODY", "text": "Hi {{1}} {{2}}"}]), {"body.1": "{{2}} {{settings.SECRET_KEY}}", "body.2": "x"}
    )
    assert shown.preview.body == "Hi {{2}} {{settings.SECRET_KEY}} x"


@pytest.mark.parametrize("components", [[{"type": "CAROUSEL", "cards": []}], [{"type": "BUTTONS", "buttons": [{"type": "MPM"}]}]])
def test_kinds_that_need_more_than_fields_are_refused(components: list[dict[str, Any]]) -> None:
    assert not catalogue.is_supported(template(components))
    with pytest.raises(BadField):
        catalogue.fill(template(components), {})


@pytest.mark.parametrize(
    "components", [[], [None, 7, {"type": 3}], [{"type": "BUTTONS", "buttons": "x"}], [{"type": "BODY", "example": 5}]]
)
def test_odd_components_break_nothing(components: list[Any]) -> None:
    assert catalogue.form(template(components)) == []
    assert catalogue.fill(template(components), {}).components == []


# --- sync and news ---


@pytest.fixture
def server() -> Iterator[Server]:
    usage_of.cache_clear()
    with play.graph_server() as running:
        yield running
    session().close()
    session.cache_clear()


@pytest.fixture
def connection(server: Server, db: None) -> Connection:
    return make.connection(make.number(), waba_id="waba-1", graph_url=server.url)


def listed(name: str, status: str = "APPROVED", **more: Any) -> dict[str, Any]:
    base = {"id": f"id-{name}", "name": name, "language": "en", "category": "UTILITY", "status": status}
    return {**base, "components": [{"type": "BODY", "text": "Hi"}], **more}


def page(*templates: dict[str, Any]) -> play.Step:
    return answer(200, {"data": list(templates), "paging": {"cursors": {}}})


def statuses() -> dict[str, str]:
    return dict(Template.objects.values_list("name", "status"))


def test_a_listing_becomes_rows_and_a_second_one_changes_them(server: Server, connection: Connection) -> None:
    server.plays(page(listed("a"), listed("b", "PENDING")))
    assert catalogue.sync(connection) == 2
    server.plays(page(listed("a", "PAUSED", quality_score={"score": "RED"}), listed("b")))
    assert catalogue.sync(connection) == 2
    assert statuses() == {"a": "PAUSED", "b": "APPROVED"}
    assert Template.objects.get(name="a").quality == "RED"
    connection.refresh_from_db()
    assert connection.templates_synced_at is not None


def test_a_template_that_vanished_from_the_listing_is_marked_and_comes_back(server: Server, connection: Connection) -> None:
    Template.objects.create(
        waba_id="waba-2", name="other", language="en", status="APPROVED", category="UTILITY", synced_at=timezone.now()
    )
    server.plays(page(listed("a"), listed("b")), page(listed("a")), page(listed("a"), listed("b")))
    catalogue.sync(connection)
    catalogue.sync(connection)
    assert statuses() == {"a": "APPROVED", "b": "DELETED", "other": "APPROVED"}
    catalogue.sync(connection)
    assert statuses()["b"] == "APPROVED"


def test_a_listing_that_breaks_off_changes_nothing(server: Server, connection: Connection) -> None:
    server.plays(page(listed("a")))
    catalogue.sync(connection)
    first = {"data": [listed("b")], "paging": {"cursors": {"after": "x"}, "next": "y"}}
    server.plays(answer(200, first), refused(500, 2))
    with pytest.raises(WireError):
        catalogue.sync(connection)
    assert statuses() == {"a": "APPROVED"}


def test_news_that_came_during_a_listing_outlive_it(server: Server, connection: Connection) -> None:
    Template.objects.create(
        waba_id="waba-1",
        name="a",
        language="en",
        category="UTILITY",
        status="PAUSED",
        synced_at=timezone.now() + timedelta(seconds=60),
    )
    server.plays(page(listed("a"), listed("b")))
    catalogue.sync(connection)
    assert statuses() == {"a": "PAUSED", "b": "APPROVED"}
    connection.refresh_from_db()
    assert connection.templates_synced_at is None


def news(event: str, **more: Any) -> TemplateChanged:
    columns = {"account_key": "waba-1", "template_key": "id-a", "name": "a", "language": "en"} | more
    return TemplateChanged("", timezone.now(), event=event, **columns)


@pytest.fixture
def row(connection: Connection) -> Template:
    Connection.objects.update(templates_synced_at=timezone.now())
    return Template.objects.create(
        waba_id="waba-1",
        external_id="id-a",
        name="a",
        language="en",
        category="UTILITY",
        status="APPROVED",
        synced_at=timezone.now(),
    )


@pytest.mark.parametrize(
    ("envelope", "column", "value"),
    [
        (news("PAUSED"), "status", "PAUSED"),
        (news("REJECTED", reason="ABUSIVE_CONTENT"), "reason", "ABUSIVE_CONTENT"),
        (news("DISABLED", name="", language=""), "status", "DISABLED"),
        (news("quality", quality="red"), "quality", "RED"),
        (news("category", category="MARKETING"), "category", "MARKETING"),
    ],
)
def test_news_change_the_row(row: Template, envelope: TemplateChanged, column: str, value: str) -> None:
    assert catalogue.apply(envelope) == row
    row.refresh_from_db()
    assert getattr(row, column) == value


@pytest.mark.parametrize(
    "envelope", [news("APPROVED"), news("REINSTATED"), news("FLAGGED"), news("category_notice", category="UTILITY")]
)
def test_news_that_change_nothing_say_so(row: Template, envelope: TemplateChanged) -> None:
    assert catalogue.apply(envelope) is None
    row.refresh_from_db()
    assert row.status == "APPROVED"


@pytest.mark.parametrize("envelope", [news("APPROVED", name="new", template_key="id-new"), news("components")])
def test_news_that_need_the_whole_template_make_a_listing_due(row: Template, envelope: TemplateChanged) -> None:
    catalogue.apply(envelope)
    assert Connection.objects.get().templates_synced_at is None


def test_news_of_another_account_touch_nothing(row: Template) -> None:
    assert catalogue.apply(news("PAUSED", account_key="waba-2")) is None
    assert statuses() == {"a": "APPROVED"}
