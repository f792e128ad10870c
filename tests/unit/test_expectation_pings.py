"""What pings and silence say of a job's runs. Each story is a timeline in minutes."""

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Struct

from fener.domain.check import Failure, Success
from fener.domain.expectation import (
    after_silence,
    excused,
    heard,
    rescheduled,
    rewound,
    silence,
    span_text,
)
from fener.domain.failure import Facts, FailureReason
from fener.domain.health import Runs
from fener.domain.heartbeat import DeafPeriod, Ping, PingAction
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.time import HOUR, MINUTE, SECOND, Instant
from fener.domain.timetable import next_time

MIDNIGHT: Instant = 1_767_225_600_000
"""2026-01-01 00:00:00 UTC, minute 0 of every story."""
HOURLY = HeartbeatSettings(EveryInterval(60 * MINUTE), grace=10 * MINUTE)
ON_THE_HOUR = HeartbeatSettings(CronSchedule("0 * * * *"), grace=10 * MINUTE)
ONCE = HeartbeatSettings(CalendarSchedule("2026-01-01 01:00"), grace=10 * MINUTE)
WORDS = {"ok": PingAction.SUCCESS, "start": PingAction.START, "log": PingAction.LOG}


class Told(Struct):
    """What a story came to."""

    runs: Runs = Runs()
    outcomes: list[str] = []
    durations: list[int | None] = []

    @property
    def due(self) -> int | None:
        return None if self.runs.due_at is None else minute(self.runs.due_at)

    @property
    def expected(self) -> int | None:
        return None if self.runs.expected_at is None else minute(self.runs.expected_at)


def minute(instant: Instant) -> int:
    return (instant - MIDNIGHT) // MINUTE


def at(minutes: int) -> Instant:
    return MIDNIGHT + minutes * MINUTE


def ping(when: Instant, text: str) -> Ping:
    """`ok`, `start A` (with a run id), `log`, `fail`, or an exit status."""
    word, _, run_id = text.partition(" ")
    status = int(word) if word.isdigit() else None
    action = WORDS.get(word, PingAction.FAIL)
    return Ping(1, when, action, exit_status=status, run_id=run_id or None)


