"""What somebody sees when a request cannot be done: one page for each kind of refusal."""

from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from litestar.response import Redirect
from msgspec import Struct

from fener.domain.errors import (
    Conflict,
    FenerError,
    Invalid,
    NoOrganization,
    NotFound,
    NotPermitted,
    NotSignedIn,
    OutOfReach,
    TooMany,
)
from fener.ports import StoreUnavailable
from fener.web import languages
from fener.web.languages import marked
from fener.web.options import Services
from fener.web.rendering import render
from fener.web.visit import LANGUAGE_COOKIE

LOG = structlog.get_logger()
_SAFE = frozenset({"GET", "HEAD"})


class _Refusal(Struct, frozen=True):
    status: int
    title: str
    told: str


_NOT_FOUND = _Refusal(
    404,
    marked("Nothing is here"),
    marked("This page does not exist, or what it showed was deleted."),
)
_NOT_PERMITTED = _Refusal(
    403, marked("You may not do this"), marked("Ask the owner of your organization for the right.")
)
_BAD = _Refusal(400, marked("This cannot be"), marked("The request makes no sense to Fener."))
_FAULT = _Refusal(
    500,
    marked("A fault of ours"),
    marked("Fener could not do this. The fault is in its log; your monitors are watched on."),
)
_NO_STORE = _Refusal(
    503,
    marked("The database does not answer"),
    marked("Your monitors are watched on, and results are held back until it does. Try again."),
)
_PAGES: dict[type[Exception], _Refusal] = {
    NotFound: _NOT_FOUND,
    OutOfReach: _NOT_FOUND,
    NotPermitted: _NOT_PERMITTED,
    NoOrganization: _Refusal(
        403,
        marked("You belong to no organization"),
        marked("Ask the owner of one to take you in."),
    ),
    Invalid: _BAD,
    Conflict: _Refusal(
        409, marked("Somebody was faster"), marked("Go back, and look how it stands now.")
    ),
    TooMany: _Refusal(429, marked("Too often"), marked("Wait a while, then try again.")),
    StoreUnavailable: _NO_STORE,
}
_TOO_LARGE = _Refusal(
    413, marked("Too much at once"), marked("A form may hold one megabyte, and no more.")
)
_BY_STATUS = {413: _TOO_LARGE, 400: _BAD, 403: _NOT_PERMITTED, 404: _NOT_FOUND, 405: _NOT_FOUND}
_TELLING = (NotPermitted, Invalid, Conflict, TooMany)
"""Refusals whose own words say more than the page's."""


class _Stranger(Struct, frozen=True):
    """Stands for the visit where nobody asked who it is."""

    language: str
    person: None = None
    here: str = "/"


class Refusals:
    """Litestar's exception handlers."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def refused(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        if isinstance(error, NotSignedIn):
            return _to_sign_in(request)
        page = _PAGES.get(type(error), _BAD)
        own = error.message if isinstance(error, FenerError) else ""
        return self._page(request, page, own if isinstance(error, _TELLING) else "")

    def http(self, request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
        return self._page(request, _BY_STATUS.get(error.status_code, _BAD))

    def fault(self, request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
        LOG.error("a page could not be made", path=request.url.path, exc_info=error)
        return self._page(request, _FAULT)

    def _page(
        self, request: Request[Any, Any, Any], refusal: _Refusal, own: str = ""
    ) -> Response[Any]:
        """Made without the store, which may be what is broken."""
        language = languages.chosen(
            [
                request.cookies.get(LANGUAGE_COOKIE),
                *languages.accepted(request.headers.get("accept-language", "")),
            ]
        )
        words = languages.words(language)
        html = render(
            language,
            "error.html",
            visit=_Stranger(language),
            languages=languages.NAMES,
            toast=None,
            title=words(refusal.title),
            told=words(own or refusal.told),
        )
        return Response(
            html.encode(),
            status_code=refusal.status,
            media_type="text/html",
            headers={"cache-control": "no-store"},
        )


def _to_sign_in(request: Request[Any, Any, Any]) -> Response[Any]:
    """Back to where they were going, once they have signed in."""
    if request.headers.get("hx-request") == "true":
        return Response(b"", status_code=200, headers={"hx-redirect": "/sign-in"})
    wanted = request.url.path if request.method in _SAFE else "/"
    suffix = "" if wanted == "/" else f"?next={wanted}"
    return Redirect(f"/sign-in{suffix}", status_code=303)
