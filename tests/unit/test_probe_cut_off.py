"""A wave of failures is believed only where it is not this prober that is cut off."""

import asyncio
from collections.abc import Sequence

import pytest

from fener.domain.check import CheckResult, Evidence, Failure, Outcome, Success, Timings, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.time import HOUR, MINUTE, SECOND, Span
from fener.pipeline.probe.cut_off import PATIENCE, Asked, CutOff
from fener.pipeline.probe.trials import Findings, Question
from fener.pipeline.probe.whereabouts import Route, Whereabouts
from fener.testing.clock import FakeClock

TIMEOUT: Span = 10 * SECOND
TIMED_OUT = Failure(FailureReason.CONNECTION_TIMEOUT, "no connection within 10 s")
SITES = tuple(f"{number}.1.1.1:443" for number in (11, 12, 13, 14, 15, 16))
HOSTS = tuple(f"192.168.1.{number}:80" for number in (1, 2, 3, 4))


class ScriptedTrials:
    """Finds what a test says, and keeps what it was asked."""

    def __init__(self) -> None:
        self.is_cut = False
        """Nobody asked answers any more."""
        self.reaches: bool | None = None
        """What the resolver says; None while it does not end in time."""
        self.link_is_cut = False
        self.router_is_heard = False
        self.silent_references = 0
        self.takes: Span = 0
        self.asked: list[Question] = []
        self.names_asked = 0
        self.clock: FakeClock | None = None

    async def run(self, question: Question, within: Span) -> Findings:
        self.asked.append(question)
        if self.clock is not None:
            await self.clock.sleep(min(self.takes, within))
        others = list(question.others)
        return Findings(
            heard=[] if self.is_cut else others,
            silent=others if self.is_cut else [],
            silent_references=self.silent_references,
            names=self.reaches if question.wants_names else None,
            is_router_heard=self.router_is_heard,
        )

    async def names(self, within: Span) -> bool:
        self.names_asked += 1
        return self.reaches is True

    def is_link_cut(self, target: Whereabouts) -> bool:
        return self.link_is_cut


class Watching:
    """A guard, and checks that end as a test wants."""

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.trials = ScriptedTrials()
        self.trials.clock = self.clock
        self.cut_off = CutOff(self.trials, self.clock)
        self.timings = Timings(total=2, connect=1)
        self.upside_down = False

    def result(self, outcome: Outcome, address: str) -> CheckResult:
        now = self.clock.now()
        return CheckResult(
            monitor_id=1,
            location_id=1,
            at=now,
            finished_at=now,
            outcome=outcome,
            timings=self.timings,
            evidence=Evidence(address=address),
        )

    def answers(self, *addresses: str, outcome: Outcome | None = None) -> None:
        for address in addresses:
            self.cut_off.heard(self.result(outcome or Success(), address))

    async def weighed(self, address: str, failure: Failure = TIMED_OUT) -> Outcome:
        began = self.clock.monotonic() - TIMEOUT
        asked = Asked("shop.example", began, TIMEOUT, upside_down=self.upside_down)
        return (await self.cut_off.weighed(self.result(failure, address), asked)).outcome

    async def fails(self, address: str, failure: Failure = TIMED_OUT) -> Outcome:
        """What becomes of a failure that took the whole timeout."""
        (outcome,) = await self.fail_together([address], failure)
        return outcome

    async def fail_together(
        self, addresses: Sequence[str], failure: Failure = TIMED_OUT
    ) -> list[Outcome]:
        weighing = [asyncio.create_task(self.weighed(one, failure)) for one in addresses]
        await self.clock.settle()
        while not all(one.done() for one in weighing):
            await self.clock.advance(100)
        return [await one for one in weighing]

    async def all_fail(self, addresses: Sequence[str]) -> list[Outcome]:
        return [await self.fails(address) for address in addresses]

    async def knows_names(self) -> None:
        """The resolver reached beyond itself while a target answered."""
        self.trials.reaches = True
        self.answers(SITES[0])
        await self.clock.settle()
        await self.clock.advance(MINUTE)

    @property
    def cuts(self) -> list[Route]:
        return [cut.route for cut in self.cut_off.cuts()]


@pytest.fixture
def watching() -> Watching:
    return Watching()