def tell(story: str, settings: HeartbeatSettings = HOURLY, until: int = 0) -> Told:
    """Play a story `0 ok, 30 start A, 35 ok A`, silence included, to its end or `until`."""
    told = Told()
    for event in story.split(", ") if story else []:
        minutes, _, text = event.partition(" ")
        _wait(told, settings, at(int(minutes)))
        result = heard(told.runs, settings, ping(at(int(minutes)), text))
        told.runs = result.runs
        if result.outcome is not None:
            _note(told, int(minutes), result.outcome)
            told.durations.append(result.duration and result.duration // MINUTE)
    _wait(told, settings, at(until) + 1)
    return told


def _wait(told: Told, settings: HeartbeatSettings, now: Instant) -> None:
    while told.runs.due_at is not None and told.runs.due_at < now:
        _note(told, minute(told.runs.due_at), silence(told.runs, settings))
        told.runs = after_silence(told.runs, settings)


def _note(told: Told, minutes: int, outcome: Success | Failure) -> None:
    word = outcome.reason.value if isinstance(outcome, Failure) else "success"
    told.outcomes.append(f"{minutes} {word}")


def test_before_the_first_ping_nothing_is_expected() -> None:
    told = tell("", until=100_000)
    assert (told.expected, told.due, told.outcomes) == (None, None, [])


# story, until, outcomes, when the next run is expected, when silence becomes a failure
STORIES = [
    ("0 ok", 0, "0 success", 60, 70),
    ("0 ok, 55 ok", 55, "0 success, 55 success", 115, 125),
    ("0 ok, 69 ok", 69, "0 success, 69 success", 129, 139),
    ("0 ok", 70, "0 success, 70 run_missed", 120, 130),
    # Each missed run counts once, at its own time.
    ("0 ok", 195, "0 success, 70 run_missed, 130 run_missed, 190 run_missed", 240, 250),
    ("0 ok, 200 ok", 200, "0 success, 70 run_missed, 130 run_missed, 190 run_missed, 200 success",
     260, 270),
    # A reported failure is a result like a success: the next run is awaited from it.
    ("0 ok, 30 fail", 30, "0 success, 30 run_failed", 90, 100),
    ("0 fail", 70, "0 run_failed, 70 run_missed", 120, 130),
    ("0 3", 0, "0 run_failed", 60, 70),
    # A log changes nothing.
    ("0 log", 500, "", None, None),
    ("0 ok, 69 log", 70, "0 success, 70 run_missed", 120, 130),
    # A start is no report; from it, the run has the grace to end.
    ("0 start", 0, "", None, 10),
    ("0 start", 10, "10 run_too_long", 70, 80),
    ("0 start, 9 ok", 9, "9 success", 69, 79),
    ("0 ok, 30 start", 30, "0 success", 60, 40),
    ("0 ok, 30 start, 35 ok", 35, "0 success, 35 success", 95, 105),
    ("0 ok, 30 start, 35 fail", 35, "0 success, 35 run_failed", 95, 105),
    ("0 ok, 30 start, 35 log", 40, "0 success, 40 run_too_long", 100, 110),
    ("0 ok, 60 start", 60, "0 success", 60, 70),
    ("0 ok, 65 start", 65, "0 success", 60, 75),
    ("0 ok, 65 start, 74 ok", 74, "0 success, 74 success", 134, 144),
    # One run too long is one failure, and the next run is awaited as ever.
    ("0 ok, 65 start", 140, "0 success, 75 run_too_long", 135, 145),
    ("0 ok, 65 start", 145, "0 success, 75 run_too_long, 145 run_missed", 195, 205),
    ("0 ok, 30 start, 90 ok", 90, "0 success, 40 run_too_long, 90 success", 150, 160),
    # A job that starts over and over, and never ends, is found out.
    ("0 ok, 30 start, 35 start", 39, "0 success", 60, 40),
    ("0 ok, 30 start, 35 start, 39 start", 40, "0 success, 40 run_too_long", 100, 110),
    ("0 start, 5 start, 15 start, 20 start", 25, "10 run_too_long, 25 run_too_long", 85, 95),
    # A start after the silence was due does not undo it, and begins its own grace.
    ("0 ok, 70 start", 70, "0 success, 70 run_missed", 120, 80),
    ("0 ok, 75 start", 85, "0 success, 70 run_missed, 85 run_too_long", 145, 155),
]  # fmt: skip


@pytest.mark.parametrize(("story", "until", "outcomes", "expected", "due"), STORIES)
def test_an_interval_expects_each_run_from_the_one_before(
    story: str, until: int, outcomes: str, expected: int | None, due: int | None
) -> None:
    told = tell(story, until=until)
    assert ", ".join(told.outcomes) == outcomes
    assert (told.expected, told.due) == (expected, due)


@pytest.mark.parametrize(
    ("story", "until", "outcomes", "expected", "due"),
    [
        ("5 ok", 69, "5 success", 60, 70),
        ("5 ok", 70, "5 success, 70 run_missed", 120, 130),
        ("5 ok, 59 ok", 69, "5 success, 59 success", 60, 70),
        ("5 ok, 61 ok", 61, "5 success, 61 success", 120, 130),
        ("5 ok", 250, "5 success, 70 run_missed, 130 run_missed, 190 run_missed, 250 run_missed",
         300, 310),
        # Too long, across the next time or before it: no run is counted twice, none is lost.
        ("5 ok, 59 start", 69, "5 success, 69 run_too_long", 120, 130),
        ("5 ok, 20 start", 30, "5 success, 30 run_too_long", 60, 70),
        ("5 ok, 65 start", 75, "5 success, 75 run_too_long", 120, 130),
    ],
)  # fmt: skip
def test_a_cron_schedule_expects_each_run_at_its_own_time(
    story: str, until: int, outcomes: str, expected: int, due: int
) -> None:
    told = tell(story, ON_THE_HOUR, until)
    assert ", ".join(told.outcomes) == outcomes
    assert (told.expected, told.due) == (expected, due)


def test_a_schedule_that_is_over_expects_nothing_more_but_still_the_end_of_a_run() -> None:
    assert tell("5 ok", ONCE, until=70).outcomes == ["5 success", "70 run_missed"]
    assert tell("5 ok, 61 ok", ONCE, until=9_999).runs.due_at is None
    assert tell("5 ok, 61 ok, 90 start", ONCE, until=100).outcomes[2:] == ["100 run_too_long"]


@pytest.mark.parametrize(
    ("story", "durations", "runs_on"),
    [
        ("0 start, 4 ok", [4], False),
        ("0 start A, 4 ok A", [4], False),
        ("0 start A, 4 fail A", [4], False),
        # Another run's success leaves this one running, another's failure ends it all.
        ("0 start A, 4 ok B", [None], True),
        ("0 start, 4 ok B", [None], True),
        ("0 start A, 4 ok B, 6 ok A", [None, 6], False),
        ("0 start A, 4 fail B", [None], False),
        # Without an id a success ends whatever runs, but whose duration that was is not known.
        ("0 start A, 4 ok", [None], False),
        ("0 start A, 2 start B, 5 ok A", [None], True),
        ("0 start A, 2 start B, 5 ok A, 9 ok B", [None, 7], False),
        ("0 start A, 4 log A, 6 ok A", [6], False),
        # Even the run that was too long tells its duration in the end.
        ("0 start A, 50 ok A", [50], False),
        ("0 ok, 5 ok", [None, None], False),
    ],
)
def test_a_run_is_timed_by_its_id(
    story: str,
    durations: list[int | None],
    runs_on: bool,  # noqa: FBT001 - a table's column
) -> None:
    told = tell(story)
    assert told.durations == durations
    assert (told.runs.started_at is not None) is runs_on


def test_another_runs_success_leaves_the_deadline_of_the_one_that_runs() -> None:
    told = tell("0 start A, 2 start B, 5 ok A")
    assert (told.due, told.expected) == (12, 65)
    assert tell("0 start A, 2 start B, 5 ok A", until=12).outcomes[1:] == ["12 run_too_long"]


def test_only_reports_count_as_the_last_ping() -> None:
    assert tell("0 ok, 8 fail, 9 start, 10 log").runs.last_ping_at == at(8)
    assert tell("0 ok", until=300).runs.last_ping_at == at(0)


def test_failures_say_what_happened_in_sentences() -> None:
    def said(outcome: Success | Failure | None) -> tuple[str, Facts | None]:
        assert isinstance(outcome, Failure)
        return outcome.message, outcome.facts

    def reported(action: str) -> tuple[str, Facts | None]:
        return said(heard(Runs(), HOURLY, ping(at(0), action)).outcome)

    grace = Facts(waited=10 * MINUTE)
    assert reported("fail") == ("the job reported a failure", Facts())
    assert reported("127") == ("the job ended with exit status 127", Facts(got="exit 127"))
    missed = silence(tell("0 ok").runs, HOURLY)
    assert said(missed) == ("no ping within 10 minutes of the expected time", grace)
    long = silence(tell("0 start").runs, HOURLY)
    assert said(long) == ("the run did not end within 10 minutes of its start", grace)


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (SECOND, "1 second"),
        (90 * SECOND, "1 minute 30 seconds"),
        (24 * HOUR, "1 day"),
        (50 * HOUR + 1, "2 days 2 hours"),
        (1_500, "1 second 500 milliseconds"),
        (0, "no time"),
    ],
)
def test_spans_read_as_people_say_them(span: int, text: str) -> None:
    assert span_text(span) == text


