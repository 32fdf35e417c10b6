"""Looks into pictures with Pillow, within bounds: size, movement, thumbnails, and pictures without their metadata."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from typing import IO

from PIL import Image, ImageOps, UnidentifiedImageError

PIXELS_MOST = 40_000_000  # 160 MB when unpacked; phones take 12 to 50 million, WhatsApp sends fewer
SIDE_MOST = 20_000
THUMB_SIDE = 640
JPEG_QUALITY = 88
FORMATS = {"image/jpeg": "JPEG", "image/png": "PNG", "image/webp": "WEBP", "image/gif": "GIF"}

# Pillow asks for this way of turning its warning into a refusal.
Image.MAX_IMAGE_PIXELS = PIXELS_MOST
warnings.simplefilter("error", Image.DecompressionBombWarning)

BROKEN = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, OverflowError, KeyError)
BOMB = (Image.DecompressionBombError, Image.DecompressionBombWarning)


class BadImage(Exception):
    """Bytes that claim to be a picture and are none, or one that would not fit into memory."""


@dataclass(frozen=True, slots=True)
class Measured:
    """A picture's size in pixels as it is shown, and whether it moves."""

    width: int
    height: int
    animated: bool


def is_picture(mime: str) -> bool:
    """True for the types that this module reads."""
    return mime in FORMATS


def measure(file: IO[bytes], mime: str) -> Measured:
    """Reads a picture's head; the bytes must be of exactly the type given. Raises BadImage. Leaves the file at its start."""
    try:
        with _opened(file, mime) as image:
            width, height = image.size
            turned = image.getexif().get(0x0112, 1) in {5, 6, 7, 8} if mime == "image/jpeg" else False
            animated = bool(getattr(image, "is_animated", False))
            image.verify()
    except BROKEN as error:
        raise BadImage(type(error).__name__) from error
    finally:
        file.seek(0)
    return Measured(height, width, animated) if turned else Measured(width, height, animated)


def thumbnail(file: IO[bytes], mime: str) -> bytes:
    """A small WebP without any metadata. Raises BadImage."""
    try:
        with _opened(file, mime) as image:
            image.draft("RGB", (THUMB_SIDE, THUMB_SIDE))  # lets a JPEG be unpacked at a fraction of its size
            small = ImageOps.exif_transpose(image)
            small.thumbnail((THUMB_SIDE, THUMB_SIDE))
            return _written(small.convert("RGBA" if _has_alpha(small) else "RGB"), "WEBP")
    except BROKEN as error:
        raise BadImage(type(error).__name__) from error


def without_metadata(file: IO[bytes], mime: str) -> bytes | None:
    """A JPEG or PNG as WhatsApp takes it, with place, camera and comments gone; None if nothing had to be changed.

    Turned pictures are turned for good, odd colour modes become 8-bit RGB or RGBA. Raises BadImage.
    """
    try:
        with _opened(file, mime) as image:
            exif = image.getexif()
            has_more = bool(exif) or any(
                key in image.info for key in ("exif", "xmp", "comment", "photoshop", "Comment", "Software")
            )
            wanted = "RGBA" if mime == "image/png" and _has_alpha(image) else "RGB"
            if not has_more and image.mode == wanted:
                return None
            clean = ImageOps.exif_transpose(image)
            return _written(clean.convert(wanted), FORMATS[mime], image.info.get("icc_profile") if image.mode == wanted else None)
    except BROKEN as error:
        raise BadImage(type(error).__name__) from error
    finally:
        file.seek(0)


def _opened(file: IO[bytes], mime: str) -> Image.Image:
    file.seek(0)
    try:
        image = Image.open(file, formats=[FORMATS[mime]])
    except BOMB as error:
        raise BadImage("too many pixels") from error
    if image.width * image.height > PIXELS_MOST or max(image.size) > SIDE_MOST:
        image.close()
        raise BadImage("too many pixels")
    return image


def _has_alpha(image: Image.Image) -> bool:
    return image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info


def _written(image: Image.Image, form: str, profile: bytes | None = None) -> bytes:
    image.info.clear()  # Pillow writes some of it back
    out = io.BytesIO()
    image.save(out, form, quality=JPEG_QUALITY, **({"icc_profile": profile} if profile else {}))
    return out.getvalue()