def is_ours(outcome: Outcome, reason: UnknownReason = UnknownReason.NETWORK_DOWN) -> bool:
    return isinstance(outcome, Unknown) and outcome.reason is reason


class TestOneTarget:
    async def test_alone_and_with_nobody_to_ask_it_is_believed(self, watching: Watching) -> None:
        for _ in range(5):
            assert await watching.fails(SITES[0]) == TIMED_OUT
            await watching.clock.advance(10 * SECOND)
        assert watching.cuts == []

    async def test_while_the_resolver_reaches_beyond_itself_it_is_believed(
        self, watching: Watching
    ) -> None:
        await watching.knows_names()
        assert await watching.fails(SITES[0]) == TIMED_OUT

    async def test_when_the_resolver_lost_its_way_too_it_is_ours(self, watching: Watching) -> None:
        await watching.knows_names()
        watching.trials.reaches = False
        outcome = await watching.fails(SITES[0])
        assert is_ours(outcome)
        assert isinstance(outcome, Unknown)
        assert "its resolver reaches nobody" in outcome.message
        assert "no connection within 10 s" in outcome.message
        assert watching.cuts == [Route.PUBLIC_V4]
        watching.answers(SITES[0])
        assert watching.cuts == []

    async def test_a_resolver_that_never_reached_anybody_excuses_nobody(
        self, watching: Watching
    ) -> None:
        watching.trials.reaches = False
        watching.answers(SITES[0])
        await watching.clock.advance(MINUTE)
        assert await watching.fails(SITES[0]) == TIMED_OUT

    async def test_is_ours_when_the_cable_is_out(self, watching: Watching) -> None:
        watching.trials.link_is_cut = True
        assert is_ours(await watching.fails(HOSTS[0]))

    async def test_is_ours_when_the_references_are_silent(self, watching: Watching) -> None:
        watching.trials.silent_references = 2
        assert is_ours(await watching.fails(SITES[0]))

    async def test_on_this_machine_is_believed_without_a_question(self, watching: Watching) -> None:
        watching.trials.link_is_cut = True
        assert await watching.fails("127.0.0.1:80") == TIMED_OUT
        assert watching.trials.asked == []


class TestOthers:
    async def test_one_that_was_heard_meanwhile_settles_it_without_a_question(
        self, watching: Watching
    ) -> None:
        watching.answers(SITES[1])
        assert await watching.fails(SITES[0]) == TIMED_OUT
        assert watching.trials.asked == []

    async def test_heard_early_in_the_wait_says_nothing_of_its_end(
        self, watching: Watching
    ) -> None:
        watching.answers(SITES[1])
        await watching.clock.advance(6 * SECOND)
        await watching.fails(SITES[0])
        assert len(watching.trials.asked) == 1

    async def test_heard_on_another_route_says_nothing(self, watching: Watching) -> None:
        watching.answers("127.0.0.1:80", HOSTS[0], "[2606:4700::1]:443")
        await watching.fails(SITES[0])
        assert len(watching.trials.asked) == 1

    @pytest.mark.parametrize(
        ("reason", "is_heard"),
        [
            (FailureReason.WRONG_STATUS, True),
            (FailureReason.TLS_EXPIRED, True),
            (FailureReason.CONNECTION_REFUSED, False),
            (FailureReason.NAME_NOT_FOUND, False),
            (FailureReason.TIMEOUT, False),
        ],
    )
    async def test_a_failure_is_evidence_where_it_is_an_answer_from_afar(
        self, watching: Watching, reason: FailureReason, *, is_heard: bool
    ) -> None:
        watching.answers(SITES[1], outcome=Failure(reason, ""))
        await watching.fails(SITES[0])
        assert (watching.trials.asked == []) is is_heard

    async def test_asked_and_heard_they_make_it_the_targets_fault(self, watching: Watching) -> None:
        watching.answers(*SITES[1:3])
        await watching.clock.advance(MINUTE)
        assert await watching.fails(SITES[0]) == TIMED_OUT
        (question,) = watching.trials.asked
        assert {one.address for one in question.others} == {"12.1.1.1", "13.1.1.1"}

    async def test_asked_and_silent_they_make_it_ours(self, watching: Watching) -> None:
        watching.answers(*SITES[1:3])
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert is_ours(await watching.fails(SITES[0]))

    async def test_who_takes_no_connections_is_heard_but_not_asked(
        self, watching: Watching
    ) -> None:
        """A name server answers by UDP, a router to a ping."""
        watching.timings = Timings(total=2, dns=2)
        watching.answers(*SITES[1:4])
        assert await watching.fails(SITES[0]) == TIMED_OUT
        assert watching.trials.asked == []
        await watching.clock.advance(MINUTE)
        assert await watching.fails(SITES[0]) == TIMED_OUT
        (question,) = watching.trials.asked
        assert list(question.others) == []

    async def test_one_other_that_is_silent_is_not_enough(self, watching: Watching) -> None:
        watching.answers(SITES[1])
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert await watching.fails(SITES[0]) == TIMED_OUT

    async def test_those_that_went_down_before_do_not_excuse_the_last_one(
        self, watching: Watching
    ) -> None:
        watching.answers(*SITES[:3])
        for down in SITES[:2]:
            await watching.clock.advance(10 * SECOND)
            watching.answers(SITES[2])
            assert await watching.fails(down) == TIMED_OUT
        await watching.clock.advance(10 * SECOND)
        watching.trials.is_cut = True
        for one in (SITES[0], SITES[1], SITES[2]):
            assert await watching.fails(one) == TIMED_OUT


