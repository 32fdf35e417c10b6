"""Serves every style of ``static/css`` as one sheet: many small files to write, one request to load, nothing to build.

Cascade layers make the order of files irrelevant, apart from ``layers.css``, which comes first and says it.
"""

from __future__ import annotations

import gzip
import hashlib
from functools import lru_cache
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def style_sheet(request: HttpRequest, version: str) -> HttpResponse:
    """The joined sheet. Another version than ours is 404, so that a cache never keeps one under the other's name."""
    sheet, packed, ours = joined(stamp())
    if version != ours:
        raise Http404
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    response = HttpResponse(packed if takes_gzip else sheet, content_type="text/css; charset=utf-8")
    if takes_gzip:
        response["Content-Encoding"] = "gzip"
    response["Cache-Control"] = FOREVER
    patch_vary_headers(response, ["Accept-Encoding"])
    return response


def digest() -> str:
    """Which version of the styles this is."""
    return joined(stamp())[2]


def files() -> list[Path]:
    """Every style sheet of ours, the order of layers first."""
    root = Path(settings.BASE_DIR) / "static" / "css"
    found = [path for path in sorted(root.rglob("*.css")) if "sandbox" not in path.parts]
    return sorted(found, key=lambda path: path.name != "layers.css")


def stamp() -> float:
    """When a style changed last. Asked at every page in development only: an installed version never changes."""
    return installed() if settings.PRODUCTION else max(path.stat().st_mtime for path in files())


@lru_cache(maxsize=1)
def installed() -> float:
    """The stamp of a version that does not change while it runs."""
    return max(path.stat().st_mtime for path in files())


@lru_cache(maxsize=1)
def joined(stamp: float) -> tuple[bytes, bytes, str]:
    """The sheet, the same packed, and the name of this version."""
    sheet = b"\n".join(path.read_bytes() for path in files())
    return sheet, gzip.compress(sheet, mtime=0), hashlib.sha256(sheet).hexdigest()[:16]
