"""The overview: what is wrong now, then every monitor."""

from asyncio import gather
from typing import Any

from litestar import Response, get
from msgspec import Struct

from fener.actions import checks, customers, incidents, latency
from fener.actions.checks import Filter, Glance, Line
from fener.domain.customer import Customer
from fener.domain.kinds import Kind
from fener.domain.listing import Window
from fener.domain.shown import Shown
from fener.domain.time import HOUR, Span
from fener.storage.incidents import Incident
from fener.web.addresses import Address, pages
from fener.web.forms import id_of
from fener.web.inside import ONLY_OPEN, open_incidents, show
from fener.web.notices import notices
from fener.web.visit import Entered, Inside

HERE = "/"
PAGE_SIZE = 25
MOST_TROUBLES = 20
LINE_SPAN: Span = 3 * HOUR
_PARAMETERS = ("search", "state", "kind", "customer")


class Row(Struct, frozen=True):
    """One monitor of the list, with its small drawings."""

    line: Line
    glance: Glance
    latencies: tuple[int | None, ...]


@get("/")
async def overview(inside: Entered) -> Response[Any]:
    address = Address.of(inside, *_PARAMETERS)
    match inside.query("part") if inside.is_partial else "":
        case "now":
            return inside.page("overview_now.html", **await _now(inside))
        case "list":
            response = inside.page("overview_list.html", **await _list(inside, address))
            response.headers["hx-replace-url"] = address.whole
            return response
        case _:
            now, listed = await gather(_now(inside), _list(inside, address))
            return await show(inside, "overview.html", HERE, **now, **listed)


@get("/wall")
async def wall(inside: Entered) -> Response[Any]:
    """The ways of the main navigation, with how many incidents are open."""
    here = inside.query("here")
    return inside.page("wall.html", here=here, troubles=await open_incidents(inside))


async def _now(inside: Inside) -> dict[str, Any]:
    context, who = inside.context, inside.who
    listed = await incidents.list_incidents(
        context, who, Window(limit=MOST_TROUBLES), only=ONLY_OPEN
    )
    return {
        "counts": await checks.counts(context, who),
        "open_now": listed.rows,
        "open_total": listed.total or 0,
        "names": await _names(inside, listed.rows),
        "notices": await notices(inside),
    }


async def _names(inside: Inside, listed: list[Incident]) -> dict[int, str]:
    """Who acknowledged which incident."""
    named = {}
    for incident in listed:
        if incident.acknowledged_at is not None:
            known = await incidents.details(inside.context, inside.who, incident.id)
            told = [e.user_name for e in known.events if e.user_id == incident.acknowledged_by]
            named[incident.id] = next((name for name in told if name), "")
    return named


async def _list(inside: Inside, address: Address) -> dict[str, Any]:
    context, who = inside.context, inside.who
    page = await checks.overview(
        context,
        who,
        _filter(address),
        limit=PAGE_SIZE,
        offset=(address.page - 1) * PAGE_SIZE,
    )
    return {
        "address": address,
        "rows": await rows(inside, page.lines),
        "pages": pages(address, page.total, PAGE_SIZE),
        "customers": await _customers(inside),
        "kinds": Kind,
        "states": Shown,
    }


async def rows(inside: Inside, lines: tuple[Line, ...]) -> list[Row]:
    probed = [line for line in lines if line.kind is not Kind.HEARTBEAT]
    known, times = await gather(
        checks.glances(inside.context, inside.who, lines),
        latency.sparklines(inside.context, inside.who, probed, LINE_SPAN),
    )
    return [Row(line, known[line.id], times.get(line.id, ())) for line in lines]


def _filter(address: Address) -> Filter:
    state, kind, customer = (address.get(name) for name in ("state", "kind", "customer"))
    return Filter(
        search=address.get("search")[:255],
        shown=frozenset({Shown(state)}) if state in set(Shown) else None,
        kinds=frozenset({Kind(kind)}) if kind in set(Kind) else None,
        customer_id=id_of(customer),
    )


async def _customers(inside: Inside) -> list[Customer]:
    return await customers.list_all(inside.context, inside.who)


HANDLERS = (overview, wall)
