"""Commands on the local store, through the actions that the web app and the APIs use too."""

from collections.abc import Awaitable, Callable

from msgspec.structs import replace

from fener.actions import checks, heartbeats, incidents, latency, monitors
from fener.actions.context import Context
from fener.cli import seen
from fener.cli.complaints import Code, Complaint
from fener.cli.desk import Key
from fener.cli.local_policies import policy_id
from fener.cli.local_store import LocalStore
from fener.cli.parameters import Wanted, asked_of
from fener.cli.views import (
    HeartbeatView,
    IncidentDetails,
    IncidentView,
    MonitorDetails,
    MonitorView,
    NewHeartbeat,
    NewMonitor,
)
from fener.domain.incident import IncidentStatus
from fener.domain.kinds import PROBED, Kind
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.listing import Window
from fener.domain.monitor import Monitor
from fener.domain.people import Identity
from fener.domain.time import DAY, Span
from fener.storage.incidents import Only

_PAGE = 1_000
_USUAL_SPAN: Span = DAY


class LocalDesk:
    """`fener.cli.desk.Desk` on the local store."""

    def __init__(self, store: LocalStore) -> None:
        self._store = store

    def add_monitor(self, new: NewMonitor) -> MonitorView:
        wanted = Wanted(new.keyword, new.expect)
        asked = monitors.New(
            settings=asked_of(new.url, wanted, notice_changes=new.notice_changes),
            name=new.name,
            customer_id=new.customer_id,
            interval=new.every,
            timeout=new.timeout,
        )

        async def add(context: Context, who: Identity) -> MonitorView:
            chosen = await policy_id(context, who, new.policy)
            wanted = replace(asked, policy_id=chosen)
            return await _line(context, who, (await monitors.add(context, who, wanted)).id)

        return self._store.act(add)

    def monitors(self) -> list[MonitorView]:
        return [seen.monitor(line) for line in self._lines(*PROBED)]

    def monitor(self, key: Key, over: Span | None) -> MonitorDetails:
        span = _USUAL_SPAN if over is None else over

        async def read(context: Context, who: Identity) -> MonitorDetails:
            whole = await monitors.get(context, who, key)
            line = await checks.line(context, who, key)
            known = await latency.percentiles_of(context, who, key, span)
            sights = await checks.seen(context, who, key)
            return seen.monitor_details(line, whole, sights, seen.response_times(span, known))

        return self._store.act(read)

    def pause(self, key: Key) -> MonitorView:
        return self._on_monitor(key, monitors.pause)

    def resume(self, key: Key) -> MonitorView:
        return self._on_monitor(key, monitors.resume)

    def check_now(self, key: Key) -> MonitorView:
        asked = self._on_monitor(key, monitors.check_now)
        if not self._store.bells.is_heard:
            raise Complaint(
                "No Fener serves this store, so nobody checks it",
                f"Start one: fener serve; or probe it from here: fener check {asked.target}",
                Code.UNAVAILABLE,
            )
        return asked

    def delete(self, key: Key) -> None:
        self._store.act(lambda context, who: monitors.delete(context, who, key))

    def add_heartbeat(self, new: NewHeartbeat) -> HeartbeatView:
        wanted = HeartbeatSettings(schedule=_schedule(new), grace=new.grace)
        asked = monitors.New(settings=wanted, name=new.name, customer_id=new.customer_id)

        async def add(context: Context, who: Identity) -> HeartbeatView:
            return await self._whole(context, who, await monitors.add(context, who, asked))

        return self._store.act(add)

    def heartbeats(self) -> list[HeartbeatView]:
        return [seen.heartbeat(line) for line in self._lines(Kind.HEARTBEAT)]

    def heartbeat(self, key: Key) -> HeartbeatView:
        async def get(context: Context, who: Identity) -> HeartbeatView:
            return await self._whole(context, who, await heartbeats.get(context, who, key))

        return self._store.act(get)

    def incidents(self, *, only_open: bool, limit: int) -> list[IncidentView]:
        only = Only(status=IncidentStatus.OPEN) if only_open else Only()

        async def read(context: Context, who: Identity) -> list[IncidentView]:
            listed = await incidents.list_incidents(
                context, who, Window(limit), only=only, with_total=False
            )
            return [seen.incident(one) for one in listed.rows]

        return self._store.act(read)

    def incident(self, key: Key) -> IncidentDetails:
        async def read(context: Context, who: Identity) -> IncidentDetails:
            return seen.details(await incidents.details(context, who, key))

        return self._store.act(read)

    def acknowledge(self, key: Key) -> IncidentView:
        async def acknowledge(context: Context, who: Identity) -> IncidentView:
            return seen.incident(await incidents.acknowledge(context, who, key))

        return self._store.act(acknowledge)

    def _on_monitor(
        self, key: Key, deed: Callable[[Context, Identity, Key], Awaitable[Monitor]]
    ) -> MonitorView:
        async def act(context: Context, who: Identity) -> MonitorView:
            return await _line(context, who, (await deed(context, who, key)).id)

        return self._store.act(act)

    def _lines(self, *kinds: Kind) -> list[checks.Line]:
        async def read(context: Context, who: Identity) -> list[checks.Line]:
            lines: list[checks.Line] = []
            wanted = checks.Filter(kinds=frozenset(kinds))
            by_id = checks.Sorting(checks.Order.ID)
            while True:
                page = await checks.overview(
                    context, who, wanted, by_id, limit=_PAGE, offset=len(lines)
                )
                lines += page.lines
                if len(lines) >= page.total or not page.lines:
                    return lines

        return self._store.act(read)

    async def _whole(self, context: Context, who: Identity, heartbeat: Monitor) -> HeartbeatView:
        line = await checks.line(context, who, heartbeat.id)
        address = heartbeats.ping_url(heartbeat, await self._store.site(context))
        return seen.heartbeat(line, heartbeat, address)


async def _line(context: Context, who: Identity, monitor_id: int) -> MonitorView:
    return seen.monitor(await checks.line(context, who, monitor_id))


def _schedule(new: NewHeartbeat) -> Schedule:
    if new.cron is not None:
        return CronSchedule(new.cron, new.zone)
    if new.on_calendar is not None:
        return CalendarSchedule(new.on_calendar, new.zone)
    return EveryInterval(new.every or 0)
