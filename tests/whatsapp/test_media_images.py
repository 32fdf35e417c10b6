"""Pictures within bounds: what is read, what is refused, what is left out."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from inbox.whatsapp.media import BadImage, Measured, measure
from inbox.whatsapp.media.images import thumbnail, without_metadata

from .samples import HTML, SVG, moving, photo_with_place, picture, png_bomb


@pytest.mark.parametrize(
    ("content", "mime", "seen"),
    [
        (picture("JPEG"), "image/jpeg", Measured(40, 30, False)),
        (picture("PNG", mode="RGBA"), "image/png", Measured(40, 30, False)),
        (picture("WEBP"), "image/webp", Measured(40, 30, False)),
        (moving(), "image/webp", Measured(512, 512, True)),
        (moving("GIF", (8, 8)), "image/gif", Measured(8, 8, True)),
        (photo_with_place(), "image/jpeg", Measured(30, 40, False)),
    ],
)
def test_a_picture_is_measured_as_it_is_shown(content: bytes, mime: str, seen: Measured) -> None:
    file = io.BytesIO(content)
    assert measure(file, mime) == seen
    assert file.tell() == 0


BAD = [
    png_bomb(),
    png_bomb(7000),
    png_bomb(9000),
    picture("PNG")[:60],
    b"\x89PNG\r\n\x1a\n",
    SVG,
    HTML,
    picture("GIF", mode="P"),
    b"",
]


@pytest.mark.parametrize("content", BAD)
@pytest.mark.parametrize("work", [measure, thumbnail, without_metadata])
def test_bombs_and_broken_or_other_files_are_refused(content: bytes, work: object) -> None:
    assert callable(work)
    with pytest.raises(BadImage):
        work(io.BytesIO(content), "image/png")


@pytest.mark.parametrize("size", [(3000, 2000), (20, 10)])
def test_a_thumbnail_is_small_and_bare(size: tuple[int, int]) -> None:
    small = thumbnail(io.BytesIO(picture("JPEG", size)), "image/jpeg")
    with Image.open(io.BytesIO(small)) as image:
        assert image.format == "WEBP"
        assert max(image.size) <= 640


def test_a_thumbnail_is_turned_and_tells_no_place() -> None:
    small = thumbnail(io.BytesIO(photo_with_place()), "image/jpeg")
    with Image.open(io.BytesIO(small)) as image:
        assert image.size == (30, 40)
        assert not image.getexif()


def test_a_photo_that_is_sent_tells_no_place_camera_or_comment() -> None:
    clean = without_metadata(io.BytesIO(photo_with_place()), "image/jpeg")
    assert clean is not None
    assert b"Camera Maker" not in clean
    assert b"secret comment" not in clean
    with Image.open(io.BytesIO(clean)) as image:
        assert (image.size, image.mode, dict(image.getexif())) == ((30, 40), "RGB", {})


def test_a_picture_without_secrets_is_sent_as_it_is() -> None:
    assert without_metadata(io.BytesIO(picture("JPEG")), "image/jpeg") is None
    assert without_metadata(io.BytesIO(picture("PNG", mode="RGBA")), "image/png") is None


@pytest.mark.parametrize(
    ("form", "mode", "becomes"), [("JPEG", "CMYK", "RGB"), ("JPEG", "L", "RGB"), ("PNG", "P", "RGB"), ("PNG", "LA", "RGBA")]
)
def test_odd_colours_become_those_that_whatsapp_takes(form: str, mode: str, becomes: str) -> None:
    out = io.BytesIO()
    Image.new(mode, (8, 8)).save(out, form)
    clean = without_metadata(out, f"image/{form.lower()}")
    assert clean is not None
    with Image.open(io.BytesIO(clean)) as image:
        assert image.mode == becomes
