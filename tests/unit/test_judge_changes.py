"""When records are other than before, one table a belief."""

from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fener.domain.check import CheckResult, Failure, Success, Unknown
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.health import Snapshots
from fener.domain.judgement import Change, Noticed
from fener.domain.kinds import Settings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant
from fener.pipeline.judge.changes import notice_changes

A, B, C = ("A 192.0.2.1",), ("A 192.0.2.2",), ("A 192.0.2.3",)
SETTINGS = DnsSettings(host="shop.test", notice_changes=True)
START = 10 * DAY


def watching(settings: Settings = SETTINGS, *, places: int = 1) -> Monitor:
    return Monitor(
        id=1,
        public_id=UUID(int=1),
        organization_id=1,
        customer_id=1,
        owner_id=1,
        name="Shop",
        settings=settings,
        policy=Policy(),
        location_ids=tuple(range(1, places + 1)),
    )


class Life:
    """One monitor, its answers one after another."""

    def __init__(self, monitor: Monitor | None = None) -> None:
        self.monitor = monitor or watching()
        self.now: Instant = START
        self.snapshots: Snapshots | None = None
        self.last = Noticed(None)
        self._checks = 0

    def sees(
        self, records: tuple[str, ...] | None, times: int = 1, place: int = 1, every: int = MINUTE
    ) -> list[Change]:
        """The changes that are told meanwhile. None is a check that failed."""
        told = []
        for _ in range(times):
            self.now += every
            self._checks += 1
            result = CheckResult(1, place, self.now, self.now, Success(), records=records)
            if records is None:
                failure = Failure(FailureReason.TIMEOUT, "no answer")
                result = replace(result, outcome=failure)
            told += self.hears(result)
        return told

    def hears(self, result: CheckResult) -> list[Change]:
        self.last = notice_changes(self.monitor, self.snapshots, result, self._checks)
        # As it is kept: what cannot be stored and read again is not remembered.
        kept = msgspec.json.encode(self.last.snapshots)
        self.snapshots = msgspec.json.decode(kept, type=Snapshots | None)
        return [self.last.change] if self.last.change else []

    def believed(self, place: int = 1) -> tuple[str, ...]:
        assert self.snapshots is not None
        return self.snapshots.answers[place].records


def test_the_first_answer_is_learned_and_not_told() -> None:
    life = Life()
    assert life.sees(A, 5) == []
    assert life.believed() == A


def test_a_change_is_told_once_with_what_is_new_and_what_was_before() -> None:
    life = Life()
    life.sees(A, 2)
    (change,) = life.sees(B, 20)
    assert change.failure.message == (
        "the records of shop.test are A 192.0.2.2, before A 192.0.2.1"
    )
    assert (change.start.at, change.start.id, change.checks) == (START + 3 * MINUTE, 3, 3)
    assert life.believed() == B


def test_the_way_back_is_another_change() -> None:
    life = Life()
    life.sees(A)
    assert [len(life.sees(one, 5)) for one in (B, A, C)] == [1, 1, 1]


@pytest.mark.parametrize(("checks", "told"), [(1, 0), (2, 0), (3, 1)])
def test_a_change_is_confirmed_by_as_many_checks_as_a_failure(checks: int, told: int) -> None:
    life = Life()
    life.sees(A)
    assert len(life.sees(B, checks)) == told


def test_one_strange_answer_is_forgotten_with_the_next_usual_one() -> None:
    life = Life()
    life.sees(A)
    for _ in range(2):
        assert life.sees(B, 2) == []
        assert life.sees(A, 1) == []


def test_a_doubt_asks_for_a_quick_recheck_until_it_is_settled() -> None:
    life = Life()
    life.sees(A)
    assert life.last.recheck_at is None
    asked = []
    for _ in range(3):
        life.sees(B)
        asked.append(life.last.recheck_at == life.now + 10 * SECOND)
    assert asked == [True, True, False]


def test_checks_that_failed_or_say_nothing_move_nothing() -> None:
    life = Life()
    life.sees(A)
    life.sees(B, 2)
    before = life.snapshots
    life.sees(None, 3)
    unknown = Unknown(UnknownReason.RESOLVER_DOWN, "ours")
    life.hears(CheckResult(1, 1, life.now + 1, life.now + 1, unknown))
    assert life.snapshots == before
    assert len(life.sees(B)) == 1


def test_who_does_not_want_to_hear_of_it_has_nothing_remembered() -> None:
    life = Life()
    life.sees(A)
    for settings in (DnsSettings(host="shop.test"), HttpSettings(url="http://shop.test/")):
        life.monitor = watching(settings)
        assert life.sees(B, 5) == []
        assert life.snapshots is None


def test_another_question_is_no_change_of_records() -> None:
    life = Life()
    life.sees(A)
    life.monitor = watching(DnsSettings(host="other.test", notice_changes=True))
    assert life.sees(B, 5) == []
    assert life.believed() == B


def test_the_same_change_seen_from_two_locations_is_told_once() -> None:
    life = Life(watching(places=2))
    life.sees(A, 2, place=1)
    life.sees(A, 2, place=2)
    assert len(life.sees(B, 3, place=1)) == 1
    assert life.sees(A, 2, place=2) == []
    assert life.sees(B, 5, place=2) == []
    assert (life.believed(1), life.believed(2)) == (B, B)


