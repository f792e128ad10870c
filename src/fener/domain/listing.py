"""What part of a long list somebody asks for."""

from typing import Generic, TypeVar

from msgspec import Struct

from fener.domain.time import Instant

T = TypeVar("T")


class Window(Struct, frozen=True):
    """So many rows after the first so many."""

    limit: int
    offset: int = 0


class Listed(Struct, Generic[T], frozen=True):
    """The rows of one window, and how many there are in all; None where nobody asked."""

    rows: list[T]
    total: int | None = None


class Filters(Struct, frozen=True, kw_only=True):
    """Which rows, and in which order. Fields are named as the account API names them."""

    search: str | None = None
    search_by: str | None = None
    datetime_field: str | None = None
    since: Instant | None = None
    until: Instant | None = None
    """The last instant that still counts."""
    order_by: str | None = None
    """None for newest first."""
    ascending: bool = False

    @property
    def narrows(self) -> bool:
        """True where some rows are left out, so that they must be counted."""
        return not (self.search is None and self.since is None and self.until is None)
