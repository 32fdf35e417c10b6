"""Keeps one-time links and phone numbers out of the log, and puts the ids of an event onto its line."""

from __future__ import annotations

import json
import logging
import re
from typing import Any

LINK = re.compile(
    r"((?:/|%2F)accounts(?:/|%2F)(?:link|invitation|confirm-email|password(?:/|%2F)reset(?:/|%2F)key)(?:/|%2F))[^\s\"'<>]+", re.I
)
LONG_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{4,}(?=\d{4}(?![0-9A-Za-z]))")
ONE_LINE = {"django.security.DisallowedHost"}  # strangers cause these at will
STANDARD = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}
SIMPLE = (str, int, float, bool, list, type(None))  # the rest, a request for instance, says nothing in a line


def masked(text: str) -> str:
    """The text without what follows the address of a one-time link, and with only the last 4 digits of 8 or more in a row."""
    return LONG_NUMBER.sub("…", LINK.sub(r"\1…", text))


class MaskSecrets(logging.Filter):
    """Lets every record through, masked; it never raises."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Masks the message; takes the traceback away where strangers would fill the log with it."""
        if record.name in ONE_LINE:
            record.exc_info = record.exc_text = None
        try:
            text = record.getMessage()
        except Exception:  # logging itself reports a message that does not fit its arguments
            record.msg, record.args = masked(str(record.msg)), ()
            return True
        safe = masked(text)
        if safe != text:
            record.msg, record.args = safe, ()
        return True


class WithIds(logging.Formatter):
    """One line as its format says, then what was given as ``extra``: ``event=17 reason="timed out"``."""

    def formatMessage(self, record: logging.LogRecord) -> str:
        """The line with its ids."""
        given = {name: value for name, value in vars(record).items() if name not in STANDARD and isinstance(value, SIMPLE)}
        return " ".join([super().formatMessage(record), *(f"{name}={_written(name, value)}" for name, value in given.items())])

    def formatException(self, ei: Any) -> str:
        """The traceback, masked too: errors of a database repeat the values they are about."""
        return masked(super().formatException(ei))


def _written(name: str, value: object) -> str:
    text = str(value)
    # An id is there to be found again: Meta's have fifteen digits and more.
    safe = LINK.sub(r"\1…", text) if name == "id" or name.endswith("_id") else masked(text)
    return safe if safe.isprintable() and " " not in safe and safe else json.dumps(safe)