def test_the_way_back_is_told_even_where_another_location_never_left() -> None:
    life = Life(watching(places=2))
    life.sees(A, place=1)
    life.sees(A, place=2)
    assert len(life.sees(B, 3, place=1)) == 1
    assert len(life.sees(A, 3, place=1)) == 1
    assert life.sees(A, 3, place=2) == []


def test_locations_with_answers_of_their_own_alarm_nobody() -> None:
    life = Life(watching(places=2))
    for _ in range(20):
        assert life.sees(A, place=1) == []
        assert life.sees(B, place=2) == []


def test_a_location_that_moves_to_what_another_has_long_had_is_told() -> None:
    life = Life(watching(places=2))
    life.sees(A, place=1)
    life.sees(C, place=2)
    assert len(life.sees(B, 3, place=1)) == 1
    life.now += 2 * DAY
    assert len(life.sees(B, 3, place=2)) == 1


def test_a_location_that_is_used_no_more_is_forgotten() -> None:
    life = Life(watching(places=2))
    life.sees(A, place=1)
    life.sees(B, place=2)
    life.monitor = watching()
    life.sees(A)
    assert life.snapshots is not None
    assert set(life.snapshots.answers) == {1}


@pytest.mark.parametrize("each", [1, 2, 3, 5])
def test_answers_that_alternate_are_told_a_few_times_and_then_not_any_more(each: int) -> None:
    life = Life()
    told = [len(life.sees((A, B)[turn % 2], each)) for turn in range(60)]
    assert sum(told) <= 6
    assert sum(told[8:]) == 0


def test_answers_that_alternate_cost_no_rechecks() -> None:
    life = Life()
    for turn in range(20):
        life.sees((A, B)[turn % 2])
    assert life.last.recheck_at is None


def test_of_answers_that_alternate_a_change_is_told_when_it_has_held() -> None:
    life = Life()
    for turn in range(21):
        life.sees((A, B)[turn % 2])
    assert life.sees(C, 30) == []
    (change,) = life.sees(C)
    assert "A 192.0.2.3, before A 192.0.2.1" in change.failure.message


def test_three_failovers_a_day_are_all_told() -> None:
    life = Life()
    life.sees(A)
    assert [len(life.sees(one, 60)) for one in (B, A) * 3] == [1] * 6


def test_what_alternated_once_is_calm_again_after_a_day() -> None:
    life = Life()
    for turn in range(21):
        life.sees((A, B)[turn % 2])
    life.sees(A, 25, every=HOUR)
    assert len(life.sees(B, 3)) == 1


@pytest.mark.parametrize(
    ("new", "got", "wanted"),
    [
        (("A 192.0.2.1", "A 192.0.2.3"), "A 192.0.2.3", "A 192.0.2.2"),
        (("A 192.0.2.1",), "A 192.0.2.1", "A 192.0.2.2, A 192.0.2.1"),
        (
            ("A 192.0.2.1", "A 192.0.2.2", "MX 1 a"),
            "MX 1 a, A 192.0.2.1, A 192.0.2.2",
            "A 192.0.2.1, A 192.0.2.2",
        ),
    ],
    ids=["in place of another", "gone", "come"],
)
def test_people_read_what_differs_where_one_stands_for_another_else_all(
    new: tuple[str, ...], got: str, wanted: str
) -> None:
    life = Life()
    life.sees(("A 192.0.2.1", "A 192.0.2.2"))
    (change,) = life.sees(new, 3)
    assert change.failure.facts is not None
    assert (change.failure.facts.got, change.failure.facts.wanted) == (got, wanted)


def test_what_is_new_stands_first_in_a_long_list() -> None:
    many = tuple(f"A 192.0.2.{number}" for number in range(10, 40))
    life = Life()
    life.sees(many)
    (change,) = life.sees((*many, "A 198.51.100.9"), 3)
    assert change.failure.facts is not None
    assert change.failure.facts.got.startswith("A 198.51.100.9, A 192.0.2.10")
    assert change.failure.facts.got.endswith("and 21 more")


@given(st.lists(st.tuples(st.sampled_from([A, B, C, None]), st.integers(1, 2)), max_size=80))
def test_what_holds_is_told_in_the_end_and_nothing_is_told_twice(
    steps: list[tuple[tuple[str, ...] | None, int]],
) -> None:
    life = Life(watching(places=2))
    heard: list[Change] = []
    for place in (1, 2):
        life.sees(A, place=place)
    for records, place in steps:
        heard += life.sees(records, place=place)
        assert life.snapshots is not None
        assert all(len(one.moves) <= 7 for one in life.snapshots.answers.values())
    for place in (1, 2):
        heard += life.sees(B, 40, place=place)
    assert (life.believed(1), life.believed(2)) == (B, B)
    assert life.sees(B, 40) == []
    if heard:
        assert heard[-1].failure.message.startswith("the records of shop.test are A 192.0.2.2")
    assert all(
        one.failure.facts and one.failure.facts.got != one.failure.facts.wanted for one in heard
    )
