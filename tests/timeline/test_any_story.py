"""Stories that nobody thought of: sites, jobs and Fener itself fail at random, promises hold."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from msgspec import Struct, field

from fener.domain.shown import Shown
from fener.domain.time import MINUTE, SECOND, Instant, Span
from fener.ports import StoreUnavailable
from fener.testing.scripted import HANGS, OURS, REFUSES, UP, Behaviour
from fener.testing.timeline import Timeline
from fener.testing.watched import Job, Site
from support.running import story

INTERVALS = (SECOND, 3 * SECOND, 10 * SECOND, 25 * SECOND, MINUTE)
DOWN = (REFUSES, HANGS)
RECHECK: Span = 10 * SECOND
TURNS = 25
LONGEST_TURN: Span = 20 * SECOND
JOB_EVERY: Span = 30 * SECOND
RETRY_EVERY: Span = 2 * SECOND
GRACE: Span = 25 * SECOND
"""Longer than the retries of a job need, once somebody listens again."""


class Outage(Struct):
    """A time in which a site answered no check well; `observed` is what Fener lived through."""

    begin: Instant
    end: Instant = 0
    observed: Span = 0
    longest: Span = 0


class Watched(Struct):
    site: Site
    interval: Span
    timeout: Span
    can_fail: bool
    outages: list[Outage] = field(default_factory=list)
    is_down: bool = False

    @property
    def bound(self) -> Span:
        """By then it is confirmed, even if a gap moved the next regular check."""
        return 2 * self.interval + 2 * (RECHECK + self.timeout) + SECOND


class Story:
    """Turns of a random length; in each of them something happens."""

    def __init__(self, fener: Timeline, seed: int) -> None:
        self.fener = fener
        self.random = Random(seed)
        self.watched: list[Watched] = []
        self.jobs: list[Job] = []
        self._next_ping: Instant = 0

    async def begin(self) -> None:
        for number, interval in enumerate((*INTERVALS, *INTERVALS[1:])):
            site = await self.fener.watches(f"https://{number}.example/", every=interval)
            timeout = (await site.monitor()).timeout
            can_fail = number < 2 * len(INTERVALS) - 3
            self.watched.append(Watched(site, interval, timeout, can_fail))
        self.jobs = [await self.fener.awaits(JOB_EVERY, GRACE, f"Job {n}") for n in range(2)]
        self._next_ping = self.fener.clock.now()
        await self.lives(SECOND)

    async def happens(self) -> None:
        for watched in self.watched:
            if self.random.random() < 0.15:
                self.turns(watched, self.random.choice((UP, REFUSES, HANGS, OURS)))
        event = self.random.choice(("", "", "", "restart", "away", "suspend", "store", "store"))
        span = self.random.randrange(SECOND, LONGEST_TURN)
        match event:
            case "restart":
                async with self.gap(), self.fener.stopped():
                    await self.fener.passes(span // 10)
            case "away":
                async with self.gap(), self.fener.stopped():
                    await self.fener.passes(3 * MINUTE)
                self._next_ping = self.fener.clock.now() + JOB_EVERY
            case "suspend":
                async with self.gap():
                    await self.fener.clock.suspend(2 * MINUTE)
                self._next_ping = self.fener.clock.now() + JOB_EVERY
            case "store":
                async with self.fener.without_store():
                    await self.lives(span)
        await self.lives(span)

    def turns(self, watched: Watched, behaviour: Behaviour) -> None:
        down = behaviour in DOWN
        if down and not watched.can_fail:
            behaviour, down = OURS, False
        watched.site.turns(behaviour)
        now = self.fener.clock.now()
        if down and not watched.is_down:
            watched.outages.append(Outage(now))
        if not down and watched.is_down:
            watched.outages[-1].end = now
        watched.is_down = down

    async def lives(self, span: Span) -> None:
        """Time passes while Fener runs and both jobs do, who try again where they are refused."""
        end = self.fener.clock.now() + span
        while self.fener.clock.now() < end:
            if self._next_ping <= self.fener.clock.now():
                await self._ping()
            now = self.fener.clock.now()
            step = max(1, min(end, self._next_ping) - now)
            await self.fener.passes(step)
            for outage in self._present_outages():
                outage.observed += step
                outage.longest = max(outage.longest, outage.observed)

    async def _ping(self) -> None:
        try:
            for job in self.jobs:
                await job.pings()
        except StoreUnavailable:
            self._next_ping += RETRY_EVERY
        else:
            self._next_ping = self.fener.clock.now() + JOB_EVERY

    def _present_outages(self) -> list[Outage]:
        return [one.outages[-1] for one in self.watched if one.is_down]

    @asynccontextmanager
    async def gap(self) -> AsyncIterator[None]:
        """Nobody watches: what was observed before is no longer in one piece."""
        yield
        for outage in self._present_outages():
            outage.observed = 0

    async def ends_well(self) -> None:
        for watched in self.watched:
            self.turns(watched, UP)
        await self.lives(3 * MINUTE)

    async def judge(self) -> None:
        assert self.fener.faults.present == set()
        for watched in self.watched:
            await self._judge_site(watched)
        for job in self.jobs:
            assert await job.incidents() == []
            assert await job.shown() is Shown.UP
        self._judge_messages()

    async def _judge_site(self, watched: Watched) -> None:
        incidents = await watched.site.incidents()
        assert await watched.site.shown() is Shown.UP
        assert not any(one.is_open for one in incidents)
        spans = [(one.start_at, one.end_at or 0) for one in incidents]
        assert spans == sorted(spans)
        assert all(one[1] <= other[0] for one, other in pairwise(spans))
        for one in incidents:
            assert one.failed_checks >= 3
            assert [each for each in watched.outages if each.begin <= one.start_at <= each.end]
        for outage in watched.outages:
            if outage.longest > watched.bound:
                met = [each for each in spans if each[0] <= outage.end and outage.begin <= each[1]]
                assert met, f"missed: {self.fener.time(outage.begin)} of {watched.interval} ms"

    def _judge_messages(self) -> None:
        keys = self.fener.carrier.keys
        assert len(keys) == len(set(keys))
        told: dict[int, list[str]] = {}
        for message in self.fener.carrier.asked:
            assert message.incident is not None
            told.setdefault(message.incident.id, []).append(message.event)
        assert all(events == ["down", "recovered"] for events in told.values()), told


async def tell(folder: Path, seed: int) -> Story:
    async with story(folder) as fener:
        told = Story(fener, seed)
        await told.begin()
        for _ in range(TURNS):
            await told.happens()
        await told.ends_well()
        await told.judge()
        fener.faults.ever.clear()
    return told


@pytest.mark.parametrize("seed", range(3))
async def test_a_random_story_keeps_every_promise(tmp_path: Path, seed: int) -> None:
    told = await tell(tmp_path, seed)
    long_ones = [
        outage
        for watched in told.watched
        for outage in watched.outages
        if outage.longest > watched.bound
    ]
    assert long_ones, "nothing happened: the test tested nothing"


@pytest.mark.long
@pytest.mark.parametrize("seed", range(1_000, 1_200))
async def test_two_hundred_random_stories_keep_every_promise(tmp_path: Path, seed: int) -> None:
    await tell(tmp_path, seed)
