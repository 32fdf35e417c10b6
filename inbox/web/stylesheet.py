"""Serves the one style sheet of every page."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers
from django.views.decorators.http import require_safe

from inbox.lib.styles import sheet

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def style_sheet(request: HttpRequest, version: str) -> HttpResponse:
    """The joined styles. Another version than ours is 404, so that no cache keeps one under the other's name."""
    ours = sheet()
    if version != ours.version:
        raise Http404
    takes_gzip = "gzip" in request.headers.get("Accept-Encoding", "")
    answer = HttpResponse(ours.packed if takes_gzip else ours.plain, content_type="text/css; charset=utf-8")
    if takes_gzip:
        answer["Content-Encoding"] = "gzip"
    answer["Cache-Control"] = FOREVER
    patch_vary_headers(answer, ["Accept-Encoding"])
    return answer
