"""Finds out what a file is from its first bytes. What the sender claims is only believed between harmless siblings."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

import puremagic

HEAD = 64 * 1024  # how many first bytes ``sniff`` wants
UNKNOWN = "application/octet-stream"
PROGRAM = "application/x-executable"

OFFICE = "application/vnd.openxmlformats-officedocument."
OPEN = "application/vnd.oasis.opendocument."
WORD, SHEET, SLIDES = f"{OFFICE}wordprocessingml.document", f"{OFFICE}spreadsheetml.sheet", f"{OFFICE}presentationml.presentation"
BY_EXTENSION = {
    ".docx": WORD,
    ".xlsx": SHEET,
    ".pptx": SLIDES,
    ".doc": "application/msword",
    ".xls": "application/vnd.ms-excel",
    ".ppt": "application/vnd.ms-powerpoint",
}
OLD_OFFICE = {"application/msword", "application/vnd.ms-excel", "application/vnd.ms-powerpoint"}
OLD_CONTAINER = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NEW_OFFICE = {WORD, SHEET, SLIDES}

SIGNATURES: list[tuple[bytes, str]] = [
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\x00", "image/tiff"),
    (b"MM\x00*", "image/tiff"),
    (b"#!AMR", "audio/amr"),
    (b"ID3", "audio/mpeg"),
    (b"{\\rtf", "application/rtf"),
]
PROGRAMS = (
    b"MZ",
    b"\x7fELF",
    b"\xfe\xed\xfa\xce",
    b"\xfe\xed\xfa\xcf",
    b"\xce\xfa\xed\xfe",
    b"\xcf\xfa\xed\xfe",
    b"\xca\xfe\xba\xbe",
    b"#!/",
    b"#! /",
    b"dex\n",
    b"L\x00\x00\x00\x01\x14\x02\x00",
    b"\x00asm",
)
# fmt: off
PROGRAM_EXTENSIONS = {
    ".exe", ".dll", ".msi", ".msix", ".bat", ".cmd", ".scr", ".pif", ".cpl", ".js", ".jse", ".vbs", ".vbe",
    ".wsf", ".wsh", ".hta", ".ps1", ".psm1", ".sh", ".bash", ".jar", ".apk", ".ipa", ".dmg", ".pkg", ".deb",
    ".rpm", ".appimage", ".lnk", ".url", ".reg", ".iso", ".vhd", ".gadget", ".inf", ".scf", ".docm", ".xlsm",
    ".pptm", ".xlam", ".chm", ".class", ".wasm",
}
# fmt: on
PROGRAM_IN_ZIP = (b"META-INF/MANIFEST.MF", b"AndroidManifest.xml", b"classes.dex", b"Payload/", b"vbaProject.bin")
AUDIO_BRANDS = {b"M4A ", b"M4B ", b"M4P "}
PHONE_BRANDS = (b"3gp", b"3g2")
HEIC_BRANDS = {b"heic", b"heix", b"mif1", b"heim", b"hevc"}
BITRATE_FREE, RATE_RESERVED = 0xF0, 0x0C
HTML = re.compile(rb"<(!doctype\s+html|html|head|body|script|iframe|meta|table|div|img|a\s|style|link|title)", re.IGNORECASE)
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")


def sniff(head: bytes, claimed: str = "", filename: str = "") -> str:
    """The MIME type of a file by its first 64 KB; UNKNOWN for what we do not know, PROGRAM for anything that could be run.

    ``claimed`` and ``filename`` only decide between siblings that look alike at the start: the Office formats, and sound or
    film in an MP4 box.
    """
    extension = PurePosixPath(filename.lower()).suffix
    if head.startswith(PROGRAMS) or extension in PROGRAM_EXTENSIONS:
        return PROGRAM
    mime = _binary(head, claimed.partition(";")[0].strip().lower(), extension) or _textual(head)
    return PROGRAM if _denied(head, mime) else mime


def is_opus(head: bytes) -> bool:
    """True if an OGG file holds Opus, the only codec that WhatsApp takes in it."""
    return b"OpusHead" in head[:512]


def opus_channels(head: bytes) -> int:
    """How many channels an Opus stream has; 0 if that cannot be seen."""
    at = head[:512].find(b"OpusHead")
    return head[at + 9] if at >= 0 and len(head) > at + 9 else 0


def _binary(head: bytes, claimed: str, extension: str) -> str:
    for signature, mime in SIGNATURES:
        if head.startswith(signature):
            return mime
    if head.startswith(b"PK\x03\x04"):
        return _zip(head, claimed, extension)
    if head.startswith(OLD_CONTAINER):
        return _old_office(claimed, extension)
    if head.lstrip(b"\xef\xbb\xbf\r\n\t \x00")[:5] == b"%PDF-":
        return "application/pdf"
    if head.startswith(b"BM") and head[6:10] == b"\x00\x00\x00\x00":
        return "image/bmp"
    return _container(head, claimed) or _frames(head)


def _container(head: bytes, claimed: str) -> str:
    """RIFF, MP4 and OGG hold pictures, sound or films."""
    if head[:4] == b"RIFF":
        return {b"WEBP": "image/webp", b"WAVE": "audio/wav"}.get(head[8:12], UNKNOWN)
    if head[4:8] == b"ftyp":
        return _box(head, claimed)
    if head.startswith(b"OggS"):
        return UNKNOWN if b"theora" in head[:512] else "audio/ogg"
    return ""


def _box(head: bytes, claimed: str) -> str:
    """MP4 and its relations tell their brand."""
    brand = head[8:12]
    if brand in HEIC_BRANDS:
        return "image/heic"
    if brand == b"qt  ":
        return "video/quicktime"
    if brand.startswith(PHONE_BRANDS):
        return "video/3gpp"
    return "audio/mp4" if brand in AUDIO_BRANDS or claimed in {"audio/mp4", "audio/m4a", "audio/x-m4a"} else "video/mp4"


def _zip(head: bytes, claimed: str, extension: str) -> str:
    """Office and OpenDocument files are zips; so are programs for phones and for Java."""
    if any(mark in head for mark in PROGRAM_IN_ZIP):
        return PROGRAM
    if head[30:38] == b"mimetype":
        mime = head[38:120].partition(b"PK")[0].decode("ascii", "replace")
        return mime if mime in {f"{OPEN}text", f"{OPEN}spreadsheet", f"{OPEN}presentation"} else "application/zip"
    for folder, mime in ((b"word/", WORD), (b"xl/", SHEET), (b"ppt/", SLIDES)):
        if folder in head:
            return mime
    if b"[Content_Types].xml" in head or b"_rels/" in head:
        guess = BY_EXTENSION.get(extension, claimed)
        return guess if guess in NEW_OFFICE else "application/zip"
    return "application/zip"


def _old_office(claimed: str, extension: str) -> str:
    """The same container also carries installers, so a name or a claim has to say that it is a document."""
    guess = BY_EXTENSION.get(extension, claimed)
    return guess if guess in OLD_OFFICE else UNKNOWN


def _frames(head: bytes) -> str:
    """AAC and MP3 without a tag begin with a frame's sync bits."""
    if len(head) < 4 or head[0] != 0xFF:
        return ""
    if head[1] & 0xF6 == 0xF0:
        return "audio/aac"
    is_layer_three = head[1] & 0xE6 == 0xE2
    return (
        "audio/mpeg"
        if is_layer_three and head[2] & BITRATE_FREE != BITRATE_FREE and head[2] & RATE_RESERVED != RATE_RESERVED
        else ""
    )


