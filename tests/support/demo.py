"""A house with something to see: monitors of every state, ninety days and three hours of past."""

import math

from msgspec.structs import replace

from fener.actions import checks, incidents, monitors
from fener.actions.context import Context
from fener.actions.monitors import New
from fener.domain.check import Certificate, CheckResult, Evidence, Failure, Purpose, Timings
from fener.domain.failure import Facts, FailureReason
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.kinds.dns import DnsSettings, RecordType
from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.people import Identity
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant
from fener.storage.recording import SqlRecordStore
from fener.testing.clock import FakeClock
from support.store import settler
from support.web import Parts, good

SITES = (
    ("Shop", "https://shop.example.com/", 95_000),
    ("Checkout API", "https://api.example.com/v1/checkout/health", 61_000),
    ("Documentation", "https://docs.example.com/", 143_000),
    ("Kundenportal München", "https://portal.example.de/anmelden?weiter=/konto", 212_000),
    ("Intranet", "http://10.0.0.12:8080/", 4_200),
    ("Blog", "https://blog.example.com/", 320_000),
    ("İstanbul şubesi", "https://istanbul.example.com.tr/", 178_000),
)
BLOG, PORTAL, DOCS = 6, 4, 3
STATUS_500 = Failure(
    FailureReason.WRONG_STATUS,
    "status 500, wanted 200-299",
    Facts(got="500", wanted="200-299"),
)
UNTRUSTED = Failure(
    FailureReason.TLS_UNTRUSTED,
    "the certificate is not trusted: self-signed certificate",
    Facts(detail="self-signed certificate"),
)
TIMED_OUT = Failure(FailureReason.TIMEOUT, "no answer within 10 s")


class Demo:
    """Ids by name, for tests that go to one thing."""

    def __init__(self) -> None:
        self.monitors: dict[str, str] = {}
        self.incident = ""
        self.check = ""
        """The newest bad check of the blog, as its page is addressed."""
        self.heartbeat = ""


async def fill(parts: Parts, who: Identity) -> Demo:
    now = parts.context.clock.now()
    clock = FakeClock(now - 91 * DAY)
    past = Context(
        parts.context.database,
        parts.context.sealer,
        clock,
        parts.context.doorbells,
        parts.context.new_id,
    )
    past.doorbells.check = lambda _: None  # type: ignore[attr-defined]
    demo = Demo()
    for name, url, _ in SITES:
        wanted = New(settings=HttpSettings(url=url), name=name, interval=HOUR)
        demo.monitors[name] = str((await monitors.add(past, who, wanted)).public_id)
    await _heartbeats(past, who, demo)
    wanted = New(settings=TcpSettings("db.example.com", 5432), name="Database", interval=HOUR)
    demo.monitors[wanted.name] = str((await monitors.add(past, who, wanted)).public_id)
    settings = DnsSettings("example.com", (RecordType.A, RecordType.MX), notice_changes=True)
    zone = await monitors.add(past, who, New(settings=settings, name="Zone", interval=HOUR))
    demo.monitors[zone.name] = str(zone.public_id)
    store = SqlRecordStore(past.database, past.sealer, clock, parts.faults)
    for at in _times(now):
        clock._now = at + 2 * SECOND
        results = [_result(number, at, now) for number in range(1, len(SITES) + 1)]
        results.append(_records(zone.id, at, now))
        await store.record(results, settler().settle)
    await _pings(parts, demo, now)
    await _paused(past, who, demo)
    await _told(parts, who, demo)
    newest = await checks.history(parts.context, who, BLOG, limit=1, only_bad=True)
    demo.check = f"{newest[0].at}.{newest[0].id}"
    return demo


def _times(now: Instant) -> list[Instant]:
    days = [now - day * DAY + hour * HOUR for day in range(90, 0, -1) for hour in (0, 1, 2)]
    recent = [now - minute * MINUTE for minute in range(180, 0, -2)]
    return sorted({at for at in days if at < recent[0]} | set(recent))


