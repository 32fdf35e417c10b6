"""The demo's message templates: three languages, both number formats, and every state an agent may meet."""

from __future__ import annotations

from inbox.whatsapp.sandbox.shapes import Json, Template

ORDER_BUTTONS: Json = {
    "type": "BUTTONS",
    "buttons": [
        {
            "type": "URL",
            "text": "Track parcel",
            "url": "https://kirkgate.example/t/{{1}}",
            "example": ["https://kirkgate.example/t/8841"],
        },
    ],
}


def _header(text: str, example: str | None = None) -> Json:
    header: Json = {"type": "HEADER", "format": "TEXT", "text": text}
    if example is not None:
        header["example"] = {"header_text": [example]}
    return header


def _body(text: str, *examples: str) -> Json:
    return {"type": "BODY", "text": text} | ({"example": {"body_text": [list(examples)]}} if examples else {})


def _footer(text: str) -> Json:
    return {"type": "FOOTER", "text": text}


def _replies(*labels: str) -> Json:
    return {"type": "BUTTONS", "buttons": [{"type": "QUICK_REPLY", "text": label} for label in labels]}


DEMO_TEMPLATES = (
    Template(
        "order_update",
        "en",
        "APPROVED",
        "UTILITY",
        (
            _header("Order {{1}}", "8841"),
            _body("Hello {{1}}, your order {{2}} has left our warehouse and arrives on {{3}}.", "Amara", "8841", "Tuesday"),
            _footer("Kirkgate & Aurora"),
            ORDER_BUTTONS,
        ),
    ),
    Template(
        "order_update",
        "pt_BR",
        "APPROVED",
        "UTILITY",
        (
            _header("Pedido {{1}}", "8841"),
            _body("Oi {{1}}, seu pedido {{2}} saiu do centro de distribuição e chega {{3}}.", "Maria", "8841", "terça-feira"),
            _footer("Kirkgate & Aurora"),
            ORDER_BUTTONS,
        ),
    ),
    Template(
        "order_update",
        "es",
        "APPROVED",
        "UTILITY",
        (
            _header("Pedido {{1}}", "8841"),
            _body("Hola {{1}}, tu pedido {{2}} ha salido del almacén y llega el {{3}}.", "Diego", "8841", "martes"),
            _footer("Kirkgate & Aurora"),
            ORDER_BUTTONS,
        ),
    ),
    Template(
        "reopen_conversation",
        "en",
        "APPROVED",
        "UTILITY",
        (
            _body("Hello {{first_name}}, we have news about your request {{case}}. May we continue here?")
            | {
                "example": {
                    "body_text_named_params": [
                        {"param_name": "first_name", "example": "Amara"},
                        {"param_name": "case", "example": "C-118"},
                    ]
                }
            },
            _replies("Yes, go on", "Not now"),
        ),
        "NAMED",
    ),
    Template(
        "payment_reminder",
        "pt_BR",
        "APPROVED",
        "UTILITY",
        (
            _body("Olá {{1}}, o boleto {{2}} vence em {{3}}. Precisa de ajuda?", "Bea", "00118", "30/11"),
            _replies("Falar com alguém", "Já paguei"),
        ),
    ),
    Template(
        "autumn_offer",
        "en",
        "APPROVED",
        "MARKETING",
        (
            {"type": "HEADER", "format": "IMAGE", "example": {"header_handle": ["4::aW1hZ2U="]}},
            _body("Hi {{1}}, everything for the garden is {{2}} percent off until Sunday.", "Amara", "20"),
            _footer("Reply STOP to hear no more offers"),
            _replies("Show me", "Stop promotions"),
        ),
    ),
    Template(
        "delivery_survey",
        "en",
        "PENDING",
        "UTILITY",
        (_body("Hello {{1}}, how did the delivery of order {{2}} go for you?", "Amara", "8841"), _replies("Well", "Badly")),
    ),
    Template(
        "gift_voucher",
        "es",
        "REJECTED",
        "UTILITY",
        (_body("Hola {{1}}, gana un vale de regalo si respondes hoy mismo.", "Diego"),),
        "POSITIONAL",
        "INCORRECT_CATEGORY",
    ),
    Template(
        "weekend_sale",
        "pt_BR",
        "PAUSED",
        "MARKETING",
        (
            _body("Oi {{1}}, só neste fim de semana tudo com {{2}} de desconto na loja.", "Maria", "20%"),
            _replies("Ver ofertas", "Parar promoções"),
        ),
    ),
)