def deaf(*spans: tuple[int, int]) -> Sequence[DeafPeriod]:
    return [DeafPeriod(at(start), at(end), "not running") for start, end in spans]


# story, deaf minutes; then the new expectation and deadline, or None where the silence counts
EXCUSES = [
    # Whatever part of the wait was deaf, the report may have come in it.
    (HOURLY, "0 ok", [(55, 75)], (135, 145)),
    (HOURLY, "0 ok", [(10, 11)], (71, 81)),
    (HOURLY, "0 ok", [(10, 11), (20, 25)], (85, 95)),
    (HOURLY, "0 ok", [(69, 200)], (260, 270)),
    # Before the wait, or when it was over: the silence was observed.
    (HOURLY, "0 ok", [(-30, 0)], None),
    (HOURLY, "0 ok", [(70, 80)], None),
    (HOURLY, "0 ok", [], None),
    # A fixed time is not moved by what came before it, so only its own wait matters.
    (ON_THE_HOUR, "5 ok", [(10, 50)], None),
    (ON_THE_HOUR, "5 ok", [(10, 61)], (120, 130)),
    (ON_THE_HOUR, "5 ok", [(65, 66)], (120, 130)),
    (ON_THE_HOUR, "5 ok", [(65, 400)], (420, 430)),
    (ON_THE_HOUR, "5 ok", [(10, 50), (69, 71)], (120, 130)),
    (ONCE, "5 ok", [(61, 62)], (None, None)),
    # A run's end may have been missed only while it ran.
    (HOURLY, "0 ok, 30 start", [(5, 20)], None),
    (HOURLY, "0 ok, 30 start", [(32, 33)], (93, 103)),
    (ON_THE_HOUR, "5 ok, 30 start", [(32, 33)], (60, 70)),
]


