"""Commands on the local store, through the actions that the web app and the APIs use too.

The command line acts as the owner of the first organization, which is made where there is none.
A server that runs on the same store notices what was changed within a second.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from msgspec.structs import replace

from fener.actions import (
    checks,
    customers,
    heartbeats,
    incidents,
    latency,
    monitors,
    policies,
    setup,
    tokens,
)
from fener.actions.context import Context
from fener.actions.policy_rules import Change
from fener.actions.site import last_site
from fener.actions.tokens import Issued, NewToken
from fener.bootstrap.store import AlreadyServing, opened
from fener.bus.ringing import DistantBells
from fener.cli import seen
from fener.cli.complaints import Code, Complaint
from fener.cli.desk import LONGEST_NUMBER, Key
from fener.cli.parameters import Wanted, asked_of
from fener.cli.views import (
    CustomerView,
    HeartbeatView,
    IncidentDetails,
    IncidentView,
    MonitorDetails,
    MonitorView,
    NewHeartbeat,
    NewMonitor,
    NewSecret,
    PolicyView,
    TokenView,
)
from fener.clock import SystemClock
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
from fener.settings import Settings, site_at
from fener.storage.incidents import Only
from fener.storage.migrating import SchemaTooNew
from fener.storage.sealing import UnreadableSecret

T = TypeVar("T")
_PAGE = 1_000
_USUAL_SPAN: Span = DAY


class LocalDesk:
    """`Desk` and `TokenDesk` of `fener.cli.desk`, on the store in `FENER_DATA`."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._bells = DistantBells(settings.data)

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
            chosen = await _policy_id(context, who, new.policy)
            wanted = replace(asked, policy_id=chosen)
            return await _line(context, who, (await monitors.add(context, who, wanted)).id)

        return self._act(add)

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

        return self._act(read)

    def pause(self, key: Key) -> MonitorView:
        return self._on_monitor(key, monitors.pause)

    def resume(self, key: Key) -> MonitorView:
        return self._on_monitor(key, monitors.resume)

    def check_now(self, key: Key) -> MonitorView:
        asked = self._on_monitor(key, monitors.check_now)
        if not self._bells.is_heard:
            raise Complaint(
                "No Fener serves this store, so nobody checks it",
                f"Start one: fener serve; or probe it from here: fener check {asked.target}",
                Code.UNAVAILABLE,
            )
        return asked

    def delete(self, key: Key) -> None:
        self._act(lambda context, who: monitors.delete(context, who, key))

    def add_heartbeat(self, new: NewHeartbeat) -> HeartbeatView:
        wanted = HeartbeatSettings(schedule=_schedule(new), grace=new.grace)
        asked = monitors.New(settings=wanted, name=new.name, customer_id=new.customer_id)

        async def add(context: Context, who: Identity) -> HeartbeatView:
            return await self._whole(context, who, await monitors.add(context, who, asked))

        return self._act(add)

    def heartbeats(self) -> list[HeartbeatView]:
        return [seen.heartbeat(line) for line in self._lines(Kind.HEARTBEAT)]

    def heartbeat(self, key: Key) -> HeartbeatView:
        async def get(context: Context, who: Identity) -> HeartbeatView:
            return await self._whole(context, who, await heartbeats.get(context, who, key))

        return self._act(get)

    def incidents(self, *, only_open: bool, limit: int) -> list[IncidentView]:
        only = Only(status=IncidentStatus.OPEN) if only_open else Only()

        async def read(context: Context, who: Identity) -> list[IncidentView]:
            listed = await incidents.list_incidents(
                context, who, Window(limit), only=only, with_total=False
            )
            return [seen.incident(one) for one in listed.rows]

        return self._act(read)

    def incident(self, key: Key) -> IncidentDetails:
        async def read(context: Context, who: Identity) -> IncidentDetails:
            return seen.details(await incidents.details(context, who, key))

        return self._act(read)

    def acknowledge(self, key: Key) -> IncidentView:
        async def acknowledge(context: Context, who: Identity) -> IncidentView:
            return seen.incident(await incidents.acknowledge(context, who, key))

        return self._act(acknowledge)

    def customers(self) -> list[CustomerView]:
        async def read(context: Context, who: Identity) -> list[CustomerView]:
            return [seen.customer(one) for one in await customers.list_all(context, who)]

        return self._act(read)

    def policies(self) -> list[PolicyView]:
        async def read(context: Context, who: Identity) -> list[PolicyView]:
            return [seen.policy(one) for one in await policies.list_all(context, who)]

        return self._act(read)

    def policy(self, name: str) -> PolicyView:
        async def read(context: Context, who: Identity) -> PolicyView:
            return seen.policy(await policies.get(context, who, _reference(name)))

        return self._act(read)

    def set_policy(self, key: str, change: Change) -> PolicyView:
        async def put(context: Context, who: Identity) -> PolicyView:
            return seen.policy(await policies.put(context, who, key, change))

        return self._act(put)

    def delete_policy(self, name: str) -> None:
        self._act(lambda context, who: policies.delete(context, who, _reference(name)))

    def give_customer(self, customer_id: int, policy: str) -> CustomerView:
        async def give(context: Context, who: Identity) -> CustomerView:
            key = (await policies.get(context, who, _reference(policy))).key
            change = customers.CustomerChange(policy=key)
            return seen.customer(await customers.change(context, who, customer_id, change))

        return self._act(give)

    def give_monitor(self, key: Key, policy: str | None) -> MonitorView:
        async def give(context: Context, who: Identity, key: Key) -> Monitor:
            change = monitors.Change(policy_id=await _policy_id(context, who, policy))
            return await monitors.change(context, who, key, change)

        return self._on_monitor(key, give)

    def create_token(self, name: str, customer_id: int | None, days: int | None) -> NewSecret:
        new = NewToken(name=name, customer_id=customer_id, expires_in_days=days)
        return _secret(self._act(lambda context, who: tokens.create_token(context, who, new)))

    def create_account_key(self, name: str, days: int | None) -> NewSecret:
        return _secret(
            self._act(lambda context, who: tokens.create_account_key(context, who, name, days))
        )

    def tokens(self) -> list[TokenView]:
        """Those of the organization and the keys of its owner, newest first."""

        async def read(context: Context, who: Identity) -> list[TokenView]:
            known = await tokens.list_tokens(context, who)
            known += await tokens.list_account_keys(context, who)
            newest_first = sorted(known, key=lambda one: one.id, reverse=True)
            return [seen.token(one) for one in newest_first]

        return self._act(read)

    def revoke_token(self, token_id: int) -> None:
        self._act(lambda context, who: tokens.revoke(context, who, token_id))

    def _on_monitor(
        self, key: Key, deed: Callable[[Context, Identity, Key], Awaitable[Monitor]]
    ) -> MonitorView:
        async def act(context: Context, who: Identity) -> MonitorView:
            return await _line(context, who, (await deed(context, who, key)).id)

        return self._act(act)

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

        return self._act(read)

    async def _whole(self, context: Context, who: Identity, heartbeat: Monitor) -> HeartbeatView:
        line = await checks.line(context, who, heartbeat.id)
        address = heartbeats.ping_url(heartbeat, await self._site(context))
        return seen.heartbeat(line, heartbeat, address)

    async def _site(self, context: Context) -> str:
        """Where jobs reach Fener: where it is served; else as the settings say, or where it was."""
        served, own = await last_site(context), self._settings.public_url
        if served and (self._bells.is_anybody_there() or not own):
            return served
        return own or site_at(self._settings.host, self._settings.port)

    def _act(self, work: Callable[[Context, Identity], Awaitable[T]]) -> T:
        return asyncio.run(self._acted(work))

    async def _acted(self, work: Callable[[Context, Identity], Awaitable[T]]) -> T:
        try:
            async with opened(self._settings, SystemClock(), self._bells) as context:
                return await work(context, await setup.ensure_local_owner(context))
        except SchemaTooNew as error:
            raise too_new(error) from error
        except AlreadyServing as error:
            mend = "The one that serves is older than this one: start it again first."
            raise Complaint(str(error), mend, Code.UNAVAILABLE) from error
        except UnreadableSecret as error:
            raise Complaint(str(error), "See which key is wanted: fener doctor") from error


def too_new(error: SchemaTooNew) -> Complaint:
    what, _, mend = str(error).partition("; ")
    return Complaint(what.capitalize(), f"{mend.capitalize()}.", Code.UNAVAILABLE)


async def _line(context: Context, who: Identity, monitor_id: int) -> MonitorView:
    return seen.monitor(await checks.line(context, who, monitor_id))


async def _policy_id(context: Context, who: Identity, name: str | None) -> int | None:
    if name is None:
        return None
    return (await policies.get(context, who, _reference(name))).id


def _reference(name: str) -> int | str:
    """Keys begin with a letter, so a number is an ID."""
    typed = name.strip()
    is_number = typed.isascii() and typed.isdigit() and len(typed) <= LONGEST_NUMBER
    return int(typed) if is_number else typed


def _secret(issued: Issued) -> NewSecret:
    return NewSecret(issued.token.id, issued.token.name, issued.secret)


def _schedule(new: NewHeartbeat) -> Schedule:
    if new.cron is not None:
        return CronSchedule(new.cron, new.zone)
    if new.on_calendar is not None:
        return CalendarSchedule(new.on_calendar, new.zone)
    return EveryInterval(new.every or 0)
