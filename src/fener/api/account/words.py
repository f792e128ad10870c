"""How the account API says no: `{"errors": [{"title": ..., "status": ...}]}`."""

from http import HTTPStatus

import msgspec
from msgspec import Struct

from fener.api.errors import Words


class Error(Struct):
    title: str
    status: int


class Errors(Struct):
    errors: list[Error]


def _body(status: HTTPStatus, text: str) -> bytes:
    return msgspec.json.encode(Errors([Error(text, int(status))]))


def _failure(_method: str, _path: str) -> str:
    return "Internal server error"


WORDS = Words(
    body=_body,
    out_of_reach=HTTPStatus.NOT_FOUND,
    always={
        HTTPStatus.UNAUTHORIZED: "Unauthorized",
        # One text for all, so that nothing tells a foreign thing from none at all.
        HTTPStatus.NOT_FOUND: "Not found",
    },
    failure=_failure,
)