@pytest.mark.parametrize(("settings", "story", "spans", "anew"), EXCUSES)
def test_what_may_have_come_in_deaf_time_is_awaited_anew(
    settings: HeartbeatSettings,
    story: str,
    spans: list[tuple[int, int]],
    anew: tuple[int | None, int | None] | None,
) -> None:
    runs = excused(tell(story, settings).runs, settings, deaf(*spans))
    if runs is None:
        assert anew is None
    else:
        told = Told(runs)
        assert (told.expected, told.due) == anew
        assert (runs.started_at, runs.unfinished_since) == (None, None)


def test_an_hour_of_deafness_costs_no_run_of_a_job_that_goes_on() -> None:
    every_minute = HeartbeatSettings(EveryInterval(MINUTE), grace=MINUTE)
    runs = excused(tell("0 ok", every_minute).runs, every_minute, deaf((0, 60)))
    assert runs is not None
    assert Told(runs).due == 62


def test_changed_settings_move_the_deadline_but_accuse_nobody_of_the_past() -> None:
    runs = tell("0 ok").runs
    longer = HeartbeatSettings(EveryInterval(HOUR), grace=30 * MINUTE)
    assert Told(rescheduled(runs, longer, at(30))).due == 90
    shorter = HeartbeatSettings(EveryInterval(MINUTE), grace=MINUTE)
    assert Told(rescheduled(runs, shorter, at(30))).due == 32
    assert rescheduled(Runs(), shorter, at(30)) == Runs()
    running = tell("0 start").runs
    assert Told(rescheduled(running, shorter, at(5))).due == 7


def test_a_clock_set_back_leaves_nothing_in_the_future() -> None:
    runs = tell("0 ok, 30 start, 35 ok, 40 start").runs
    back = rewound(runs, HOURLY, at(-60))
    assert (back.last_ping_at, back.awaited_from, back.started_at) == (at(-60),) * 3
    assert Told(back).due == -50
    assert rewound(runs, HOURLY, at(40)) is runs


