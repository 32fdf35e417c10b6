"""Small files of many kinds, honest and dishonest, made on the spot."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import Any

from PIL import Image


def picture(form: str = "JPEG", size: tuple[int, int] = (40, 30), mode: str = "RGB", **options: Any) -> bytes:
    """A picture of one colour."""
    out = io.BytesIO()
    Image.new(mode, size, 128 if mode in {"L", "P"} else (10, 120, 90, 200)[: len(mode)]).save(out, form, **options)
    return out.getvalue()


def moving(form: str = "WEBP", size: tuple[int, int] = (512, 512)) -> bytes:
    """A picture of two frames."""
    out = io.BytesIO()
    frames = [Image.new("RGB", size, colour) for colour in ("red", "blue")]
    frames[0].save(out, form, save_all=True, append_images=frames[1:], duration=100)
    return out.getvalue()


def photo_with_place() -> bytes:
    """A JPEG turned by its EXIF, with a camera and a place."""
    image = Image.new("RGB", (40, 30), (10, 120, 90))
    exif = Image.Exif()
    exif[0x0112] = 6  # turn by a quarter
    exif[0x010F] = "Camera Maker"
    exif.get_ifd(0x8825)[2] = (53.0, 47.0, 58.0)
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif, comment=b"secret comment")
    return out.getvalue()


def png_bomb(side: int = 60_000) -> bytes:
    """A PNG of a few hundred bytes that says it is gigantic."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    head = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\x00" * 100)) + chunk(b"IEND", b"")


def zipped(*names: str, first_stored: bytes | None = None) -> bytes:
    """A zip with empty files of these names; ``first_stored`` is an uncompressed ``mimetype`` at its start."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        if first_stored is not None:
            archive.writestr(zipfile.ZipInfo("mimetype"), first_stored)
        for name in names:
            archive.writestr(name, b"x")
    return out.getvalue()


def ogg(codec: bytes = b"OpusHead\x01", channels: int = 1) -> bytes:
    """The first page of an OGG file."""
    return b"OggS" + b"\x00" * 24 + codec + bytes([channels]) + b"\x00" * 64


def box(brand: bytes) -> bytes:
    """The first box of an MP4 file."""
    return b"\x00\x00\x00\x18ftyp" + brand + b"\x00\x00\x02\x00" + brand + b"mp41" + b"\x00" * 64


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"
