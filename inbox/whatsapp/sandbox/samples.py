"""Makes the photos, voice notes and papers that simulated people send, so that no media file needs to be shipped."""

from __future__ import annotations

import io
import struct
import zlib

from PIL import Image, ImageDraw

MIME = {
    "image": "image/jpeg",
    "audio": "audio/ogg; codecs=opus",
    "video": "video/mp4",
    "document": "application/pdf",
    "sticker": "image/webp",
}
FILENAME = {"document": "invoice-8841.pdf"}
CARDBOARD, FLAP, TAPE, FLOOR, WALL = (201, 158, 105), (224, 186, 136), (178, 132, 82), (188, 190, 196), (222, 224, 229)
OPUS_SILENCE = b"\xf8\xff\xfe"  # one 20 ms frame of silence
VOICE_SECONDS = 4


def sample(kind: str) -> bytes:
    """Bytes of a small file of that kind: image, audio, video, document or sticker. Raises KeyError for others."""
    return {"image": photo, "audio": voice_note, "video": clip, "document": paper, "sticker": sticker}[kind]()


def photo() -> bytes:
    """A parcel that arrived open, as JPEG."""
    picture = Image.new("RGB", (960, 640), WALL)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 400, 960, 640), FLOOR)
    draw.polygon([(230, 300), (520, 370), (520, 590), (250, 500)], CARDBOARD)
    draw.polygon([(520, 370), (770, 290), (750, 490), (520, 590)], TAPE)
    draw.polygon([(230, 300), (480, 240), (770, 290), (520, 370)], (122, 88, 54))
    draw.polygon([(230, 300), (110, 240), (370, 190), (480, 240)], FLAP)
    draw.polygon([(520, 370), (560, 440), (830, 350), (770, 290)], FLAP)
    draw.polygon([(590, 420), (690, 388), (686, 458), (590, 494)], (244, 244, 240))
    return _saved(picture, "JPEG", quality=82)


def sticker() -> bytes:
    """A round smiling sticker, 512 x 512 WebP with transparency."""
    picture = Image.new("RGBA", (512, 512), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((36, 36, 476, 476), (255, 205, 84, 255))
    draw.ellipse((160, 180, 204, 240), (64, 48, 20, 255))
    draw.ellipse((308, 180, 352, 240), (64, 48, 20, 255))
    draw.arc((140, 200, 372, 390), 20, 160, (64, 48, 20, 255), 20)
    return _saved(picture, "WEBP", quality=80)


def _saved(picture: Image.Image, form: str, **options: int) -> bytes:
    target = io.BytesIO()
    picture.save(target, form, **options)
    return target.getvalue()


def paper() -> bytes:
    """A one-page PDF with a line of text."""
    text = b"BT /F1 24 Tf 72 740 Td (Invoice 8841) Tj /F1 12 Tf 0 -32 Td (Kirkgate & Aurora) Tj ET"
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(text), text),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    body, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(body)
    body += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table
    return body + b"trailer << /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)


def voice_note() -> bytes:
    """Four seconds of silence as OGG/OPUS, mono, one page per second."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48000, 0, 0)
    tags = b"OpusTags" + struct.pack("<I", 7) + b"sandbox" + struct.pack("<I", 0)
    pages = [_ogg_page([head], 0, 0, 2), _ogg_page([tags], 1, 0, 0)]
    for second in range(VOICE_SECONDS):
        last = 4 if second == VOICE_SECONDS - 1 else 0
        pages.append(_ogg_page([OPUS_SILENCE] * 50, second + 2, (second + 1) * 48000, last))
    return b"".join(pages)


def _ogg_page(packets: list[bytes], sequence: int, granule: int, flags: int) -> bytes:
    lacing = b"".join(bytes([255] * (len(packet) // 255) + [len(packet) % 255]) for packet in packets)
    head = b"OggS" + struct.pack("<BBqIII", 0, flags, granule, 0x50415259, sequence, 0) + bytes([len(lacing)]) + lacing
    page = head + b"".join(packets)
    return page[:22] + struct.pack("<I", _ogg_checksum(page)) + page[26:]


def _ogg_checksum(page: bytes) -> int:
    """CRC-32 with polynomial 0x04c11db7, unreflected, as the Ogg container asks."""
    value = 0
    for byte in page:
        value ^= byte << 24
        for _ in range(8):
            value = ((value << 1) ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
    return value


def clip() -> bytes:
    """The smallest MP4 that says what it is: file type, an empty movie, and some media data."""

    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content) + 8) + kind + content

    matrix = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
    movie = (
        struct.pack(">IIIII", 0, 0, 0, 1000, 0)
        + struct.pack(">IH", 0x10000, 0x0100)
        + b"\0" * 10
        + matrix
        + b"\0" * 24
        + struct.pack(">I", 2)
    )
    filler = zlib.compress(b"sandbox")
    return box(b"ftyp", b"isom\0\0\2\0isomiso2mp41") + box(b"moov", box(b"mvhd", movie)) + box(b"mdat", filler)