def _textual(head: bytes) -> str:
    text = _decoded(head)
    if text is None:
        return UNKNOWN
    start = text.lstrip("\ufeff \t\r\n\f\v").encode()
    if not start.startswith(b"<"):
        return "text/plain"
    if b"<svg" in start.lower():
        return "image/svg+xml"
    return "text/html" if HTML.search(start) else "application/xml"


def _decoded(head: bytes) -> str | None:
    """The head as text, or None if it holds what no text has."""
    if not head:
        return None
    encodings = ["utf-16"] if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8", "cp1252"]
    for encoding in encodings:
        for cut in range(4):  # the last character may have been cut through
            try:
                text = head[: len(head) - cut].decode(encoding)
            except UnicodeDecodeError:
                continue
            return None if CONTROL.search(text) else text
    return None


def _denied(head: bytes, mime: str) -> bool:
    """A second opinion, heeded only when it says no; zips and old Office files begin like too many others for it to judge."""
    if mime == UNKNOWN or head.startswith((b"PK", OLD_CONTAINER)):
        return False
    try:
        opinions = puremagic.magic_string(head)
    except (puremagic.PureError, ValueError, IndexError):
        return False
    best = max((one.confidence for one in opinions), default=0)
    return any(
        one.confidence == best and (one.extension in PROGRAM_EXTENSIONS or "executable" in f"{one.mime_type} {one.name}".lower())
        for one in opinions
    )