def _result(number: int, at: Instant, now: Instant) -> CheckResult:
    usual = SITES[number - 1][2]
    wave = math.sin(at / HOUR * number) / 6 + math.sin(at / MINUTE * 2.3) / 14
    peak = 0.9 if at // MINUTE % 47 == number else 0
    result = good(number, at, round(usual * (1 + wave + peak)))
    age = now - at
    if number == BLOG and age >= 25 * MINUTE:
        return replace(result, is_good_answer=True, evidence=_SHOWN)
    if number == DOCS and age < 2 * HOUR:
        return replace(result, certificate=_ending_soon(now))
    if number == BLOG and age < 25 * MINUTE:
        return _failed(result, STATUS_500, 500)
    if number == PORTAL and 40 * DAY < age <= 41 * DAY:
        return _failed(result, UNTRUSTED, None)
    return result


def _records(number: int, at: Instant, now: Instant) -> CheckResult:
    """Mail has moved to another server lately."""
    server = "mx2" if now - at < 30 * MINUTE else "mx1"
    records = ("A 203.0.113.9", "A 203.0.113.10", f"MX 10 {server}.example.com")
    return replace(good(number, at, 9_000), status_code=None, records=records)


def _ending_soon(now: Instant) -> Certificate:
    end = now + 9 * DAY
    names = ("docs.example.com",)
    return Certificate("docs.example.com", "A Root", end - 90 * DAY, end, names, "ab" * 32)


def _failed(result: CheckResult, failure: Failure, status: int | None) -> CheckResult:
    return CheckResult(
        monitor_id=result.monitor_id,
        location_id=1,
        at=result.at,
        finished_at=result.finished_at,
        outcome=failure,
        purpose=Purpose.RECHECK,
        timings=Timings(total=48_000, dns=4_000, connect=9_000, tls=15_000, first_byte=18_000),
        status_code=status,
        evidence=Evidence(
            request="GET https://blog.example.com/",
            addresses=("203.0.113.9", "2001:db8::9"),
            address="203.0.113.9:443",
            phase="done",
            headers=(("Server", "nginx"), ("Content-Type", "text/html")),
            body="<html><head><title>500 Internal Server Error</title></head></html>",
        ),
    )


_SHOWN = Evidence(
    request="GET https://blog.example.com/",
    addresses=("203.0.113.9", "2001:db8::9"),
    address="203.0.113.9:443",
    phase="done",
    headers=(("Server", "nginx"), ("Content-Type", "text/html")),
    body="<html><head><title>Our blog</title></head><body>Hello</body></html>",
)


async def _heartbeats(past: Context, who: Identity, demo: Demo) -> None:
    nightly = HeartbeatSettings(CronSchedule("15 3 * * *", "Europe/Berlin"), grace=30 * MINUTE)
    added = await monitors.add(past, who, New(settings=nightly, name="Nightly backup"))
    demo.heartbeat = str(added.public_id)
    demo.monitors[added.name] = demo.heartbeat
    hourly = HeartbeatSettings(EveryInterval(HOUR), grace=10 * MINUTE)
    await monitors.add(past, who, New(settings=hourly, name="Invoice export"))


async def _pings(parts: Parts, demo: Demo, now: Instant) -> None:
    number = len(SITES) + 1
    for day in (3, 2, 1):
        start = now - day * DAY + 2 * HOUR
        for at, action, status in (
            (start, PingAction.START, None),
            (
                start + (7 + day) * MINUTE,
                PingAction.FAIL if day == 2 else PingAction.SUCCESS,
                3 if day == 2 else 0,
            ),
        ):
            ping = Ping(
                monitor_id=number,
                at=at,
                action=action,
                exit_status=status,
                run_id="4f1c8a8e-6a5b-4c60-9ac5-0f3c38b0d0a1",
                body="pg_dump: error: connection to server failed" if status else "12 files, 3 GB",
                source="198.51.100.20",
                user_agent="curl/8.5.0",
            )
            await parts.store.record_pings([ping], settler().settle_ping)


async def _paused(past: Context, who: Identity, demo: Demo) -> None:
    await monitors.pause(past, who, len(SITES) - 2)


async def _told(parts: Parts, who: Identity, demo: Demo) -> None:
    from fener.domain.listing import Window  # noqa: PLC0415
    from fener.web.inside import ONLY_OPEN  # noqa: PLC0415

    found = await incidents.list_incidents(parts.context, who, Window(5), only=ONLY_OPEN)
    newest = found.rows[0]
    demo.incident = newest.public_id
    text = "The last deploy broke the template. Rolling back."
    visibility = incidents.Visibility.INTERNAL
    await incidents.add_comment(parts.context, who, newest.id, text, visibility)
