"""The envelopes of the account API beside its pages."""

from typing import Generic, TypeAlias, TypeVar

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


def changed(identifier: int) -> Changed:
    return Item(Named(identifier))


def empty() -> Response[bytes]:
    """What deleting answers."""
    return Response(b"", media_type="text/plain")
