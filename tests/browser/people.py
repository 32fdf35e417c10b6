"""People at real browsers: agents with the inbox open, and customers with their simulated phone."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, WebSocketRoute, expect

from tests.customers import Customer
from tests.running_product import Product, until

# A second is what people are promised; machines that run tests are slower, and a test is no measurement.
PROMPTLY = 10_000


class House:
    """Everybody who has a page open in this test, and what their pages complained of."""

    def __init__(self, chromium: Browser, product: Product) -> None:
        self.product = product
        self.complaints: list[str] = []
        self._chromium = chromium
        self._contexts: list[BrowserContext] = []
        self._overlooked: list[str] = []

    def browser_of(self, mailbox: str, **options: Any) -> BrowserContext:
        """A browser in which one of the demo's people is signed in, without a page yet."""
        context = self.context(**options)
        session = self.product.sessions[mailbox]
        context.add_cookies([{"name": "session", "value": session, "url": self.product.base}])
        return context

    def agent(self, mailbox: str = "agent", path: str = "/inbox/all/", **options: Any) -> Page:
        """The page of one of the demo's people, signed in."""
        page = self.browser_of(mailbox, **options).new_page()
        page.goto(path)
        return page

    def stranger(self, **options: Any) -> Page:
        """A page that nobody has signed in to yet."""
        return self.context(**options).new_page()

    def phone(self, customer: Customer) -> Page:
        """A customer's phone."""
        page = self.context().new_page()
        page.goto(customer.page)
        return page

    def context(self, **options: Any) -> BrowserContext:
        """A browser of its own, without cookies."""
        context = self._chromium.new_context(base_url=self.product.base, locale="en-GB", **options)
        context.set_default_timeout(30_000)
        context.on("console", lambda message: self._heard(message.type, message.text, message.page))
        context.on("weberror", lambda problem: self.complaints.append(f"error: {problem.error}"))
        self._contexts.append(context)
        return context

    def expects(self, complaint: str) -> None:
        """A complaint that belongs to the story is forgotten; it must have come."""
        heard = [line for line in self.complaints if complaint in line]
        assert heard, f"nothing complained of {complaint!r}: {self.complaints}"
        self.complaints[:] = [line for line in self.complaints if line not in heard]

    def overlooks(self, complaint: str) -> None:
        """A complaint that may come in this story, also late."""
        self._overlooked.append(complaint)

    def conversation_of(self, name: str) -> str:
        """The address of somebody's conversation once it is there, however far down in the list."""
        written = "SELECT max(c.id) FROM inbox_conversation c JOIN inbox_contact p ON p.id = c.contact_id WHERE p.name = %s"
        return f"/c/{until(lambda: self.product.rows(written, name)[0][0], because=f'{name} has written')}/"

    def close(self) -> None:
        """Close all pages."""
        for context in self._contexts:
            context.close()
        self.complaints[:] = [line for line in self.complaints if not any(words in line for words in self._overlooked)]

    def _heard(self, kind: str, text: str, page: Page | None) -> None:
        if kind in ("error", "warning") or "Content Security Policy" in text:
            self.complaints.append(f"{kind} at {page.url if page else '?'}: {text}")


def row_of(page: Page, name: str) -> Locator:
    """Somebody's row in the list."""
    return page.locator("#conversations .row", has_text=name)


def open_conversation(page: Page, name: str) -> None:
    """Click somebody's row and wait for the thread; the pointer then leaves the list, which would hold still under it."""
    row_of(page, name).locator("a").click()
    expect(page.locator("h1")).to_have_text(name, timeout=PROMPTLY)
    page.locator("#thread-name").hover()


def message(page: Page, words: str) -> Locator:
    """The message with these words in the open thread."""
    return page.locator("#messages .message", has_text=words)


def tick(page: Page, words: str) -> Locator:
    """How far a message of ours has come, in words."""
    return message(page, words).locator(".bubble__meta .visually-hidden")


class Line:
    """What lies between a page and the server's pushes; has to be there before the page opens."""

    def __init__(self, context: BrowserContext) -> None:
        self._context = context
        self._is_cut = False
        self._open: list[WebSocketRoute] = []
        context.route_web_socket("**/live/socket/", self._connect)

    @property
    def is_open(self) -> bool:
        """Whether a page listens."""
        return bool(self._open)

    def end(self, code: int) -> None:
        """The server ends every socket with this code."""
        for socket in self._open:
            socket.close(code=code)
        self._open.clear()

    def cut(self) -> None:
        """The network is gone: sockets end, and nothing can be asked."""
        self._is_cut = True
        self._context.set_offline(True)
        for socket in self._open:
            socket.close(code=1001)
        self._open.clear()

    def mend(self) -> None:
        """The network is back."""
        self._is_cut = False
        self._context.set_offline(False)

    def _connect(self, socket: WebSocketRoute) -> None:
        if self._is_cut:
            socket.close(code=1001)
            return
        self._open.append(socket)
        socket.connect_to_server()


def deafen(context: BrowserContext) -> None:
    """Pages of this browser hear nothing by themselves: their socket is silent, and asking what happened gets no answer."""
    context.route_web_socket("**/live/socket/", lambda socket: None)
    for question in ("since", "counts"):
        context.route(f"**/live/{question}/**", lambda route: None)
