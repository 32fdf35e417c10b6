"""Draws the QR code of a chat link, as message_qrdls promises with qr_image_url."""

from __future__ import annotations

import io
import re

import qrcode  # type: ignore[import-untyped]  # ships no types
import qrcode.image.svg  # type: ignore[import-untyped]  # ships no types
from starlette.responses import Response

NAME = re.compile(r"([A-Z2-7]{14})\.(png|svg)")


def qr_image(name: str) -> Response:
    """Takes "<code>.png" or "<code>.svg", gives the picture; anything else is 404."""
    found = NAME.fullmatch(name)
    if found is None:
        return Response(status_code=404)
    code, form = found.groups()
    factory = qrcode.image.svg.SvgPathImage if form == "svg" else None
    target = io.BytesIO()
    qrcode.make(f"https://wa.me/message/{code}", image_factory=factory).save(target)
    return Response(target.getvalue(), media_type="image/svg+xml" if form == "svg" else "image/png")