SKEW = 5
"""Milliseconds by which the clock of a job's machine may well be ahead of ours."""
IN_SPRING, IN_AUTUMN = 1_774_741_800_000, 1_792_885_800_000
"""23:50 UTC before the nights in which Berlin changes its clocks in 2026."""


def schedule_times(settings: HeartbeatSettings, after: Instant, count: int) -> list[Instant]:
    found: list[Instant] = []
    for _ in range(count):
        following = next_time(settings.schedule, found[-1] if found else after)
        assert following is not None
        found.append(following)
    return found


@pytest.mark.parametrize("start", [MIDNIGHT, IN_SPRING, IN_AUTUMN])
@pytest.mark.parametrize(
    "schedule",
    [
        CronSchedule("0 * * * *"),
        CronSchedule("30 2 * * *", "Europe/Berlin"),
        CronSchedule("*/30 * * * *", "Europe/Berlin"),
        CalendarSchedule("*-*-* 02:30", "Europe/Berlin"),
        CalendarSchedule("*:*:0/2"),
    ],
)
@pytest.mark.parametrize("skew", [SKEW, 999])
def test_reports_of_a_job_whose_clock_is_ahead_count_for_their_own_runs(
    schedule: CronSchedule | CalendarSchedule, start: Instant, skew: int
) -> None:
    settings = HeartbeatSettings(schedule, grace=10 * SECOND)
    times = schedule_times(settings, start, 6)
    runs = Runs()
    for now, following in pairwise(times):
        runs = heard(runs, settings, ping(now - skew, "ok")).runs
        assert (runs.last_ping_at, runs.expected_at) == (now - skew, following)
        # One more of the same run is not one of the next.
        assert heard(runs, settings, ping(now + skew, "ok")).runs.expected_at == following


@pytest.mark.parametrize(
    ("schedule", "grace", "early", "counts"),
    [
        (ON_THE_HOUR.schedule, 10 * MINUTE, 10 * SECOND, True),
        (ON_THE_HOUR.schedule, 10 * MINUTE, 10 * SECOND + 1, False),
        # Nobody is trusted to be more early than late,
        (ON_THE_HOUR.schedule, 3 * SECOND, 3 * SECOND, True),
        (ON_THE_HOUR.schedule, 3 * SECOND, 3 * SECOND + 1, False),
        # nor by more than half of what lies between two runs.
        (CalendarSchedule("*:*:0/4"), MINUTE, 2 * SECOND, True),
        (CalendarSchedule("*:*:0/4"), MINUTE, 2 * SECOND + 1, False),
        (ONCE.schedule, MINUTE, 10 * SECOND, True),
        # An interval has no times of its own.
        (EveryInterval(HOUR), MINUTE, SKEW, False),
    ],
)
def test_a_report_counts_for_the_run_ahead_if_it_comes_shortly_before(
    schedule: Schedule,
    grace: int,
    early: int,
    counts: bool,  # noqa: FBT001 - a table's column
) -> None:
    settings = HeartbeatSettings(schedule, grace)
    runs = heard(Runs(), settings, ping(at(0) + 1, "ok")).runs
    expected = runs.expected_at
    assert expected is not None
    after = heard(runs, settings, ping(expected - early, "ok")).runs
    following = next_time(schedule, expected)
    anew = next_time(schedule, expected - early)
    assert after.expected_at == (following if counts else anew)


def test_a_run_that_began_long_before_is_not_the_one_ahead() -> None:
    minutely = HeartbeatSettings(CronSchedule("* * * * *"), grace=20 * SECOND)
    runs = heard(Runs(), minutely, ping(at(1), "ok")).runs
    runs = heard(runs, minutely, ping(at(2) - SKEW, "start")).runs
    runs = after_silence(runs, minutely)
    ended = heard(runs, minutely, ping(at(3) - SKEW, "ok"))
    assert ended.duration == MINUTE
    assert ended.runs.expected_at == at(3)


