"""Answers for the simulated people: short scripts in three languages that always come to an end."""

from __future__ import annotations

import json
from sqlite3 import Row

from inbox.whatsapp.sandbox.agenda import Agenda
from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.directory import Directory, Line
from inbox.whatsapp.sandbox.inbound import Inbound
from inbox.whatsapp.sandbox.people import People, Somebody
from inbox.whatsapp.sandbox.shapes import Json
from inbox.whatsapp.sandbox.store import Store

REPLY_SECONDS = 2.5
TAPS_MOST = 5  # so that a bot which always offers buttons and a person who always presses one come to an end

# A line is a text, or a kind of media with a caption ("image:Look"). The first line opens the conversation,
# each later one answers one message of the business; after the last there is silence.
SCRIPTS: dict[str, dict[str, tuple[str, ...]]] = {
    "angry_parcel": {
        "en": (
            "Hello! My order {order} still has not arrived.",
            "It said Tuesday. Today is Friday.",
            "image:It came, but look at the box",
            "Can you exchange it?",
            "Thank you, I will wait for the label.",
        ),
        "pt_BR": (
            "Oi! Meu pedido {order} ainda não chegou",
            "Era pra ontem",
            "image:Chegou, mas olha a caixa",
            "Vocês trocam?",
            "Obrigada, fico no aguardo.",
        ),
        "es": (
            "¡Hola! Mi pedido {order} todavía no ha llegado",
            "Tenía que llegar ayer",
            "image:Llegó, pero mira la caja",
            "¿Me lo cambian?",
            "Gracias, quedo a la espera.",
        ),
    },
    "refund": {
        "en": (
            "Hi, I returned order {order} two weeks ago and have no refund yet.",
            "I sent it by post, I have the receipt.",
            "document:Here is the receipt",
            "Perfect, thank you for the quick help.",
        ),
        "pt_BR": (
            "Bom dia, devolvi o pedido {order} há duas semanas e nada do reembolso.",
            "Enviei pelo correio, tenho o comprovante.",
            "document:Segue o comprovante",
            "Perfeito, obrigada pela ajuda.",
        ),
        "es": (
            "Buenos días, devolví el pedido {order} hace dos semanas y no veo el reembolso.",
            "Lo mandé por correo, tengo el recibo.",
            "document:Aquí está el recibo",
            "Perfecto, gracias por la ayuda.",
        ),
    },
    "invoice": {
        "en": ("Could you send me the invoice for order {order}?", "The company name is Blake Gardens Ltd.", "Got it, thanks!"),
        "pt_BR": (
            "Podem me enviar a nota fiscal do pedido {order}?",
            "O nome da empresa é Alves Jardins Ltda.",
            "Recebi, obrigada!",
        ),
        "es": (
            "¿Me pueden enviar la factura del pedido {order}?",
            "El nombre de la empresa es Jardines Ríos.",
            "Recibida, ¡gracias!",
        ),
    },
    "booking": {
        "en": ("Hello, do you have a free slot this week?", "Morning would be better for me.", "Great, see you then."),
        "pt_BR": ("Olá, tem horário livre esta semana?", "De manhã seria melhor para mim.", "Ótimo, até lá."),
        "es": ("Hola, ¿tienen hora libre esta semana?", "Por la mañana me viene mejor.", "Estupendo, hasta entonces."),
    },
    "size": {
        "en": ("Is the garden coat in order {order} true to size?", "I am between M and L.", "Then I take the L. Thank you!"),
        "pt_BR": ("O casaco do pedido {order} veste o tamanho certo?", "Fico entre M e G.", "Então quero o G. Obrigado!"),
        "es": ("¿El abrigo del pedido {order} es de talla normal?", "Estoy entre la M y la L.", "Entonces la L. ¡Gracias!"),
    },
    "manager": {
        "en": (
            "I want to speak to the manager.",
            "I have explained this three times already, order {order}.",
            "Fine. Please call me today.",
        ),
        "pt_BR": ("Quero falar com o gerente", "Já expliquei três vezes, pedido {order}.", "Certo. Me liguem hoje, por favor."),
        "es": (
            "Quiero hablar con el encargado",
            "Ya lo he explicado tres veces, pedido {order}.",
            "De acuerdo. Llámenme hoy, por favor.",
        ),
    },
    "silent": {"en": (), "pt_BR": (), "es": ()},
}


def lines_of(who: Somebody) -> tuple[str, ...]:
    by_language = SCRIPTS.get(who.script, SCRIPTS["silent"])
    return by_language.get(who.language, by_language["en"])


