"""Addresses of lists: what is searched, filtered and turned to, kept while one part changes."""

from urllib.parse import urlencode

from msgspec import Struct

from fener.web.visit import Visit

LAST_PAGE = 100_000


class Address(Struct, frozen=True):
    """A path with the parameters of its list; `page` counts from 1."""

    path: str
    parameters: dict[str, str]
    page: int = 1

    @classmethod
    def of(cls, visit: Visit, *names: str) -> "Address":
        given = {name: visit.query(name) for name in names}
        return cls(visit.here, {name: text for name, text in given.items() if text}, _page(visit))

    def get(self, name: str) -> str:
        return self.parameters.get(name, "")

    def with_(self, **changes: str) -> str:
        """The same list with other parameters, from its first page; an empty one is left out."""
        changed = {**self.parameters, **changes}
        return _joined(self.path, {name: text for name, text in changed.items() if text})

    def turned(self, page: int) -> str:
        return self.with_(page="" if page <= 1 else str(page))

    @property
    def whole(self) -> str:
        return self.turned(self.page)

    def part(self, name: str) -> str:
        """What htmx asks for: a piece of this very page."""
        turned = "" if self.page <= 1 else str(self.page)
        return self.with_(page=turned, part=name)

    @property
    def narrows(self) -> bool:
        return bool(self.parameters)


class Pages(Struct, frozen=True):
    """Where a list stands, and the addresses of its neighbours."""

    total: int
    first: int
    last: int
    previous: str | None
    next: str | None


def pages(address: Address, total: int, size: int) -> Pages:
    first = (address.page - 1) * size + 1
    return Pages(
        total=total,
        first=min(first, total),
        last=min(first + size - 1, total),
        previous=address.turned(address.page - 1) if address.page > 1 else None,
        next=address.turned(address.page + 1) if first + size <= total else None,
    )


def _page(visit: Visit) -> int:
    text = visit.query("page")
    is_number = text.isascii() and text.isdigit() and len(text) <= len(str(LAST_PAGE))
    return max(1, int(text)) if is_number else 1


def _joined(path: str, parameters: dict[str, str]) -> str:
    return f"{path}?{urlencode(parameters)}" if parameters else path
