"""What every door of the inbox has in common: who is asking, and in which form the answer goes back."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.views.decorators.http import require_POST, require_safe

from accounts.models import User

P = ParamSpec("P")
Answer = Callable[Concatenate[HttpRequest, P], HttpResponse]


def reading(view: Answer[P]) -> Answer[P]:
    """A door that shows something: GET, signed in; a page by itself and a fragment for a script."""
    return require_safe(signed_in(view))


def doing(view: Answer[P]) -> Answer[P]:
    """A door behind which something is done: POST, signed in."""
    return require_POST(signed_in(view))


def signed_in(view: Answer[P]) -> Answer[P]:
    """Send strangers to the sign-in page and back; a script is told so in a header, lest it put that page into a pane."""

    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        answer = view(request, *args, **kwargs) if request.user.is_authenticated else signin_first(request)
        patch_vary_headers(answer, ["HX-Request", "Cookie"])
        patch_cache_control(answer, private=True, no_store=True)
        return answer

    return guarded


def signin_first(request: HttpRequest) -> HttpResponse:
    """The way to the sign-in page and back to where one was."""
    if not is_fragment(request):
        return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
    answer = HttpResponse(status=HTTPStatus.UNAUTHORIZED)
    answer["HX-Redirect"] = redirect_to_login(_where_one_was(request)).headers["Location"]
    return answer


def _where_one_was(request: HttpRequest) -> str:
    """Path and query of the page whose script asks; "/" where it says nothing that can be read."""
    try:
        here = urlsplit(request.headers.get("HX-Current-URL", "/"))
    except ValueError:
        return "/"
    return f"{here.path or '/'}{'?' if here.query else ''}{here.query}"


def is_fragment(request: HttpRequest) -> bool:
    """True if a script of ours asks, which wants a part of the page only."""
    return request.headers.get("HX-Request") == "true"


def asker(request: HttpRequest) -> User:
    """Who is asking; a door of ours has made sure that there is somebody."""
    assert isinstance(request.user, User)
    return request.user


def told(answer: HttpResponse, **events: Any) -> HttpResponse:
    """The answer, with events that the page's script hears (JSON in ASCII: a header may hold nothing else)."""
    answer["HX-Trigger"] = json.dumps(events)
    return answer
