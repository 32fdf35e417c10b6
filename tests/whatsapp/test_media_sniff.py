"""What a file is, by its bytes; what somebody says it is changes nothing that matters."""

from __future__ import annotations

import pytest

from inbox.whatsapp.media import HEAD, PROGRAM, UNKNOWN, clean_filename, sniff
from inbox.whatsapp.media.names import random_name
from inbox.whatsapp.media.sniff import SHEET, SLIDES, WORD, is_opus, opus_channels

from .samples import HTML, OLE, SVG, box, moving, ogg, picture, zipped

BYTES: list[tuple[str, bytes, str]] = [
    ("jpeg", picture("JPEG"), "image/jpeg"),
    ("png", picture("PNG"), "image/png"),
    ("gif", picture("GIF", mode="P"), "image/gif"),
    ("webp", picture("WEBP"), "image/webp"),
    ("moving webp", moving(), "image/webp"),
    ("bmp", picture("BMP"), "image/bmp"),
    ("tiff", picture("TIFF"), "image/tiff"),
    ("heic", box(b"heic"), "image/heic"),
    ("mp4", box(b"isom"), "video/mp4"),
    ("3gp", box(b"3gp4"), "video/3gpp"),
    ("mov", box(b"qt  "), "video/quicktime"),
    ("m4a", box(b"M4A "), "audio/mp4"),
    ("ogg opus", ogg(), "audio/ogg"),
    ("ogg film", ogg(b"\x80theora"), UNKNOWN),
    ("mp3 with tag", b"ID3\x04" + b"\x00" * 60, "audio/mpeg"),
    ("mp3 frame", b"\xff\xfb\x90\x64" + b"\x00" * 60, "audio/mpeg"),
    ("aac", b"\xff\xf1\x50\x80" + b"\x00" * 60, "audio/aac"),
    ("amr", b"#!AMR\n" + b"\x00" * 60, "audio/amr"),
    ("wav", b"RIFF\x00\x00\x00\x00WAVEfmt " + b"\x00" * 30, "audio/wav"),
    ("pdf", b"%PDF-1.7\n%\xe2\xe3", "application/pdf"),
    ("rtf", b"{\\rtf1 hello}", "application/rtf"),
    ("docx", zipped("[Content_Types].xml", "word/document.xml"), WORD),
    ("xlsx", zipped("[Content_Types].xml", "xl/workbook.xml"), SHEET),
    ("pptx", zipped("[Content_Types].xml", "ppt/presentation.xml"), SLIDES),
    (
        "odt",
        zipped("content.xml", first_stored=b"application/vnd.oasis.opendocument.text"),
        "application/vnd.oasis.opendocument.text",
    ),
    ("zip", zipped("photo.jpg"), "application/zip"),
    ("plain text", "Olá, tudo bem?\r\n".encode(), "text/plain"),
    ("latin text", "Olá, tudo bem?".encode("cp1252"), "text/plain"),
    ("wide text", "Olá".encode("utf-16"), "text/plain"),
    ("text cut within a letter", ("é" * HEAD).encode()[: HEAD - 1], "text/plain"),
    ("csv", b"name;amount\nAmara;118\n", "text/plain"),
    ("svg", SVG, "image/svg+xml"),
    ("svg after a comment", b"<!-- x --><svg onload=alert(1)>", "image/svg+xml"),
    ("html", HTML, "text/html"),
    ("html after spaces", b"\xef\xbb\xbf \n<script>alert(1)</script>", "text/html"),
    ("xml", b'<?xml version="1.0"?><nfe/>', "application/xml"),
    ("html with a pdf in it", b"<html>%PDF-1.7</html>", "text/html"),
    ("windows program", b"MZ\x90\x00" + b"\x00" * 60 + b"PE\x00\x00", PROGRAM),
    ("linux program", b"\x7fELF\x02\x01\x01" + b"\x00" * 60, PROGRAM),
    ("script", b"#!/bin/sh\nrm -rf /\n", PROGRAM),
    ("registry file", b"REGEDIT4\r\n[HKEY_CURRENT_USER]\r\n", PROGRAM),
    ("link to elsewhere", b"[InternetShortcut]\r\nURL=file://evil\r\n", PROGRAM),
    ("java", zipped("META-INF/MANIFEST.MF", "A.class"), PROGRAM),
    ("android", zipped("AndroidManifest.xml", "classes.dex"), PROGRAM),
    ("macros", zipped("[Content_Types].xml", "word/document.xml", "word/vbaProject.bin"), PROGRAM),
    ("unnamed old office", OLE, UNKNOWN),
    ("noise", bytes(range(256)) * 4, UNKNOWN),
    ("nothing", b"", UNKNOWN),
    ("text with a zero in it", b"hello\x00world", UNKNOWN),
]


