"""What a route says of itself: the documents of both APIs are made from these and the routes."""

from http import HTTPStatus
from typing import Any

from msgspec import Struct


class Parameter(Struct, frozen=True, kw_only=True):
    """One parameter of the query, or of the path."""

    name: str
    type: str
    description: str
    choices: tuple[object, ...] = ()
    default: object = None


class Described(Struct, frozen=True, kw_only=True):
    """The description of one route. Every route has one, under `opt` by the name `DESCRIBED`."""

    summary: str
    tag: str
    """The resource, as a person calls it: `Incidents`."""
    description: str = ""
    parameters: tuple[Parameter, ...] = ()
    """Of the query; those of the path are `path`."""
    path: tuple[Parameter, ...] = ()
    body: Any = None
    """The type of the request's body."""
    answer: Any = None
    """The type of the answer's body; None where it is empty."""
    example: Any = None
    """One answer, as plain JSON values."""
    status: HTTPStatus = HTTPStatus.OK
    refusals: dict[int, str] = {}
    """What this route refuses beside what all routes do: status and words."""
    is_addition: bool = False
    """True for what Fener has beyond the published contract."""


DESCRIBED = "described"


def described(**description: Any) -> dict[str, Described]:
    """`opt` of a route handler: `@get(PATH, opt=described(summary=...))`."""
    return {DESCRIBED: Described(**description)}
