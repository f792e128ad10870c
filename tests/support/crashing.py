"""What tests that kill Fener share: its preparation, its lives, and the judging of promises."""

import signal
import subprocess
from collections import Counter
from datetime import datetime
from pathlib import Path

import pytest

from fener.actions import channels, monitors, setup, tokens
from fener.bootstrap import NoDoorbells, opened
from fener.clock import SystemClock
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.notification import ChannelKind
from fener.domain.time import HOUR, SECOND, Instant, Span
from fener.settings import Settings
from fener.testing.server import NotStarted, ServedFener
from support.ledger import FLAPPING, HALF_PERIOD, Ledger

MONITORS = 200
CONFIRMED_WITHIN: Span = 4 * SECOND
"""Three failing checks, a second apart, and what it takes to record them on a busy machine."""
KILLED = -signal.SIGKILL


async def prepare(data: Path, ledger: Ledger) -> str:
    """An organization with a webhook, 200 monitors of one second and a heartbeat; gives a token."""
    async with opened(Settings(data=data), SystemClock(), NoDoorbells()) as context:
        owner = await setup.ensure_local_owner(context)
        async with context.database.write() as session:
            # What flaps is told once; here each message is awaited, and killed over.
            await session.run("UPDATE policies SET flap_turns = 1000000")
        hook = channels.NewChannel(
            kind=ChannelKind.WEBHOOK, name="Ledger", settings={"url": ledger.url("/hook")}
        )
        await channels.add(context, owner, hook)
        for number in range(MONITORS):
            settings = HttpSettings(url=ledger.url(f"/t/{number}"))
            new = monitors.New(settings=settings, name=f"t{number}", interval=SECOND)
            await monitors.add(context, owner, new)
        job = monitors.New(settings=HeartbeatSettings(EveryInterval(HOUR)), name="job")
        ledger.heartbeat = await monitors.add(context, owner, job)
        issued = await tokens.create_token(context, owner, tokens.NewToken(name="reader"))
    return issued.secret


def starts(fener: ServedFener) -> bool:
    """False where the point was reached before it could say that it serves."""
    try:
        fener.start()
    except NotStarted as ended:
        if ended.code != KILLED:
            raise
        return False
    return True


def run_until_killed(data: Path, point: str, times: int, ledger: Ledger, token: str) -> None:
    """Serve until the point is reached, reading the API all the while."""
    through = ("-m", "fener.testing.crash", point, str(times))
    fener = ServedFener(data, through=through)
    if not starts(fener):
        return
    for _ in range(300):
        try:
            ledger.ping(fener.url)
            ledger.read(fener.url, token)
        except OSError:
            break
        try:
            fener.wait(0.1)
        except subprocess.TimeoutExpired:
            continue
        break
    assert fener.kill() == KILLED, f"{point} was not reached: {fener.log()[-3_000:]}"


def watch(fener: ServedFener, ledger: Ledger, token: str) -> Instant:
    """Leave Fener alone for a while in which every flapping target fails once; gives its end."""
    end = ledger.clock.now() + 2 * HALF_PERIOD + CONFIRMED_WITHIN
    while ledger.clock.now() < end:
        ledger.read(fener.url, token)
        lives_on(fener)
    return end


def settle(fener: ServedFener, ledger: Ledger, token: str) -> None:
    """Heal every target and wait until all incidents are resolved and told."""
    ledger.heal()
    for _ in range(600):
        if not ledger.read(fener.url, token) and all_told(ledger):
            return
        lives_on(fener)
    pytest.fail(f"not settled within a minute: {fener.log()[-3_000:]}")


def lives_on(fener: ServedFener) -> None:
    """Wait a moment, in which Fener must not end."""
    with pytest.raises(subprocess.TimeoutExpired):
        fener.wait(0.1)


def all_told(ledger: Ledger) -> bool:
    resolved = {told.incident_id for told in ledger.told if told.event == "incident.resolved"}
    return resolved >= set(ledger.incidents)


def judge_promises(ledger: Ledger) -> None:
    assert ledger.broken_promises == []
    assert ledger.incidents, "nothing went down: the test tested nothing"
    kinds = Counter((told.incident_id, told.event, told.key) for told in ledger.told)
    for incident_id in ledger.incidents:
        keys = [(event, key) for (told, event, key) in kinds if told == incident_id]
        events = Counter(event for event, _ in keys if event != "incident.reminder")
        assert events == {"incident.created": 1, "incident.resolved": 1}, (incident_id, kinds)
    names = {one["websiteId"]: one["website"]["name"] for one in ledger.incidents.values()}
    assert {int(name[1:]) for name in names.values()} <= set(range(FLAPPING))


def judge_outages(ledger: Ledger, begin: Instant, end: Instant) -> None:
    """No outage that was long enough while Fener was left alone may have been missed."""
    spans, judged = incident_spans(ledger), 0
    for target in range(FLAPPING):
        for first, last in ledger.outages(target):
            if begin <= first and last <= end and last - first > CONFIRMED_WITHIN:
                judged += 1
                known = spans.get(f"t{target}", [])
                assert any(opened <= last + SECOND and first <= ended for opened, ended in known), (
                    f"t{target} failed from {first} to {last}, and no incident says so: {known}"
                )
    assert judged, "no outage was long enough: the test tested nothing"


def incident_spans(ledger: Ledger) -> dict[str, list[tuple[int, int]]]:
    """From opening to end of each incident, in UTC milliseconds, by the monitor's name."""
    spans: dict[str, list[tuple[int, int]]] = {}
    for one in ledger.incidents.values():
        begin, end = (
            int(datetime.fromisoformat(one[field]).timestamp() * 1_000)
            for field in ("started_at", "resolved_at")
        )
        spans.setdefault(one["website"]["name"], []).append((begin, end))
    return spans