class TestWaves:
    async def test_many_unrelated_ones_are_silent_until_somebody_is_heard(
        self, watching: Watching
    ) -> None:
        watching.answers(*SITES)
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert all(map(is_ours, await watching.all_fail(SITES)))
        await watching.clock.advance(HOUR)
        assert all(map(is_ours, await watching.all_fail(SITES[:2])))
        assert watching.cuts == [Route.PUBLIC_V4]
        watching.trials.is_cut = False
        watching.answers(SITES[5])
        assert watching.cuts == []
        assert await watching.fails(SITES[0]) == TIMED_OUT

    async def test_a_data_centre_that_is_down_is_believed_while_the_way_is_free(
        self, watching: Watching
    ) -> None:
        await watching.knows_names()
        watching.answers(*SITES)
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert await watching.all_fail(SITES) == [TIMED_OUT] * len(SITES)
        assert watching.cuts == []
        assert len(watching.trials.asked) == 1

    async def test_a_resolver_that_never_reached_anybody_is_not_given_as_the_reason(
        self, watching: Watching
    ) -> None:
        watching.trials.reaches = False
        watching.trials.is_cut = True
        outcome = (await watching.all_fail(SITES))[-1]
        assert isinstance(outcome, Unknown)
        assert "nothing to do with one another" in outcome.message

    async def test_who_should_be_silent_has_no_voice(self, watching: Watching) -> None:
        watching.upside_down = True
        assert await watching.all_fail(SITES) == [TIMED_OUT] * len(SITES)

    async def test_who_should_be_silent_is_not_believed_either_while_we_are_cut_off(
        self, watching: Watching
    ) -> None:
        watching.answers(*SITES[:3])
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        watching.upside_down = True
        assert is_ours(await watching.fails(SITES[4]))

    async def test_hosts_of_one_network_are_one_voice(self, watching: Watching) -> None:
        addresses = [f"11.1.{number}.1:443" for number in range(9)]
        watching.answers(*addresses)
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert await watching.all_fail(addresses) == [TIMED_OUT] * len(addresses)

    async def test_a_private_network_is_ours_until_its_router_is_heard(
        self, watching: Watching
    ) -> None:
        watching.answers(*HOSTS)
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert all(map(is_ours, await watching.all_fail(HOSTS)))
        await watching.clock.advance(MINUTE)
        watching.trials.router_is_heard = True
        assert await watching.all_fail(HOSTS) == [TIMED_OUT] * len(HOSTS)
        assert watching.trials.asked[-1].quiet >= MINUTE

    async def test_ipv6_alone_may_be_cut(self, watching: Watching) -> None:
        await watching.knows_names()
        sites = [f"[{number}::1]:443" for number in (2600, 2601, 2602)]
        watching.answers(*sites)
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        assert all(map(is_ours, await watching.all_fail(sites)))
        watching.trials.is_cut = False
        assert await watching.fails(SITES[0]) == TIMED_OUT
        assert watching.cuts == [Route.PUBLIC_V6]

    async def test_a_cut_of_which_nothing_was_heard_for_long_is_told_no_more(
        self, watching: Watching
    ) -> None:
        watching.trials.link_is_cut = True
        await watching.fails(SITES[0])
        await watching.clock.advance(14 * MINUTE)
        assert watching.cuts == [Route.PUBLIC_V4]
        await watching.clock.advance(2 * MINUTE)
        assert watching.cuts == []


