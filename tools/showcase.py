"""Ninety days in the life of a small company, for pictures: written by the real stages.

Results go through the judge into the store and messages through the outbox, as in a Fener that has
run for so long; only the probing and the sending are played.
"""

import math
import random
from collections.abc import Iterator
from uuid import UUID

from msgspec import Struct

from fener.actions import channels, incidents, monitors
from fener.actions.channels import NewChannel
from fener.actions.context import Context
from fener.actions.monitors import New
from fener.domain.check import Certificate, CheckResult, Evidence, Failure, Success, Timings
from fener.domain.failure import Facts, FailureReason
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.listing import Window
from fener.domain.message import Delivery, DeliveryStatus
from fener.domain.notification import ChannelKind
from fener.domain.people import Identity
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span
from fener.faults import FaultBoard
from fener.pipeline.judge.changes import notice_changes
from fener.pipeline.judge.judge import judge
from fener.pipeline.judge.problems import other_readings
from fener.pipeline.record.route import route
from fener.pipeline.record.settle import Settler
from fener.storage.notifying import SqlNotifyStore
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock

UNAVAILABLE = Failure(
    FailureReason.WRONG_STATUS,
    "status 503, wanted 200-299",
    Facts(got="503", wanted="200-299"),
)
TIMED_OUT = Failure(FailureReason.TIMEOUT, "no answer within 10 s", Facts(waited=10 * SECOND))
REFUSED = Failure(FailureReason.CONNECTION_REFUSED, "the connection was refused", Facts())
UNTRUSTED = Failure(
    FailureReason.TLS_UNTRUSTED,
    "the certificate is not trusted: self-signed certificate",
    Facts(detail="self-signed certificate"),
)


class Outage(Struct, frozen=True):
    """It began so long ago, counted from the moment of the picture."""

    ago: Span
    lasted: Span
    failure: Failure


class Site(Struct, frozen=True):
    name: str
    url: str
    usual: int
    """Microseconds that it takes to answer."""
    outages: tuple[Outage, ...] = ()


SITES = (
    Site("Shop", "https://shop.example.com/", 96_000, (Outage(52 * DAY, 14 * MINUTE, TIMED_OUT),)),
    Site(
        "Checkout API",
        "https://api.example.com/checkout/health",
        61_000,
        (
            Outage(6 * MINUTE + 20 * SECOND, HOUR, UNAVAILABLE),
            Outage(23 * DAY + 5 * HOUR, 31 * MINUTE, UNAVAILABLE),
            Outage(71 * DAY, 9 * MINUTE, REFUSED),
        ),
    ),
    Site(
        "Customer portal",
        "https://portal.example.com/sign-in",
        212_000,
        (Outage(12 * DAY + 7 * HOUR, 47 * MINUTE, UNTRUSTED),),
    ),
    Site("Search", "https://search.example.com/v2/status", 38_000),
    Site("Documentation", "https://docs.example.com/", 143_000),
    Site("Blog", "https://blog.example.com/", 320_000, (Outage(64 * DAY, 9 * HOUR, REFUSED),)),
    Site("Intranet", "http://10.0.0.12:8080/", 4_200),
)
_USUAL = 0.975
"""The part of checks without a peak."""
_BAD_NIGHT = 33
"""Days ago."""
BACKUP, EXPORT = len(SITES) + 1, len(SITES) + 2


class Shown(Struct, frozen=True):
    """What is worth a picture of its own, by public id."""

    incident: UUID
    monitor: UUID


async def tell(context: Context, who: Identity, clock: FakeClock) -> Shown:
    """Write the story that ends now; the clock stands where it stood before."""
    teller = _Teller(context, who, clock)
    clock.step_wall(-91 * DAY)
    shown = await teller.furnish()
    for at in _times(teller.end):
        await teller.check(at)
    clock.step_wall(teller.end - clock.now())
    return Shown(await teller.open_incident(), shown)


async def respond(context: Context, who: Identity, clock: FakeClock, incident: UUID) -> None:
    """What somebody did about the open incident in the minutes before the picture."""
    clock.step_wall(-4 * MINUTE)
    await incidents.acknowledge(context, who, incident)
    clock.step_wall(100 * SECOND)
    said = "The new release cannot reach the payment service. Rolling back."
    await incidents.add_comment(context, who, incident, said, incidents.Visibility.INTERNAL)
    clock.step_wall(4 * MINUTE - 100 * SECOND)


