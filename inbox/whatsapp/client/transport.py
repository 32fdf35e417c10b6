"""One HTTP exchange: shared kept-alive connections, time-outs always, and the question whether bytes left us."""

from __future__ import annotations

import functools
import os
import ssl
import time
from collections.abc import Iterator
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import urllib3
from django.conf import settings
from requests.adapters import HTTPAdapter

from inbox.whatsapp.errors import BAD_ANSWER, NO_ANSWER, NO_CONNECTION, Answer, NotSent, OutcomeUnknown, WireError

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0  # for a whole answer
ANSWER_BYTES_MOST = 8 * 1024 * 1024  # a page of templates has some hundred kilobytes
CHUNK = 64 * 1024
SPARE_CONNECTIONS = 8  # for media and management beside the sending threads
AGENT = "Parley (self-hosted inbox; python-requests)"  # some default agents have been refused

# Raised only while a connection is being made, so nothing of the request has left.
BEFORE_SENDING = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.LocationParseError,
    ssl.SSLCertVerificationError,
)
WHILE_READING = (requests.RequestException, urllib3.exceptions.HTTPError, OSError)


@functools.lru_cache(maxsize=1)
def session() -> requests.Session:
    """The one session of this process: a pool that all threads share, no proxies or netrc from the environment, no cookies."""
    made = requests.Session()
    made.trust_env = False
    made.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    made.headers.update({"User-Agent": AGENT, "Accept": "application/json"})
    adapter = HTTPAdapter(pool_connections=16, pool_maxsize=settings.SEND_THREADS + SPARE_CONNECTIONS, max_retries=0)
    made.mount("https://", adapter)
    made.mount("http://", adapter)
    return made


# A forked worker must not talk on its parent's sockets.
os.register_at_fork(after_in_child=session.cache_clear)


def ask(
    method: str,
    url: str,
    *,
    token: str = "",
    headers: dict[str, str] | None = None,
    read_seconds: float,
    **body: Any,
) -> requests.Response:
    """Sends a request and gives the answer, its body still to be read; the caller must close it.

    ``body`` is what ``requests`` calls json, data, params. Redirects are never followed, since they could carry the
    token elsewhere. Raises NotSent if nothing left us, else OutcomeUnknown.
    """
    sent_headers = {**(headers or {}), **({"Authorization": f"Bearer {token}"} if token else {})}
    try:
        return session().request(
            method,
            url,
            headers=sent_headers,
            timeout=(CONNECT_SECONDS, read_seconds),
            allow_redirects=False,
            stream=True,
            **body,
        )
    except (requests.RequestException, urllib3.exceptions.HTTPError) as error:
        # "from None": the messages of these exceptions hold whole addresses.
        raise lost(error) from None


def exchange(method: str, url: str, **options: Any) -> Answer:
    """A whole exchange with a small answer. Raises NotSent and OutcomeUnknown as ``ask`` does."""
    with ask(method, url, **options) as response:
        body = b"".join(chunks(response, ANSWER_BYTES_MOST, ANSWER_SECONDS))
        return Answer(response.status_code, lowered(response), body)


def chunks(response: requests.Response, most: int, seconds: float) -> Iterator[bytes]:
    """The body of an answer, piece by piece as it comes.

    Raises OutcomeUnknown when the line is cut, when there are more than ``most`` bytes (``title`` "too large"), or when the
    whole takes longer than ``seconds`` (``title`` "too slow"): a time-out between two bytes alone would let a trickle go on.
    """
    deadline = time.monotonic() + seconds
    count = 0
    while True:
        try:
            piece = response.raw.read1(CHUNK, decode_content=True)
        except WHILE_READING as error:
            raise OutcomeUnknown(NO_ANSWER, details=_name(error), http_status=response.status_code) from None
        if not piece:
            return
        count += len(piece)
        if count > most:
            raise OutcomeUnknown(BAD_ANSWER, "too large", http_status=response.status_code)
        if time.monotonic() > deadline:
            raise OutcomeUnknown(NO_ANSWER, "too slow", http_status=response.status_code)
        yield piece


def lowered(response: requests.Response) -> dict[str, str]:
    """An answer's headers with lower-case names."""
    return {name.lower(): value for name, value in response.headers.items()}


def lost(error: Exception) -> WireError:
    """NotSent if the failure came before any byte of the request left us, else OutcomeUnknown."""
    if isinstance(error, requests.ConnectTimeout | ValueError) or any(
        isinstance(cause, BEFORE_SENDING) for cause in _causes(error)
    ):
        return NotSent(NO_CONNECTION, details=_name(error))
    return OutcomeUnknown(NO_ANSWER, details=_name(error))


def _causes(error: BaseException) -> Iterator[BaseException]:
    """An exception and all that it was made of: requests and urllib3 wrap in arguments, reasons and contexts."""
    waiting, seen = [error], set[int]()
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        inner = [*one.args, getattr(one, "reason", None), one.__cause__, one.__context__]
        waiting.extend(candidate for candidate in inner if isinstance(candidate, BaseException))


def _name(error: BaseException) -> str:
    return type(list(_causes(error))[-1]).__name__