def spoken(line: str, who: Somebody) -> Json:
    """Turns one script line into a message request."""
    kind, _, caption = line.partition(":")
    if kind in ("image", "document"):
        return {"type": kind, kind: {"caption": caption}}
    return {"type": "text", "text": {"body": line.format(order=who.order)}}


class Scripts:
    """Listens for business messages the phone has read, and answers with the script's next line."""

    def __init__(
        self, store: Store, clock: Clock, agenda: Agenda, people: People, directory: Directory, inbound: Inbound
    ) -> None:
        self._store, self._clock, self._agenda = store, clock, agenda
        self._people, self._directory, self._inbound = people, directory, inbound
        agenda.on("noticed", self._noticed)
        agenda.on("answer", self._answer)

    def run(self, who: Somebody, line: Line, script: str, seed: int) -> Json:
        """Starts a script from its first line; the seed chooses the order number, so runs can be repeated."""
        who.script, who.order = script, str(8000 + seed % 1000)
        self._people.keep(who)
        opening = lines_of(who)
        if not opening:
            return {"id": None, "type": "silent", "timestamp": str(self._clock.outside(self._clock.now()))}
        self._set_step(who, line.id, 1)
        self._store.run("UPDATE pairs SET taps = 0 WHERE number_id = ? AND person_id = ?", line.id, who.id)
        return self._inbound.write(who, line, spoken(opening[0], who))

    def begin_at(self, who: Somebody, number_id: str, step: int) -> None:
        """Lets a thread that was opened in another way go on from that line of the script."""
        self._set_step(who, number_id, step)

    def _noticed(self, payload: Json) -> None:
        """Promises one answer once a message is read; several messages in a row get one answer."""
        row = self._store.one("SELECT * FROM messages WHERE id = ?", payload["message"])
        who = self._people.get(row["person_id"]) if row is not None else None
        if row is None or who is None or who.script == "silent" or payload["status"] != "read" or row["type"] == "reaction":
            return
        waiting = self._store.one(
            "SELECT 1 FROM agenda WHERE kind = 'answer' AND claimed = 0 AND payload LIKE ?", f'%"person": "{who.id}"%'
        )
        if waiting is None and (self._step(who, row["number_id"]) < len(lines_of(who)) or _offers_a_choice(row)):
            self._agenda.at(self._clock.in_(REPLY_SECONDS), "answer", {"person": who.id, "message": row["id"]})

    def _answer(self, payload: Json) -> None:
        row = self._store.one("SELECT * FROM messages WHERE id = ?", payload["message"])
        who = self._people.get(payload["person"])
        if row is None or who is None or who.script == "silent":
            return
        line = self._directory.lines[row["number_id"]]
        if (choice := _choice(row)) is not None:
            self._tap(who, line, choice)
            return
        step = self._step(who, line.id)
        lines = lines_of(who)
        if step < len(lines):
            self._set_step(who, line.id, step + 1)
            self._inbound.write(who, line, spoken(lines[step], who))

    def _tap(self, who: Somebody, line: Line, choice: Json) -> None:
        if self._store.run(
            "UPDATE pairs SET taps = taps + 1 WHERE number_id = ? AND person_id = ? AND taps < ?", line.id, who.id, TAPS_MOST
        ):
            self._inbound.write(who, line, choice)

    def _step(self, who: Somebody, number_id: str) -> int:
        row = self._store.one("SELECT step FROM pairs WHERE number_id = ? AND person_id = ?", number_id, who.id)
        return int(row["step"]) if row is not None else 0

    def _set_step(self, who: Somebody, number_id: str, step: int) -> None:
        self._store.run(
            "INSERT INTO pairs (number_id, person_id, step) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET step = excluded.step",
            number_id,
            who.id,
            step,
        )


def _offers_a_choice(row: Row) -> bool:
    return _choice(row) is not None


def _choice(row: Row) -> Json | None:
    """The tap on the first button or row of a message that offers some, as a message request."""
    doc = json.loads(row["doc"])
    context = {"id": row["id"]}
    if row["type"] == "template":
        for button in doc["template"].get("buttons", ()):
            if button["type"] == "QUICK_REPLY":
                return {"type": "button", "button": {"payload": button["payload"], "text": button["text"]}, "context": context}
    if row["type"] != "interactive":
        return None
    action = doc["interactive"].get("action", {})
    match doc["interactive"].get("type"):
        case "button":
            return {
                "type": "interactive",
                "interactive": {"type": "button_reply", "button_reply": action["buttons"][0]["reply"]},
                "context": context,
            }
        case "list":
            return {
                "type": "interactive",
                "interactive": {"type": "list_reply", "list_reply": action["sections"][0]["rows"][0]},
                "context": context,
            }
        case "location_request_message":
            return {"type": "location", "context": context}
    return None
