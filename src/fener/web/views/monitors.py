"""One monitor: is it up, why do we think so, and what can be done with it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.exceptions import NotFoundException

from fener.actions import checks, incidents, monitors, policies
from fener.domain.kinds import Kind
from fener.domain.listing import Window
from fener.domain.monitor import Monitor
from fener.domain.people import Permission
from fener.domain.policy import NamedPolicy
from fener.storage.incidents import Only
from fener.web import response_times
from fener.web.forms import id_of
from fener.web.inside import show
from fener.web.known_records import known_records
from fener.web.notices import nobody_to_tell
from fener.web.visit import Entered, Inside, PathText

HERE = "/"
CHECKS_SHOWN = 20
INCIDENTS_SHOWN = 10


def key_of(text: str) -> UUID:
    """The public id that stands in an address."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFoundException from None


def number_of(text: str) -> int:
    """The id that stands in an address."""
    number = id_of(text)
    if number is None:
        raise NotFoundException
    return number


@get("/monitors/{key:str}")
async def monitor_page(inside: Entered, key: PathText) -> Response[Any]:
    monitor = await monitors.get(inside.context, inside.who, key_of(key))
    if monitor.kind is Kind.HEARTBEAT:
        return inside.redirect(f"/heartbeats/{monitor.public_id}")
    part = inside.query("part") if inside.is_partial else ""
    if part == "history":
        return inside.page("monitor_history.html", **await _history(inside, monitor))
    values = await _present(inside, monitor)
    if part == "now":
        return inside.page("monitor_now.html", **values)
    values |= await response_times.figures(inside, monitor)
    values |= await _history(inside, monitor)
    return await show(inside, "monitor.html", HERE, **values)


async def _present(inside: Inside, monitor: Monitor) -> dict[str, Any]:
    context, who = inside.context, inside.who
    line = await checks.line(context, who, monitor.id)
    newest = await checks.history(context, who, monitor.id, limit=CHECKS_SHOWN)
    listed = await incidents.list_incidents(
        context, who, Window(INCIDENTS_SHOWN), only=Only(monitor_id=monitor.id)
    )
    return {
        "monitor": monitor,
        "line": line,
        "summary": await checks.summary(context, who, line),
        "latest": newest[0] if newest else None,
        "sights": await checks.seen(context, who, monitor.id),
        "own_policy": await _own_policy(inside, monitor),
        "places": {seen.location_id: seen for seen in reversed(newest)},
        "incidents": listed,
        "certificate": await checks.certificate(context, who, monitor.id),
        "known_records": known_records(
            line.snapshots,
            {one.id: one.name for one in await monitors.locations(context, who)},
            monitor.policy,
            context.clock.now(),
        ),
        "nobody_to_tell": await nobody_to_tell(inside, monitor.id),
    }


async def _own_policy(inside: Inside, monitor: Monitor) -> NamedPolicy | None:
    """The policy that was chosen for it, where one was."""
    if monitor.policy_id is None:
        return None
    return await policies.get(inside.context, inside.who, monitor.policy_id)


async def _history(inside: Inside, monitor: Monitor) -> dict[str, Any]:
    """Checks with their evidence; `before` names the last one of the part before."""
    at, number = map(id_of, inside.query("before").partition(".")[::2])
    before = None if at is None or number is None else (at, number)
    only_bad = inside.query("only") == "bad"
    found = await checks.history(
        inside.context,
        inside.who,
        monitor.id,
        limit=CHECKS_SHOWN + 1,
        before=before,
        only_bad=only_bad,
    )
    more = len(found) > CHECKS_SHOWN
    return {
        "monitor": monitor,
        "history": found[:CHECKS_SHOWN],
        "older": f"{found[CHECKS_SHOWN - 1].at}.{found[CHECKS_SHOWN - 1].id}" if more else "",
        "only_bad": only_bad,
        "before": inside.query("before"),
    }


@get("/monitors/{key:str}/latency.json")
async def latency(inside: Entered, key: PathText) -> dict[str, Any]:
    """For the chart, which reads it again now and then."""
    monitor = await monitors.get(inside.context, inside.who, key_of(key))
    return await response_times.columns(inside, monitor)


@post("/monitors/{key:str}/check")
async def check(inside: Entered, key: PathText) -> Response[Any]:
    await inside.form()
    await monitors.check_now(inside.context, inside.who, key_of(key))
    return inside.redirect(f"/monitors/{key}", "check-ordered")


@post("/monitors/{key:str}/pause")
async def pause(inside: Entered, key: PathText) -> Response[Any]:
    await inside.form()
    await monitors.pause(inside.context, inside.who, key_of(key))
    return inside.redirect(f"/monitors/{key}", "monitor-paused")


@post("/monitors/{key:str}/resume")
async def resume(inside: Entered, key: PathText) -> Response[Any]:
    await inside.form()
    await monitors.resume(inside.context, inside.who, key_of(key))
    return inside.redirect(f"/monitors/{key}", "monitor-resumed")


@get("/monitors/{key:str}/delete")
async def ask_to_delete(inside: Entered, key: PathText) -> Response[Any]:
    monitor = await monitors.get(inside.context, inside.who, key_of(key), Permission.WATCH)
    return await show(inside, "monitor_delete.html", HERE, monitor=monitor)


@post("/monitors/{key:str}/delete")
async def delete(inside: Entered, key: PathText) -> Response[Any]:
    await inside.form()
    monitor = await monitors.get(inside.context, inside.who, key_of(key), Permission.WATCH)
    await monitors.delete(inside.context, inside.who, monitor.id)
    is_heartbeat = monitor.kind is Kind.HEARTBEAT
    said = "heartbeat-deleted" if is_heartbeat else "monitor-deleted"
    return inside.redirect("/heartbeats" if is_heartbeat else "/", said)


HANDLERS = (monitor_page, latency, check, pause, resume, ask_to_delete, delete)
