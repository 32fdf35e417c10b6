"""Lets a dozen customers write at once, so that a fresh inbox has something to show."""

from __future__ import annotations

from inbox.whatsapp.sandbox.directory import Directory
from inbox.whatsapp.sandbox.inbound import Inbound
from inbox.whatsapp.sandbox.people import People
from inbox.whatsapp.sandbox.scripts import Scripts
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store


def _text(body: str) -> Json:
    return {"type": "text", "text": {"body": body}}


def _photo(caption: str) -> Json:
    return {"type": "image", "image": {"caption": caption}}


VOICE: Json = {"type": "audio", "audio": {"voice": True}}
PAPER: Json = {"type": "document", "document": {"caption": "", "filename": "comprovante-8841.pdf"}}
PLACE: Json = {
    "type": "location",
    "location": {"latitude": -34.6037, "longitude": -58.3816, "name": "Obelisco", "address": "Av. 9 de Julio, Buenos Aires"},
}

# person, which number (0 Support, 1 Billing), the script line they go on with, and (minutes ago, message) in order.
OPENINGS: tuple[tuple[str, int, int, tuple[tuple[int, Json], ...]], ...] = (
    (
        "maria",
        0,
        3,
        (
            (14, _text("Oi! Meu pedido 8841 ainda não chegou")),
            (12, _text("Era pra ontem")),
            (9, _photo("Chegou, mas olha a caixa")),
        ),
    ),
    ("amara", 0, 1, ((6, _text("Hello! My order 8841 still has not arrived. Do you ship to Leeds at the weekend?")),)),
    ("rosa", 0, 1, ((21, _text("Quero falar com o gerente")), (19, _text("Já é a terceira vez esta semana 😡")))),
    ("diego", 0, 1, ((47, _text("¡Hola! Mi pedido todavía no ha llegado. Estoy aquí:")), (46, PLACE))),
    ("tom", 1, 3, ((75, _text("Hi, I returned an order two weeks ago and have no refund yet.")), (73, PAPER))),
    ("bea", 1, 1, ((110, _text("Podem me enviar a nota fiscal do pedido 8841?")),)),
    ("lupita", 1, 1, ((155, _text("Buenas tardes, ¿me pueden enviar la factura? Es para la empresa.")),)),
    ("joao", 0, 1, ((190, VOICE), (188, _text("Mandei um áudio, é sobre o tamanho do casaco")))),
    ("ines", 0, 1, ((240, _text("Bom dia, devolvi o pedido há duas semanas e nada do reembolso.")),)),
    ("priya", 0, 1, ((310, _text("Hello, do you have a free slot this week?")),)),
    ("layla", 0, 1, ((420, _text("مرحبا، هل المعطف بالمقاس الصحيح؟ (Is the garden coat true to size?)")),)),
    ("mateo", 0, 1, ((33, _text("Quiero hablar con el encargado")),)),
    # These two wrote more than a day ago: their windows are closed.
    ("carmen", 0, 1, ((26 * 60, _text("Hola, ¿tienen hora libre esta semana?")),)),
    ("jordan", 1, 1, ((49 * 60, _text("Could you send me the invoice for order 8841?")),)),
)


def open_the_day(store: Store, people: People, directory: Directory, inbound: Inbound, scripts: Scripts) -> int:
    """Writes every opening whose person exists; a second call writes nothing. Gives how many messages were written."""
    lines = list(directory.lines.values())
    written = 0
    for person_id, which, step, messages in OPENINGS:
        who = people.get(person_id)
        key = f"opened.{person_id}"
        if who is None or not lines or store.recall(key):
            continue
        line = lines[which % len(lines)]
        with store.together():
            for minutes, message in messages:
                inbound.write(who, line, message | {"minutes_ago": minutes})
                written += 1
            scripts.begin_at(who, line.id, step)
            store.remember(key, True)
    return written
