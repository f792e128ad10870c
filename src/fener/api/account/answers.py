"""The envelopes of the account API beside its pages."""

from typing import Any, Generic, TypeAlias, TypeVar

from litestar import Response
from msgspec import Struct

T = TypeVar("T")


class Item(Struct, Generic[T]):
    data: T


class Named(Struct):
    id: int


Changed: TypeAlias = Item[Named]
"""What creating and updating answer: the id, never the whole."""
CHANGED_EXAMPLE = {"data": {"id": 1}}


def list_example(path: str, one: dict[str, Any]) -> dict[str, Any]:
    """A list with one entry, as its page shows it."""
    link = f"https://fener.example{path}?page=1"
    return {
        "data": [one],
        "meta": {"page": 1, "results_per_page": 25, "total": 1, "total_pages": 1},
        "links": {"first": link, "last": link, "next": None, "prev": None, "self": link},
    }


def changed(identifier: int) -> Changed:
    return Item(Named(identifier))


def empty() -> Response[bytes]:
    """What deleting answers."""
    return Response(b"", media_type="text/plain")