class TestNames:
    FAILED = Failure(FailureReason.NAME_LOOKUP_FAILED, "the name servers fail")

    async def test_a_look_up_is_believed_to_have_failed_while_others_can_be_made(
        self, watching: Watching
    ) -> None:
        await watching.knows_names()
        assert await watching.fails("", self.FAILED) == self.FAILED

    async def test_a_resolver_that_knows_only_what_it_knew_is_ours(
        self, watching: Watching
    ) -> None:
        await watching.knows_names()
        watching.trials.reaches = False
        outcome = await watching.fails("", self.FAILED)
        assert is_ours(outcome, UnknownReason.RESOLVER_DOWN)
        assert watching.cuts == [Route.NAMES]

    async def test_a_target_that_is_heard_does_not_prove_the_resolvers_way(
        self, watching: Watching
    ) -> None:
        await watching.knows_names()
        watching.trials.reaches = False
        watching.answers(*SITES)
        assert is_ours(await watching.fails("", self.FAILED), UnknownReason.RESOLVER_DOWN)

    async def test_the_resolver_is_tried_once_an_hour_and_only_for_targets_on_the_internet(
        self, watching: Watching
    ) -> None:
        watching.trials.reaches = True
        watching.answers("127.0.0.1:80", HOSTS[0])
        await watching.clock.advance(1)
        assert watching.trials.names_asked == 0
        for _ in range(120):
            watching.answers(SITES[0])
            await watching.clock.advance(MINUTE)
        assert watching.trials.names_asked == 2

    async def test_a_resolver_that_is_mended_counts_again_soon(self, watching: Watching) -> None:
        watching.trials.reaches = False
        for _ in range(12):
            watching.answers(SITES[0])
            await watching.clock.advance(MINUTE)
        assert watching.trials.names_asked == 3


class TestWaiting:
    async def test_a_trial_that_hangs_delays_a_result_by_less_than_a_second(
        self, watching: Watching
    ) -> None:
        watching.trials.takes = HOUR
        began = watching.clock.monotonic()
        assert await watching.fails(SITES[0]) == TIMED_OUT
        assert watching.clock.monotonic() - began <= PATIENCE < SECOND

    async def test_a_wave_asks_once_for_all_that_wait_together(self, watching: Watching) -> None:
        watching.answers(*SITES)
        await watching.clock.advance(MINUTE)
        watching.trials.is_cut = True
        watching.trials.takes = 500
        assert all(map(is_ours, await watching.fail_together(SITES)))
        assert len(watching.trials.asked) == 1

    async def test_while_cut_off_nobody_waits_for_another_trial_within_moments(
        self, watching: Watching
    ) -> None:
        watching.trials.link_is_cut = True
        await watching.all_fail(SITES)
        assert len(watching.trials.asked) == 1
        await watching.clock.advance(3 * SECOND)
        await watching.fails(SITES[0])
        assert len(watching.trials.asked) == 2

    async def test_it_stops_in_the_midst_of_a_trial(self, watching: Watching) -> None:
        watching.trials.takes = HOUR
        weighing = asyncio.create_task(watching.weighed(SITES[0]))
        await watching.clock.settle()
        await watching.cut_off.stop()
        assert await weighing == TIMED_OUT


@pytest.mark.parametrize(
    "reason",
    [
        FailureReason.CONNECTION_REFUSED,
        FailureReason.WRONG_STATUS,
        FailureReason.TLS_EXPIRED,
        FailureReason.NO_RESPONSE,
    ],
)
async def test_a_failure_that_no_cut_explains_is_never_doubted(
    watching: Watching, reason: FailureReason
) -> None:
    watching.trials.link_is_cut = True
    failure = Failure(reason, "so it is")
    assert await watching.fails(SITES[0], failure) == failure
    assert watching.trials.asked == []
