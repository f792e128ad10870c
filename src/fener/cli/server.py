"""Speaks to a server's organization API: JSON over HTTP, the token in its header, no redirects.

A redirect is not followed, because the token would go along to wherever it leads.
"""

from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, TypeVar
from urllib.error import HTTPError, URLError
from urllib.parse import urlencode, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

import msgspec

from fener import __version__
from fener.cli.complaints import Code, Complaint

T = TypeVar("T")
_PATIENCE_SECONDS = 30
_MOST_BYTES = 64 * 1024 * 1024


class _StayHere(HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **_named: Any) -> None:
        """Leave the redirect as the answer."""


class Server:
    """A server, and the token with which it is asked. Raises Complaint for whatever goes wrong."""

    def __init__(self, url: str, token: str) -> None:
        self._site = _site(url)
        self._headers = {
            "Authorization": f"Bearer {_token(token)}",
            "Accept": "application/json",
            "User-Agent": f"fener/{__version__}",
        }
        self._opener = build_opener(_StayHere)

    def get(self, path: str, answer: type[T], **query: object) -> T:
        told = {name: value for name, value in query.items() if value is not None}
        return self._ask("GET", f"{path}?{urlencode(told)}" if told else path, None, answer)

    def send(
        self, method: str, path: str, answer: type[T], body: Mapping[str, Any] | None = None
    ) -> T:
        encoded = None if body is None else msgspec.json.encode(body)
        return self._ask(method, path, encoded, answer)

    def _ask(self, method: str, path: str, body: bytes | None, answer: type[T]) -> T:
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        request = Request(  # noqa: S310 - _site lets http and https through only
            f"{self._site}{path}", data=body, headers=headers, method=method
        )
        try:
            with self._opener.open(request, timeout=_PATIENCE_SECONDS) as reply:
                return msgspec.json.decode(reply.read(_MOST_BYTES), type=answer)
        except HTTPError as error:
            with error:
                raise _refused(error) from None
        except msgspec.MsgspecError as error:
            raise self._not_fener(error) from error
        except (URLError, HTTPException, OSError) as error:
            reason = getattr(error, "reason", error)
            raise Complaint(
                f"{self._site} cannot be reached: {reason}",
                "Check FENER_URL, and that Fener runs there.",
                Code.UNAVAILABLE,
            ) from error

    def _not_fener(self, error: Exception) -> Complaint:
        return Complaint(
            f"{self._site} does not answer as Fener does: {error}",
            "Check FENER_URL, and that both sides have the same version.",
            Code.UNAVAILABLE,
        )


def _refused(error: HTTPError) -> Complaint:
    said = _message(error)
    match error.code:
        case HTTPStatus.UNAUTHORIZED:
            return Complaint(
                "The server does not know this token",
                "Make one on the server's machine: fener token create --name laptop",
            )
        case HTTPStatus.FORBIDDEN:
            return Complaint(said, "The token may not do this: take one of wider reach.")
        case HTTPStatus.NOT_FOUND:
            return Complaint(said, "See what is there: fener monitor list, fener incidents")
        case HTTPStatus.TOO_MANY_REQUESTS:
            seconds = error.headers.get("Retry-After", "60")
            return Complaint("The server was asked too often", f"Try again in {seconds} s.")
    return _of_class(error, said)


def _of_class(error: HTTPError, said: str) -> Complaint:
    if error.code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return Complaint(said, "See the log of the server.", Code.UNAVAILABLE)
    if error.code < HTTPStatus.BAD_REQUEST:
        place = error.headers.get("Location", "another place")
        mend = "Set FENER_URL to where Fener is reached in the end."
        return Complaint(f"{error.url} leads on to {place}", mend, Code.UNAVAILABLE)
    code = Code.USAGE if error.code == HTTPStatus.BAD_REQUEST else Code.REFUSED
    return Complaint(said, "See what may be given: add --help to the command", code)


def _message(error: HTTPError) -> str:
    try:
        told = msgspec.json.decode(error.read(_MOST_BYTES), type=dict[str, Any])
    except (msgspec.MsgspecError, OSError, HTTPException):
        told = {}
    said = told.get("message")
    return said if isinstance(said, str) and said else f"The server answered {error.code}"


def _site(url: str) -> str:
    site = url.strip().rstrip("/")
    parts = urlsplit(site)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Complaint(
            f"FENER_URL is {url!r}, which is no address of a server",
            "Set it such as: FENER_URL=https://fener.example.com",
            Code.USAGE,
        )
    return site


def _token(token: str) -> str:
    stripped = token.strip()
    if not stripped or not stripped.isascii() or not stripped.isprintable():
        raise Complaint(
            "FENER_TOKEN holds no token, and FENER_URL has this command speak to a server",
            "Set it to a token, which fener token create on the server's machine prints.",
            Code.USAGE,
        )
    return stripped
