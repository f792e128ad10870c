"""The world that is played: its time, its network, its clocks, its probers."""

import asyncio
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from fener.domain.check import CheckOrder, Failure, Outcome, Success, Unknown
from fener.domain.failure import FailureReason
from fener.domain.heartbeat import PingAction
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span
from fener.net.guard import AddressGuard
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import Resolver
from fener.net.wire import Moments, Reply, Request, Sink, Wire
from fener.pipeline.probe.patterns import Patterns
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.world import World
from fener.testing.clock import NOON, FakeClock
from fener.testing.simulation import probers
from fener.testing.simulation.jobs import KINDS, Job, JobKind
from fener.testing.simulation.network import Path as Way
from fener.testing.simulation.network import delayed
from fener.testing.simulation.spans import Course, Spans, shared
from fener.testing.simulation.targets import UNREACHED, Attempt, Target, Troubles
from fener.testing.simulation.weather import LocalWeather, Overload, Steps, Weather
from support.nameserver import FakeNameserver
from support.probing import order

some_spans = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))).map(Spans)


def inside(spans: Spans) -> set[int]:
    return {moment for moment in range(-5, 40) if moment in spans}


class TestSpans:
    @given(stretches=st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30))))
    def test_they_hold_what_any_stretch_holds(self, stretches: list[tuple[int, int]]) -> None:
        held = {moment for start, end in stretches for moment in range(start, end)}
        assert inside(Spans(stretches)) == held

    @given(spans=some_spans, moment=st.integers(-5, 40))
    def test_it_is_clear_from_the_first_moment_outside(self, spans: Spans, moment: int) -> None:
        outside = set(range(-5, 50)) - inside(spans)
        assert spans.clear_from(moment) == min(each for each in outside if each >= moment)

    @given(spans=some_spans, window=st.tuples(st.integers(0, 15), st.integers(16, 30)))
    def test_gaps_are_what_is_left_of_a_window(self, spans: Spans, window: tuple[int, int]) -> None:
        gaps = list(spans.gaps(*window))
        assert inside(Spans(gaps)) == set(range(*window)) - inside(spans)
        assert spans.overlap(*window) is bool(set(range(*window)) & inside(spans))
        longest = max((end - start for start, end in gaps), default=0)
        assert (spans.gap_of(longest + 1, *window)) is None
        if longest:
            assert spans.gap_of(longest, *window) in {start for start, _ in gaps}

    @given(all_spans=st.lists(some_spans, max_size=4), by=st.integers(1, 3))
    def test_shared_time_lies_in_enough_of_them(self, all_spans: list[Spans], by: int) -> None:
        counted = [moment for spans in all_spans for moment in inside(spans)]
        assert inside(shared(all_spans, by)) == {one for one in counted if counted.count(one) >= by}

    @given(moments=st.lists(st.integers(0, 20)), asked=st.lists(st.integers(-5, 25)))
    def test_a_course_has_the_value_of_its_last_turn(
        self, moments: list[int], asked: list[int]
    ) -> None:
        turns = [(moment, place) for place, moment in enumerate(sorted(moments))]
        course = Course(-1, turns)
        for moment in asked:
            before = [value for at, value in turns if at <= moment]
            assert course.at(moment) == (before[-1] if before else -1)
            assert course.since <= moment < course.until


class Scripted(Random):
    """Draws what it is given."""

    def __init__(self, *draws: float) -> None:
        super().__init__(0)
        self._draws = list(draws)

    def random(self) -> float:
        return self._draws.pop(0)


HURT, FINE = 0.0, 1.0


class TestPacketLoss:
    WAY = Way(round_trip=20, round_trips=2, loss=0.1)

    @pytest.mark.parametrize(
        ("draws", "took"),
        [
            ((HURT, FINE, FINE), 1_000 + 40),
            ((HURT, HURT, FINE, FINE), 3_000 + 40),
            ((HURT, HURT, HURT, FINE, FINE), 7_000 + 40),
            ((HURT, FINE, HURT, FINE), 1_000 + 3_000 + 40),
            ((0.9, FINE), 1_000 + 40),
            ((0.9, HURT, HURT, FINE), 7_000 + 40),
            ((HURT, HURT, HURT, HURT, FINE, FINE), None),
            ((HURT, HURT, HURT, FINE, HURT, FINE), None),
        ],
    )
    def test_what_is_lost_is_sent_again_later_and_later(
        self, draws: tuple[float, ...], took: Span | None
    ) -> None:
        """The first draw says whether the SYN is the first to be lost; the others, who is next."""
        assert delayed(self.WAY, Scripted(*draws), within=10 * SECOND) == took

    @pytest.mark.parametrize("loss", [0.05, 0.3])
    def test_it_fails_as_often_as_packet_by_packet(self, loss: float) -> None:
        way, random, many = Way(20, 3, loss), Random(1), 40_000
        late = sum(delayed(way, random, 5 * SECOND) is None for _ in range(many))
        plain = sum(fails_packet_by_packet(way, random, 5 * SECOND) for _ in range(many))
        assert late / many * (1 - way.unhurt) == pytest.approx(plain / many, rel=0.25)