def test_a_late_report_is_that_of_the_run_that_is_awaited_not_of_the_one_after_it() -> None:
    patient = HeartbeatSettings(CronSchedule("* * * * *"), grace=5 * MINUTE)
    runs = heard(Runs(), patient, ping(at(1), "ok")).runs
    runs = heard(runs, patient, ping(at(3) - SKEW, "ok")).runs
    assert runs.expected_at == at(3)


def test_a_failure_and_a_start_shortly_before_belong_to_the_run_ahead_too() -> None:
    runs = tell("5 ok", ON_THE_HOUR).runs
    failed = heard(runs, ON_THE_HOUR, ping(at(60) - SKEW, "fail")).runs
    assert failed.expected_at == at(120)
    started = heard(runs, ON_THE_HOUR, ping(at(60) - 2 * SKEW, "start")).runs
    ended = heard(started, ON_THE_HOUR, ping(at(60) - SKEW, "ok")).runs
    assert ended.expected_at == at(120)


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 90), st.sampled_from(["ok", "ok A", "start", "start A", "fail", "log", "1"])
    ),
    max_size=30,
)
SETTINGS = st.builds(
    HeartbeatSettings,
    st.sampled_from([EveryInterval(MINUTE), EveryInterval(HOUR), CronSchedule("*/20 * * * *")]),
    st.sampled_from([MINUTE, 7 * MINUTE, 3 * HOUR]),
)


def _story(gaps: Sequence[tuple[int, str]]) -> str:
    now, events = 0, []
    for gap, word in gaps:
        now += gap
        events.append(f"{now} {word}")
    return ", ".join(events)


@given(EVENTS, SETTINGS)
def test_after_the_first_report_something_is_always_awaited(
    events: list[tuple[int, str]], settings: HeartbeatSettings
) -> None:
    told = tell(_story(events), settings)
    if any(word != "log" for _, word in events):
        assert told.runs.due_at is not None


@given(EVENTS, SETTINGS)
def test_silence_is_counted_at_growing_times_and_as_often_as_runs_were_expected(
    events: list[tuple[int, str]], settings: HeartbeatSettings
) -> None:
    last = sum(gap for gap, _ in events)
    told = tell(_story(events), settings, until=last + 600)
    minutes = [int(outcome.split()[0]) for outcome in told.outcomes]
    assert minutes == sorted(minutes)
    quiet = [each for each in told.outcomes if int(each.split()[0]) > last]
    missed = [each for each in quiet if FailureReason.RUN_MISSED in each]
    if any(word != "log" for _, word in events):
        every = {60_000: 1, HOUR: 60}.get(getattr(settings.schedule, "interval", 0), 20)
        waited = 600 - 2 * settings.grace // MINUTE
        assert waited // every - 2 <= len(missed) <= 600 // every + 1


@given(EVENTS, SETTINGS, st.lists(st.tuples(st.integers(0, 2_000), st.integers(1, 200))))
def test_an_excuse_always_puts_the_deadline_off_past_the_deafness(
    events: list[tuple[int, str]], settings: HeartbeatSettings, spans: list[tuple[int, int]]
) -> None:
    runs = tell(_story(events), settings).runs
    if runs.due_at is None:
        return
    periods = deaf(*[(start, start + length) for start, length in spans])
    anew = excused(runs, settings, periods)
    if anew is not None:
        assert anew.due_at is not None
        assert anew.due_at > runs.due_at
        assert anew.awaited_from in {period.end for period in periods}


def test_a_run_across_a_clock_set_back_has_no_duration() -> None:
    started = heard(Runs(), HOURLY, ping(at(30), "start")).runs
    ended = heard(started, HOURLY, ping(at(-30), "ok"))
    assert ended.outcome == Success()
    assert ended.duration is None