class _Teller:
    def __init__(self, context: Context, who: Identity, clock: FakeClock) -> None:
        self._context, self._who, self._clock = context, who, clock
        self.end = clock.now()
        faults = FaultBoard(clock)
        world = (context.database, context.sealer, clock, faults)
        self._record, self._notify = SqlRecordStore(*world), SqlNotifyStore(*world)
        self._settler = Settler(judge, other_readings, notice_changes, route, context.new_id)

    async def furnish(self) -> UUID:
        """Channels and monitors; gives the one to look at."""
        on_call = {"url": "https://chat.example.com/hooks/on-call"}
        await self._channel(ChannelKind.WEBHOOK, "On call", on_call)
        for site in SITES:
            settings = HttpSettings(url=site.url)
            wanted = New(settings=settings, name=site.name, interval=MINUTE)
            added = await monitors.add(self._context, self._who, wanted)
            if site.name == "Customer portal":
                shown = added.public_id
        nightly = HeartbeatSettings(CronSchedule("15 3 * * *", "Europe/Berlin"), 30 * MINUTE)
        await monitors.add(self._context, self._who, New(settings=nightly, name="Nightly backup"))
        hourly = HeartbeatSettings(EveryInterval(HOUR), 10 * MINUTE)
        await monitors.add(self._context, self._who, New(settings=hourly, name="Invoice export"))
        return shown

    async def _channel(self, kind: ChannelKind, name: str, settings: dict[str, str]) -> None:
        new = NewChannel(kind=kind, name=name, settings=settings)
        await channels.add(self._context, self._who, new)

    async def check(self, at: Instant) -> None:
        """Sites are checked, jobs report at their times, and messages that are owed arrive."""
        self._clock.step_wall(at + SECOND - self._clock.now())
        age = self.end - at
        results = [_result(number, at, age) for number, _ in enumerate(SITES, start=1)]
        made = await self._record.record(results, self._settler.settle)
        if age % (6 * HOUR) == 0 or age == 20 * MINUTE:
            await self._ping(EXPORT, at, PingAction.SUCCESS)
        if age % DAY == 12 * HOUR:
            await self._ping(BACKUP, at - 9 * MINUTE, PingAction.START)
            failed = age // DAY == _BAD_NIGHT
            await self._ping(BACKUP, at, PingAction.FAIL if failed else PingAction.SUCCESS)
        if any(one.incidents for one in made):
            await self._send()

    async def _ping(self, monitor_id: int, at: Instant, action: PingAction) -> None:
        ping = Ping(monitor_id=monitor_id, at=at, action=action, source="198.51.100.20")
        await self._record.record_pings([ping], self._settler.settle_ping)

    async def _send(self) -> None:
        while messages := (await self._notify.lease(self._clock.now(), 10)).messages:
            for message in messages:
                await self._notify.delivered(message, self._answered(message.channel.kind))
                self._clock.step_wall(300)

    def _answered(self, kind: ChannelKind) -> Delivery:
        now = self._clock.now()
        if kind is ChannelKind.EMAIL:
            return Delivery(DeliveryStatus.SENT, "mail.example.com accepted it: 250 OK", now, 240)
        return Delivery(DeliveryStatus.SENT, "chat.example.com answered 200.", now, 180)

    async def open_incident(self) -> UUID:
        listed = await incidents.list_incidents(self._context, self._who, Window(1))
        return UUID(str(listed.rows[0].public_id))


def _times(end: Instant) -> list[Instant]:
    """When everything is checked: four times a day, closely during outages and in the end."""
    times = {end - quarter * 6 * HOUR for quarter in range(1, 4 * 90)}
    times |= {end - minute * MINUTE for minute in range(1, 181)}
    for site in SITES:
        for outage in site.outages:
            times |= {at for at in _moments(end - outage.ago, outage.lasted) if at < end}
    return sorted(times)


def _moments(began: Instant, lasted: Span) -> Iterator[Instant]:
    over = began + lasted
    yield from (began, began + 10 * SECOND, began + 20 * SECOND, over, over + 10 * SECOND)
    yield from range(began + MINUTE, over, MINUTE)


def _result(number: int, at: Instant, age: Span) -> CheckResult:
    site = SITES[number - 1]
    failure = next((one.failure for one in site.outages if 0 <= one.ago - age < one.lasted), None)
    total = round(site.usual * _slowness(number, at))
    status = _status(failure)
    return CheckResult(
        monitor_id=number,
        location_id=1,
        at=at,
        finished_at=at + total // 1_000,
        outcome=failure or Success(),
        timings=_timings(total, site),
        status_code=status,
        certificate=_certificate(site, at) if age < HOUR else None,
        evidence=_evidence(site, status) if failure else None,
    )


def _slowness(number: int, at: Instant) -> float:
    """A slow wave, some noise, and now and then a peak; the same in every run."""
    chance = random.Random(at * 100 + number)  # noqa: S311 - for a picture
    wave = math.sin(at / HOUR * (1 + number / 7)) / 9
    peak = chance.random() if chance.random() > _USUAL else 0
    return 1 + wave + chance.gauss(0, 0.03) + peak


def _status(failure: Failure | None) -> int | None:
    if failure is None:
        return 200
    return 503 if failure is UNAVAILABLE else None


def _timings(total: int, site: Site) -> Timings:
    dns, connect = total // 16, total // 7
    tls = total // 5 if site.url.startswith("https") else None
    transfer = total // 9
    first_byte = total - dns - connect - (tls or 0) - transfer
    return Timings(total, dns, connect, tls, first_byte, transfer)


def _certificate(site: Site, at: Instant) -> Certificate | None:
    host = site.url.split("/")[2]
    if site.url.startswith("http:"):
        return None
    renewed = at - at % DAY - 12 * DAY
    issuer = "CN=Example Trust E1, O=Example Trust"
    names = (host, "example.com")
    return Certificate(f"CN={host}", issuer, renewed, renewed + 90 * DAY, names, "ab" * 32)


def _evidence(site: Site, status: int | None) -> Evidence:
    answered = status is not None
    headers = (
        ("Server", "nginx"),
        ("Content-Type", "application/json"),
        ("Retry-After", "30"),
    )
    return Evidence(
        request=f"GET {site.url}",
        addresses=("203.0.113.9", "2001:db8::9"),
        address="203.0.113.9:443",
        phase="done" if answered else "first_byte",
        headers=headers if answered else (),
        body='{"status": "unavailable", "payments": "connection refused"}' if answered else "",
    )