def fails_packet_by_packet(way: Way, random: Random, within: Span) -> bool:
    took, wait = 0, SECOND
    for place in range(way.round_trips):
        again = wait
        while random.random() < way.loss or random.random() < way.loss:
            took, again = took + again, 2 * again
            if place == 0:
                wait = 3 * SECOND
        took += way.round_trip
    return took >= within


class TestTargets:
    def test_outages_and_restarts_are_seen_at_their_times_and_nothing_else(self) -> None:
        calm = Troubles(outages_a_day=5, restarts_a_day=5, packets_are_lost=False, losses_a_day=0)
        target = Target(Random(3), NOON, NOON + DAY, calm)
        down = target.outages | target.restarts
        assert len(target.outages) > 1
        assert len(target.restarts) > 1
        for at in range(NOON, NOON + DAY, 777):
            outcome = target.attempt(at, 10 * SECOND).outcome
            assert isinstance(outcome, Failure if at in down else Success)

    def test_checks_fail_at_random_as_often_as_asked(self) -> None:
        by_chance = Troubles(0, 0, 0, fails_at_random=0.1, packets_are_lost=False)
        target = Target(Random(3), NOON, NOON + DAY, by_chance)
        attempts = [target.attempt(NOON + number, SECOND) for number in range(10_000)]
        failed = sum(isinstance(one.outcome, Failure) for one in attempts)
        assert 900 < failed < 1_100


def test_a_clock_is_wrong_from_one_step_to_the_other() -> None:
    steps = Steps([(100, 5_000), (300, -5_000)])
    assert [steps.error(at) for at in (99, 100, 299, 300)] == [0, 5_000, 5_000, 0]
    assert list(steps.wrong) == [(100, 300)]
    assert steps.between(50, 200) == 5_000


