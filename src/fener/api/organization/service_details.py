"""`details` of a service monitor in the organization API: all that happened within a time."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from litestar import get
from msgspec import Struct

from fener.actions import checks, histories
from fener.actions.histories import Details, Window
from fener.actions.latency import SeriesPoint
from fener.api.described import Parameter, described
from fener.api.organization import service_examples as examples
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.detail_shapes import DataPoint, Maintenance, Meta, ServiceDetails
from fener.api.organization.history_shapes import (
    percent,
    shown_alert,
    shown_check,
    shown_incident,
    shown_stats,
)
from fener.api.organization.services import SERVICES, Service
from fener.api.routes import Routes
from fener.api.spans import milliseconds, seconds
from fener.domain.errors import Invalid
from fener.domain.time import DAY, Instant, Span, from_datetime, iso_text

RAW = "raw"
RANGES: dict[str, Span] = {"day": DAY, "week": 7 * DAY, "month": 30 * DAY, "year": 365 * DAY}
_LONGEST: Span = 366 * DAY
PARAMETERS = (
    Parameter(
        name="range",
        type="string",
        description="How long a time: 1, 7, 30 or 365 days, up to now or to the end of `date`.",
        choices=tuple(RANGES),
        default="day",
    ),
    Parameter(name="date", type="string", description="The last day of the range, in UTC."),
    Parameter(name="startDate", type="string", description="A day or time to begin with."),
    Parameter(name="endDate", type="string", description="A day or time to end with."),
    Parameter(
        name="granularity",
        type="string",
        description="Each of the latest 1000 checks is a point of its own.",
        choices=(RAW,),
    ),
)


class Asked(Struct, frozen=True):
    """Which time is asked for, and whether each check is told by itself."""

    range: str
    within: Window
    raw: bool


def read_asked(request: OrganizationAsking) -> Asked:
    """Raises Invalid."""
    name = request.parameter("range") or "day"
    if name not in RANGES:
        raise Invalid(f"range must be one of {', '.join(RANGES)}", "range")
    if request.parameter("granularity") not in {None, RAW}:
        raise Invalid(f"granularity can only be {RAW}", "granularity")
    raw = request.parameter("granularity") is not None
    return Asked(name, _window(request, RANGES[name]), raw)


def _window(request: OrganizationAsking, span: Span) -> Window:
    now = request.world.clock.now()
    ends = _moment(request, "endDate", at_end=True) or _moment(request, "date", at_end=True)
    begins = _moment(request, "startDate", at_end=False)
    until = now if ends is None else min(ends, now)
    since = max(0, (until if ends is None else ends) - span if begins is None else begins)
    if since >= until:
        raise Invalid("startDate must be before endDate, and before now", "startDate")
    if until - since > _LONGEST:
        raise Invalid("startDate and endDate may be a year apart at most", "startDate")
    return Window(since, until)


def _moment(request: OrganizationAsking, name: str, *, at_end: bool) -> Instant | None:
    """A day at its begin or end, or a time; in UTC where it says nothing else."""
    text = request.parameter(name)
    if text is None:
        return None
    try:
        moment = datetime.fromisoformat(text)
        if _is_day(text) and at_end:
            moment += timedelta(days=1)
        return from_datetime(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError) as error:
        raise Invalid(
            f"Invalid {name}: 2026-02-26 or 2026-02-26T12:10:00Z is wanted", name
        ) from error


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def routes_of(service: Service) -> Routes:
    resource = service.resource

    @get(
        f"{resource.item}/details",
        opt=described(
            summary=f"Get all that happened to {resource.called}",
            tag=resource.tag,
            description="By default in the last 24 hours. Times beyond 31 days are told by day.",
            parameters=PARAMETERS,
            path=(resource.id,),
            answer=service.details,
            example=examples.details(service.slug),
        ),
    )
    async def get_details(request: OrganizationAsking) -> ServiceDetails:
        public_id, asked = resource.public_id(request), read_asked(request)
        who = await request.identity()
        monitor = await resource.found(request, who, public_id)
        line = await checks.line(request.world, who, public_id)
        found = await histories.details(request.world, who, public_id, asked.within, raw=asked.raw)
        about: dict[str, Any] = {
            f"{service.slug}_monitor_id": line.id,
            "monitor": service.shown(line, monitor),
        }
        told = _told(service, found, request.world.clock.now())
        return service.details(**about, **told, uptime_stats_meta=_meta(asked, found))

    return (get_details,)


def _told(service: Service, found: Details, now: Instant) -> dict[str, Any]:
    latest = None if found.latest is None else service.timed(shown_check(found.latest))
    return {
        "latest_check": latest,
        "uptime_stats": shown_stats(found.performance),
        "monitoring_data": [_point(one) for one in found.points],
        "incidents": [shown_incident(one, now) for one in found.incidents],
        "alerts": [shown_alert(one) for one in found.alerts],
        "test_result_log": [service.timed(shown_check(one)) for one in found.log],
        "maintenance": Maintenance(),
    }


def _meta(asked: Asked, found: Details) -> Meta:
    return Meta(
        range=asked.range,
        start_date=iso_text(asked.within.since),
        end_date=iso_text(asked.within.until),
        step_seconds=seconds(found.step) if found.step else None,
        uptime=percent(found.uptime),
    )


def _point(one: SeriesPoint) -> DataPoint:
    return DataPoint(
        timestamp=iso_text(one.at),
        checks=one.checks,
        failed=one.failed,
        avg_response=milliseconds(one.total_us),
        max_response=milliseconds(one.most_us),
    )


ROUTES: Routes = tuple(route for service in SERVICES for route in routes_of(service))
