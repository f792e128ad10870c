"""One place that says which status each refusal has; how it is worded is each contract's own."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Struct

from fener.api.asgi import Scope, Send
from fener.domain import errors
from fener.ports import StoreUnavailable

LOG = structlog.get_logger()
_JSON = (b"content-type", b"application/json")


class TooLarge(errors.FenerError):
    """The body of the request is longer than is read."""


class Words(Struct, frozen=True):
    """How one contract words its refusals."""

    body: Callable[[HTTPStatus, str], bytes]
    out_of_reach: HTTPStatus
    """What a caller is told of a thing of somebody else's."""
    always: Mapping[HTTPStatus, str]
    """Statuses that have one text, whatever happened."""
    failure: Callable[[str, str], str]
    """The text for a fault of ours, by method and path."""

    def refusal(self, error: Exception, scope: Scope) -> "Refusal":
        status = self._status(error)
        text = self.always.get(status) or str(error)
        if status is HTTPStatus.INTERNAL_SERVER_ERROR:
            text = self.failure(scope["method"], scope["path"].rstrip("/"))
        elif isinstance(error, HTTPException):
            text = self.always.get(status) or error.detail or status.phrase
        return Refusal(status, self.body(status, text), _headers(error))

    def _status(self, error: Exception) -> HTTPStatus:
        if isinstance(error, errors.OutOfReach):
            return self.out_of_reach
        if isinstance(error, HTTPException):
            return HTTPStatus(error.status_code)
        return next(
            (status for kind, status in _STATUSES.items() if isinstance(error, kind)),
            HTTPStatus.INTERNAL_SERVER_ERROR,
        )


class Refusal(Struct, frozen=True):
    """An answer that says no."""

    status: HTTPStatus
    body: bytes
    headers: dict[str, str] = {}

    async def send(self, send: Send) -> None:
        more = [(name.encode(), value.encode()) for name, value in self.headers.items()]
        headers = [_JSON, (b"content-length", str(len(self.body)).encode()), *more]
        start = {"type": "http.response.start", "status": int(self.status), "headers": headers}
        await send(start)
        await send({"type": "http.response.body", "body": self.body})


_STATUSES: dict[type[Exception], HTTPStatus] = {
    errors.NotSignedIn: HTTPStatus.UNAUTHORIZED,
    errors.NoOrganization: HTTPStatus.BAD_REQUEST,
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.NotPermitted: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.TooMany: HTTPStatus.TOO_MANY_REQUESTS,
    TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}


def _headers(error: Exception) -> dict[str, str]:
    match error:
        case errors.TooMany():
            return {"retry-after": str(error.retry_after)}
        case HTTPException(headers=dict() as headers):
            return {name: value for name, value in headers.items() if name.lower() == "allow"}
        case errors.NotSignedIn():
            return {"www-authenticate": "Bearer"}
    return {}


def note(error: Exception, scope: Scope) -> None:
    """Log what is our fault; the traceback stays here."""
    where = {"method": scope["method"], "path": scope["path"]}
    if isinstance(error, StoreUnavailable):
        LOG.error("a request failed because the store cannot be used", error=str(error), **where)
    elif not isinstance(error, errors.FenerError | HTTPException):
        LOG.error("a request failed", exc_info=error, **where)


def handler(words: Words) -> Callable[[Request[Any, Any, Any], Exception], Response[bytes]]:
    """Litestar's exception handler for one contract."""

    def handle(request: Request[Any, Any, Any], error: Exception) -> Response[bytes]:
        scope: Scope = {**request.scope}
        note(error, scope)
        refusal = words.refusal(error, scope)
        return Response(
            refusal.body,
            status_code=int(refusal.status),
            headers=refusal.headers,
            media_type="application/json",
        )

    return handle
