"""Lists in the account API: numbered pages, their links, and the filters that its lists share."""

from collections.abc import Mapping
from typing import Generic, TypeVar
from urllib.parse import urlencode

from msgspec import Struct

from fener.api.account.asking import AccountAsking
from fener.api.asking import HIGHEST, whole_number
from fener.api.described import Parameter
from fener.domain.listing import Filters, Window
from fener.domain.time import SECOND, Instant, parse_plain_text

T = TypeVar("T")
SIZES = (10, 25, 50, 100, 250, 500, 1000)
DEFAULT_SIZE = 25

PAGE_PARAMETERS = (
    Parameter(name="page", type="integer", description="Number of the page.", default=1),
    Parameter(
        name="results_per_page",
        type="integer",
        description="How many results a page has.",
        choices=SIZES,
        default=DEFAULT_SIZE,
    ),
)


class Meta(Struct):
    page: int
    results_per_page: int
    total: int
    total_pages: int


class Links(Struct):
    first: str
    last: str
    next: str | None
    prev: str | None
    self: str


class Page(Struct, Generic[T]):
    data: list[T]
    meta: Meta
    links: Links


class Filterable(Struct, frozen=True):
    """By which of its fields a list can be searched, cut and ordered; the first is the default."""

    search_by: tuple[str, ...]
    datetime_field: tuple[str, ...]
    order_by: tuple[str, ...]

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (
            _text("search", "Text to search for, anywhere in the field."),
            _choice("search_by", "The field to search.", self.search_by),
            _choice("datetime_field", "The time to compare.", self.datetime_field),
            _text("datetime_start", "From this time on, `Y-m-d H:i:s` in UTC."),
            _text("datetime_end", "Up to this time, `Y-m-d H:i:s` in UTC."),
            _choice("order_by", "The field to order by.", self.order_by),
            _choice("order_type", "The direction.", ("ASC", "DESC")),
        )


class PageAsked(Struct, frozen=True):
    """The page that a request asks for, and what its links must repeat."""

    site: str
    path: str
    number: int
    size: int
    kept: dict[str, str]
    """Active filters, as they were given."""

    @property
    def window(self) -> Window:
        return Window(self.size, (self.number - 1) * self.size)

    def of(self, data: list[T], total: int) -> Page[T]:
        """The page with its envelope. Beyond the last page the data is empty, the totals true."""
        last = max(1, -(-total // self.size))
        number = self.number
        return Page(
            data=data,
            meta=Meta(number, self.size, total, last),
            links=Links(
                first=self._link(1),
                last=self._link(last),
                next=self._link(number + 1) if number < last else None,
                prev=self._link(min(number - 1, last)) if number > 1 else None,
                self=self._link(number),
            ),
        )

    def _link(self, number: int) -> str:
        size = {} if self.size == DEFAULT_SIZE else {"results_per_page": self.size}
        query = urlencode({**self.kept, **size, "page": number})
        return f"{self.site}{self.path}?{query}"


def read_page(
    request: AccountAsking, path: str, kept: Mapping[str, str] | None = None
) -> PageAsked:
    """What makes no sense is read as the default: this contract refuses no page."""
    number = whole_number(request.parameter("page") or "1") or 1
    size = whole_number(request.parameter("results_per_page") or "") or DEFAULT_SIZE
    return PageAsked(
        site=request.site,
        path=path,
        number=min(max(1, number), HIGHEST),
        size=size if size in SIZES else DEFAULT_SIZE,
        kept=dict(kept or {}),
    )


def read_filters(request: AccountAsking, filterable: Filterable) -> tuple[Filters, dict[str, str]]:
    """The filters, and those parameters that took effect; bad values are ignored."""
    given = {name: request.parameter(name) or "" for name in _NAMES}
    chosen = {
        name: given[name]
        for name in ("search_by", "datetime_field", "order_by")
        if given[name] in getattr(filterable, name)
    }
    times = {
        name: instant
        for name in ("datetime_start", "datetime_end")
        if (instant := _instant(given[name])) is not None
    }
    until = times.get("datetime_end")
    filters = Filters(
        search=given["search"] or None,
        search_by=chosen.get("search_by"),
        datetime_field=chosen.get("datetime_field"),
        since=times.get("datetime_start"),
        until=None if until is None else until + SECOND - 1,
        order_by=chosen.get("order_by"),
        ascending=given["order_type"].upper() == "ASC",
    )
    active = {*chosen, *times}
    active |= {"search"} if given["search"] else set()
    active |= {"order_type"} if given["order_type"].upper() in {"ASC", "DESC"} else set()
    return filters, {name: given[name] for name in _NAMES if name in active}


_NAMES = (
    "search",
    "search_by",
    "datetime_field",
    "datetime_start",
    "datetime_end",
    "order_by",
    "order_type",
)


def _instant(text: str) -> Instant | None:
    try:
        return parse_plain_text(text)
    except ValueError:
        return None


def _text(name: str, description: str) -> Parameter:
    return Parameter(name=name, type="string", description=description)


def _choice(name: str, description: str, choices: tuple[str, ...]) -> Parameter:
    return Parameter(name=name, type="string", description=description, choices=choices)