@pytest.mark.parametrize(("head", "mime"), [line[1:] for line in BYTES], ids=[line[0] for line in BYTES])
def test_a_files_type_comes_from_its_bytes(head: bytes, mime: str) -> None:
    assert sniff(head[:HEAD]) == mime


@pytest.mark.parametrize(
    "claimed", ["image/png", "image/jpeg", "video/mp4", "audio/ogg; codecs=opus", "application/pdf", "text/plain"]
)
@pytest.mark.parametrize(
    ("head", "mime"), [(SVG, "image/svg+xml"), (HTML, "text/html"), (b"MZ" + b"\x00" * 90, PROGRAM), (OLE, UNKNOWN)]
)
def test_a_claim_does_not_make_something_harmless(head: bytes, mime: str, claimed: str) -> None:
    assert sniff(head, claimed, "photo.png") == mime


@pytest.mark.parametrize(
    ("head", "claimed", "filename", "mime"),
    [
        (OLE, "application/msword", "", "application/msword"),
        (OLE, "", "offer.XLS", "application/vnd.ms-excel"),
        (OLE, "application/msword", "setup.msi", PROGRAM),
        (zipped("[Content_Types].xml"), "", "a.docx", WORD),
        (zipped("[Content_Types].xml"), "application/x-odd", "a.bin", "application/zip"),
        (box(b"isom"), "audio/mp4", "", "audio/mp4"),
        (box(b"mp42"), "video/mp4", "", "video/mp4"),
    ],
)
def test_a_claim_decides_between_siblings(head: bytes, claimed: str, filename: str, mime: str) -> None:
    assert sniff(head, claimed, filename) == mime


@pytest.mark.parametrize("filename", ["a.exe", "a.pdf.EXE", "a.hta", "a.js", "a.apk", "a.lnk", "a.docm"])
@pytest.mark.parametrize("head", [picture(), b"hello", HTML, b"%PDF-1.7"])
def test_a_name_that_could_be_run_is_enough_to_refuse(filename: str, head: bytes) -> None:
    assert sniff(head, "", filename) == PROGRAM


def test_a_polyglot_is_what_it_begins_with() -> None:
    assert sniff(b"GIF89a/*" + HTML + b"*/") == "image/gif"
    assert sniff(picture() + zipped("evil.class")) == "image/jpeg"


def test_opus_and_its_channels_are_seen() -> None:
    assert (is_opus(ogg()), opus_channels(ogg()), opus_channels(ogg(channels=2))) == (True, 1, 2)
    assert (is_opus(ogg(b"\x01vorbis")), opus_channels(ogg(b"\x01vorbis"))) == (False, 0)


@pytest.mark.parametrize(
    ("given", "clean"),
    [
        ("invoice-118.pdf", "invoice-118.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Windows\\evil.txt", "evil.txt"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
        ("photo\u202egpj.exe", "photogpj.exe"),
        ('a"b<c>|?*.pdf', "a_b_c____.pdf"),
        ("ação 📄.pdf", "ação 📄.pdf"),
        ("a\x00b.pdf", "ab.pdf"),
        ("", ""),
    ],
)
def test_a_file_name_from_outside_is_made_harmless(given: str, clean: str) -> None:
    assert clean_filename(given) == clean


def test_a_long_file_name_keeps_its_extension() -> None:
    clean = clean_filename("x" * 500 + ".pdf")
    assert len(clean) == 240
    assert clean.endswith("x.pdf")


def test_files_are_kept_under_names_that_nobody_can_guess() -> None:
    names = {random_name() for _ in range(100)}
    assert len(names) == 100
    assert all(len(name) == 35 and name[2] == "/" for name in names)