@pytest.mark.parametrize("kind", KINDS)
def test_a_bad_run_of_a_job_is_skipped_or_fails_or_takes_too_long(kind: JobKind) -> None:
    often_bad = replace(kind, goes_wrong=0.3)
    job = Job(Random(2), often_bad, NOON, NOON + 60 * kind.period)
    assert [one.at for one in job.pings] == sorted(one.at for one in job.pings)
    ends = [one for one in job.pings if one.action is not PingAction.START]
    skipped = 0
    for bad in job.bad_runs:
        ended = [one for one in ends if 0 <= one.at - bad.begins < kind.period * 9 // 10]
        skipped += not ended
        for one in ended:
            took_too_long = one.at - bad.begins > kind.settings.grace
            assert one.action is PingAction.FAIL or took_too_long
    assert 0 < skipped < len(job.bad_runs)
    assert len(ends) + skipped in {59, 60}


class Meanwhile(Struct, frozen=True):
    """What befalls a prober between a check's first and second half second."""

    stands_still: Span = 0
    sleeps: Span = 0
    waits_before: Span = 0


TIMED_OUT = Reply(28, "", 0, 0, [], Moments(1, 0, 2, 0, 4))
WRONG_STATUS = Reply(0, "", 0, 500, [b"HTTP/1.1 500 No\r\n"], Moments(1, 0, 2, 3, 4))
WRONG = Failure(FailureReason.WRONG_STATUS, "status 500, wanted 200-299")


class TestProbers:
    """The model says what the real prober says."""

    @pytest.mark.parametrize(
        ("meanwhile", "reply", "failure"),
        [
            (Meanwhile(), TIMED_OUT, UNREACHED),
            (Meanwhile(), WRONG_STATUS, WRONG),
            (Meanwhile(stands_still=300), TIMED_OUT, UNREACHED),
            (Meanwhile(stands_still=2_000), TIMED_OUT, UNREACHED),
            (Meanwhile(stands_still=3_000), TIMED_OUT, UNREACHED),
            (Meanwhile(stands_still=3_000), WRONG_STATUS, WRONG),
            (Meanwhile(sleeps=HOUR), TIMED_OUT, UNREACHED),
            (Meanwhile(waits_before=61 * SECOND), TIMED_OUT, UNREACHED),
        ],
    )
    async def test_they_doubt_the_same_failures(
        self, meanwhile: Meanwhile, reply: Reply, failure: Failure
    ) -> None:
        asked = order("http://127.0.0.1/", at=NOON, timeout=10 * SECOND)
        real = await real_outcome(asked, meanwhile, reply)
        played = played_outcome(asked, meanwhile, failure)
        assert type(played) is type(real)
        if isinstance(played, Unknown) and isinstance(real, Unknown):
            assert played.reason is real.reason

    def test_while_the_resolver_is_dead_nothing_is_known(self) -> None:
        dead = LocalWeather(resolver_down=Spans([(NOON, NOON + MINUTE)]))
        outcome = answered(dead, Attempt(Success(), 10)).result.outcome
        assert isinstance(outcome, Unknown)

    def test_an_overloaded_prober_begins_late_and_drops_what_has_expired(self) -> None:
        short = LocalWeather(overloads=(Overload(NOON, NOON + HOUR, 30 * SECOND),))
        begun = answered(short, Attempt(Success(), 10))
        assert begun.begun == NOON + 30 * SECOND + probers.ON_ITS_WAY
        assert isinstance(begun.result.outcome, Success)
        long = LocalWeather(overloads=(Overload(NOON, NOON + HOUR, 90 * SECOND),))
        assert isinstance(answered(long, Attempt(Success(), 10)).result.outcome, Unknown)

    def test_a_location_that_is_cut_off_fails_without_knowing_why(self) -> None:
        cut = LocalWeather(cut_off=Spans([(NOON, NOON + MINUTE)]))
        outcome = answered(cut, Attempt(Success(), 10)).result.outcome
        assert isinstance(outcome, Failure)


class Always(Target):
    def __init__(self, attempt: Attempt) -> None:
        super().__init__(Random(1), NOON, NOON + DAY, Troubles(0, 0, 0))
        self._attempt = attempt

    def attempt(self, at: int, timeout: Span) -> Attempt:
        return self._attempt


def answered(here: LocalWeather, attempt: Attempt) -> probers.Answer:
    asked = order("http://127.0.0.1/", at=NOON, timeout=10 * SECOND)
    return probers.Prober(here, Weather({1: here})).answer(asked, Always(attempt), NOON)


def played_outcome(asked: CheckOrder, meanwhile: Meanwhile, failure: Failure) -> Outcome:
    first = NOON + 500
    here = LocalWeather(stands_still=Spans([(first, first + meanwhile.stands_still)]))
    asleep = Spans([(first, first + meanwhile.sleeps)])
    weather = Weather({1: here}, asleep=asleep)
    took = asked.timeout if failure is UNREACHED else SECOND
    attempt = Always(Attempt(failure, took))
    sent = NOON + meanwhile.waits_before
    return probers.Prober(here, weather).answer(asked, attempt, sent).result.outcome


class HeldWire(Wire):
    """Dials nothing: the one transfer waits until the test says how it ends."""

    def __init__(self) -> None:
        self.ending: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()

    async def send(
        self,
        request: Request,
        address: str,
        within: int,
        sink: Sink,
        *,
        head: list[bytes] | None = None,
        connect_within: int = 0,
    ) -> Reply:
        reply = await self.ending
        if head is not None:
            head += reply.head
        return reply


async def real_outcome(asked: CheckOrder, meanwhile: Meanwhile, reply: Reply) -> Outcome:
    clock, wire = FakeClock(NOON + meanwhile.waits_before), HeldWire()
    nameservers = Nameservers(clock, FakeNameserver().configuration)
    resolver = Resolver(clock, nameservers, HostsFile(clock, Path("/nonexistent")))
    patterns = Patterns(clock)  # asked nothing here, so it starts nothing
    prober = Prober(World(wire, resolver, AddressGuard(), clock, lambda: 0, patterns))
    prober.start()
    probing = asyncio.create_task(prober.probe(asked))
    await clock.advance(500)
    await clock.stall(meanwhile.stands_still)
    await clock.suspend(meanwhile.sleeps)
    await clock.advance(500)
    wire.ending.set_result(reply)
    result = await probing
    await prober.stop()
    return result.outcome
