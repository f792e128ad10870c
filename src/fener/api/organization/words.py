"""How the organization API says no: `{"statusCode", "statusMessage", "message"}`."""

from http import HTTPStatus

import msgspec
from msgspec import Struct

from fener.api.errors import Words


class Error(Struct, rename="camel"):
    status_code: int
    status_message: str
    message: str


def _body(status: HTTPStatus, text: str) -> bytes:
    return msgspec.json.encode(Error(int(status), status.phrase, text))


FAILURES = {("GET", "/api/incidents"): "Failed to fetch incidents"}
"""Texts that the contract names for a fault of ours, by method and path."""


def _failure(method: str, path: str) -> str:
    return FAILURES.get((method, path), "Internal server error")


WORDS = Words(
    body=_body,
    out_of_reach=HTTPStatus.FORBIDDEN,
    always={HTTPStatus.UNAUTHORIZED: "Unauthorized", HTTPStatus.FORBIDDEN: "Forbidden"},
    failure=_failure,
)
