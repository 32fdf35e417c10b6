"""How long news takes from WhatsApp's webhook to the browsers, on a running product."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import itertools
import json
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import requests

from .raw_socket import RawSocket

CUSTOMERS = 50
MARK = re.compile(rb"bench-(\d+)-mark")
# So many webhooks may wait for their answer; with fewer, a slow answer would hold back the next webhook.
POSTS_AT_ONCE = 64
# Seconds that frames may still come after the last webhook.
PATIENCE = 10.0


@dataclass(frozen=True)
class Product:
    """A running product: where it is, sessions of people who see the number, and how Meta would call.

    The last five are what ``manage.py connection --json`` prints for a sandbox number. ``cookies`` are sessions
    (``session=…``), which take turns: one person may not open all sockets.
    """

    base_url: str
    cookies: tuple[str, ...]
    callback_url: str
    app_secret: str
    phone_number_id: str
    waba_id: str
    display_phone: str = "15550100000"


@dataclass
class Latency:
    """Seconds from when a webhook was due to when its frame had come, over all watching sockets."""

    rate: float
    sockets: int
    sent: int
    refused: int = 0
    missing: int = 0
    seconds: list[float] = field(default_factory=list)

    def at(self, share: float) -> float:
        """The latency that this share of frames stayed within, in seconds."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))] if ordered else float("nan")


def webhook_to_frame(product: Product, *, rate: float, seconds: float = 20, sockets: int = 100, watching: int = 10) -> Latency:
    """Posts signed webhooks at a steady rate and waits for their frames. ``watching`` of the sockets read theirs; the rest
    take them in and acknowledge, so that the client does not become what is measured."""
    return asyncio.run(_measure(product, Latency(rate, sockets, int(rate * seconds)), min(watching, sockets)))


async def _measure(product: Product, result: Latency, watching: int) -> Latency:
    due: list[float] = []
    watchers = [Watcher(due, result) for _ in range(watching)]
    url = f"{product.base_url.replace('http', 'ws', 1)}/live/socket/"
    hearers = [watcher.hear for watcher in watchers] + [None] * (result.sockets - watching)
    turns = zip(hearers, itertools.cycle(product.cookies))
    everybody = [await RawSocket(url, cookie, hear).connect() for hear, cookie in turns]
    for each in everybody:
        each.acknowledges = True
        await each.wait_for(1)
    result.refused = await _post_all(product, result, due)
    expected = result.sent - result.refused
    deadline = time.perf_counter() + PATIENCE
    while any(len(watcher.seen) < expected for watcher in watchers) and time.perf_counter() < deadline:
        await asyncio.sleep(0.1)
    result.missing = sum(expected - len(watcher.seen) for watcher in watchers)
    for each in everybody:
        each.close()
    return result


async def _post_all(product: Product, result: Latency, due: list[float]) -> int:
    """Posts on time, whether or not earlier ones are answered; how many were refused."""
    run, began = str(time.time_ns()), time.perf_counter() + 0.5
    loop = asyncio.get_running_loop()
    with requests.Session() as session, ThreadPoolExecutor(POSTS_AT_ONCE) as threads:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=POSTS_AT_ONCE))
        posts = []
        for place in range(result.sent):
            due.append(began + place / result.rate)
            await asyncio.sleep(max(0.0, due[place] - time.perf_counter()))
            posts.append(loop.run_in_executor(threads, _post, session, product, run, place))
        return result.sent - sum(await asyncio.gather(*posts))


class Watcher:
    """Notes when each message came to one socket for the first time."""

    def __init__(self, due: list[float], result: Latency) -> None:
        self.due = due
        self.result = result
        self.seen: set[int] = set()

    def hear(self, frame: bytes) -> None:
        """A frame; it may show several messages, and some of them again."""
        now = time.perf_counter()
        for place in set(map(int, MARK.findall(frame))) - self.seen:
            if place < len(self.due):
                self.seen.add(place)
                self.result.seconds.append(now - self.due[place])


def _post(session: requests.Session, product: Product, run: str, place: int) -> bool:
    body = json.dumps(text_webhook(product, run, place)).encode()
    signature = hmac.new(product.app_secret.encode(), body, hashlib.sha256).hexdigest()
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": f"sha256={signature}"}
    return session.post(product.callback_url, data=body, headers=headers, timeout=30).status_code == 200


def text_webhook(product: Product, run: str, place: int) -> dict[str, Any]:
    """A text from one of fifty customers, as WhatsApp reports it (protocol sections 2.2 and 2.7)."""
    phone = f"3519900{place % CUSTOMERS:05}"
    message = {
        "from": phone,
        "id": f"wamid.bench{run}{place}",
        "timestamp": str(int(time.time())),
        "type": "text",
        "text": {"body": f"bench-{place}-mark"},
    }
    value = {
        "messaging_product": "whatsapp",
        "metadata": {"display_phone_number": product.display_phone, "phone_number_id": product.phone_number_id},
        "contacts": [{"profile": {"name": f"Bench {place % CUSTOMERS}"}, "wa_id": phone}],
        "messages": [message],
    }
    return {
        "object": "whatsapp_business_account",
        "entry": [{"id": product.waba_id, "changes": [{"field": "messages", "value": value}]}],
    }
