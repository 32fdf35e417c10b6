"""Puts the parts of the sandbox together and starts and stops them."""

from __future__ import annotations

from inbox.whatsapp.sandbox.agenda import Agenda
from inbox.whatsapp.sandbox.calls import CallLog
from inbox.whatsapp.sandbox.clock import Clock
from inbox.whatsapp.sandbox.directory import Directory
from inbox.whatsapp.sandbox.faults import Faults
from inbox.whatsapp.sandbox.inbound import Inbound
from inbox.whatsapp.sandbox.links import Links
from inbox.whatsapp.sandbox.management import Management
from inbox.whatsapp.sandbox.media import MediaShelf
from inbox.whatsapp.sandbox.numbers import Numbers
from inbox.whatsapp.sandbox.openings import open_the_day
from inbox.whatsapp.sandbox.people import People
from inbox.whatsapp.sandbox.rates import Rates
from inbox.whatsapp.sandbox.scripts import Scripts
from inbox.whatsapp.sandbox.sending import Sending
from inbox.whatsapp.sandbox.shapes import World
from inbox.whatsapp.sandbox.statuses import Statuses
from inbox.whatsapp.sandbox.store import Store
from inbox.whatsapp.sandbox.templates import Templates
from inbox.whatsapp.sandbox.webhooks import Webhooks


class Sandbox:
    """One running emulation. `public_url` (scheme and host, no slash) lets webhooks carry media URLs."""

    def __init__(self, world: World, *, public_url: str | None = None) -> None:
        self.world = world
        self.public_url = public_url
        self.store = Store(world.data_file)
        self.clock = Clock(self.store)
        self.agenda = Agenda(self.store, self.clock)
        self.faults = Faults(self.store)
        self.directory = Directory(world, self.store, self.clock)
        self.people = People(self.store, self.directory.portfolios)
        self.people.take_in(world.people)
        self.webhooks = Webhooks(self.store, self.clock, self.agenda, self.faults, self.directory.apps)
        self.management = Management(self.clock, self.directory, self.webhooks)
        self.media = MediaShelf(self.store, self.clock)
        self.templates = Templates(self.store, self.clock, self.agenda, self.management)
        for waba in self.directory.wabas.values():
            self.templates.take_in(waba)
        self.statuses = Statuses(self.store, self.clock, self.agenda, self.faults, self.people, self.directory, self.webhooks)
        self.links = Links(self.store, self.agenda, self.media, self.statuses)
        self.rates = Rates(self.store, self.clock)
        self.sending = Sending(
            self.store,
            self.clock,
            self.faults,
            self.people,
            self.directory,
            self.media,
            self.templates,
            self.statuses,
            self.rates,
            self.links,
        )
        self.numbers = Numbers(self.store, self.clock, self.people, self.directory, self.webhooks)
        self.inbound = Inbound(self.store, self.clock, self.people, self.directory, self.media, self.webhooks, public_url)
        self.scripts = Scripts(self.store, self.clock, self.agenda, self.people, self.directory, self.inbound)
        self.calls = CallLog(self.store, self.clock)

    def start(self) -> None:
        self.store.run("DELETE FROM posts WHERE last_answer = '200'")
        self.agenda.start()
        self.webhooks.resume()

    def stop(self) -> None:
        self.agenda.stop()
        self.store.close()

    def open_the_day(self) -> int:
        return open_the_day(self.store, self.people, self.directory, self.inbound, self.scripts)

    def faults_changed(self) -> None:
        """After a switch: what was held back by a pause may go now."""
        self.webhooks.resume()
