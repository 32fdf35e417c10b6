"""Recognises the persons of many webhooks at once, by the rules of ``identify``; whoever needs a closer look is left to it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from inbox.lib.columns import save_columns

from .envelopes import Person
from .identify import PROFILE, handles_of, key_of, names_of, newcomer, settled, take_profile, values_of
from .models import Contact, Handle

Name = tuple[str, str]


class Crowd:
    """The persons of many webhooks with the handles we know of them: one query. Nothing is written before ``save``.

    Plain are those whose handles all lead to one contact already, and those of whom no handle was ever seen. About all
    others (a new spelling, an id that moved, two contacts to be merged) there is doubt, and then about everybody who
    shares a handle with them, so that their later webhooks do not overtake the one that needs a closer look.
    """

    def __init__(self, portfolio: str, persons: Iterable[Person]) -> None:
        self._portfolio = portfolio
        self._known: dict[Name, list[Handle]] = {}
        self._doubtful: set[Name] = set()
        self._met: list[Contact] = []
        self._given: list[Handle] = []
        self._changed: dict[int, Contact] = {}
        contacts: dict[int, Contact] = {}
        for handle in handles_of(portfolio, persons):
            handle.contact = contacts.setdefault(handle.contact_id, handle.contact)
            self._known.setdefault((handle.kind, handle.key), []).append(handle)

    def recognise(self, person: Person, at: datetime) -> Contact | None:
        """The contact of one of the persons, as seen at a time; not saved yet if they are new. None if there is doubt."""
        names = names_of(person)
        if not self._doubtful.isdisjoint(names):
            return None
        known = self._handles(names)
        contact = settled(person, known, at) if known else self._meet(person, at)
        if contact is None:
            self.doubt(person)
        elif take_profile(contact, person, at) and contact.pk:
            self._changed[contact.pk] = contact
        return contact

    def doubt(self, person: Person) -> None:
        """Leave this person, and everybody their handles lead to, to a closer look from here on."""
        names = names_of(person)
        involved = [handle.contact for handle in self._handles(names)]
        self._doubtful.update(names)
        self._doubtful.update(
            name for name, handles in self._known.items() if any(handle.contact in involved for handle in handles)
        )

    def save(self) -> None:
        """Write the new contacts with their handles, and the profiles that changed. Needs a transaction."""
        Contact.objects.bulk_create(self._met)
        Handle.objects.bulk_create(self._given)
        save_columns(self._changed.values(), PROFILE)

    def _handles(self, names: list[Name]) -> list[Handle]:
        return [handle for name in names for handle in self._known.get(name, ())]

    def _meet(self, person: Person, at: datetime) -> Contact:
        contact = newcomer(self._portfolio, person)
        self._met.append(contact)
        for kind, value in values_of(person):
            key = key_of(kind, value)
            handle = Handle(contact=contact, portfolio=self._portfolio, kind=kind, value=value, key=key, since=at)
            self._given.append(handle)
            self._known.setdefault((kind, key), []).append(handle)
        return contact
