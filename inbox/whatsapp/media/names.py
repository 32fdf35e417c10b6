"""Names of files: random where we keep them, harmless where people see them."""

from __future__ import annotations

import re
import secrets
import unicodedata

NAME_MOST = 240
# Directions, joiners and other characters that are not seen but change what is read.
UNSEEN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
RESERVED = re.compile(r'[<>:"|?*]')


def random_name() -> str:
    """Where a new file is kept: nothing of it can be guessed, nothing comes from outside."""
    token = secrets.token_hex(16)
    return f"{token[:2]}/{token}"


def clean_filename(name: str) -> str:
    """A name that somebody else gave to a file, without paths, unseen characters or leading dots; "" if nothing is left."""
    last = re.split(r"[\\/]", name)[-1]
    seen = "".join(character for character in last if unicodedata.category(character) not in UNSEEN)
    clean = RESERVED.sub("_", " ".join(seen.split())).lstrip(". ")
    stem, dot, extension = clean.rpartition(".")
    if dot and len(extension) <= 10:
        return f"{stem[: NAME_MOST - len(extension) - 1]}.{extension}"
    return clean[:NAME_MOST]
