"""When schedules come round, in every kind of time zone and through every change of the clocks."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.kinds.heartbeat import CalendarSchedule, CronSchedule, EveryInterval, Schedule
from fener.domain.time import MINUTE, SECOND, Instant, from_datetime, to_datetime
from fener.domain.timetable import InvalidSchedule, check, next_time

NOW = from_datetime(datetime(2026, 1, 1, 12, tzinfo=UTC))
EVENING_BEFORE = {"spring": "03-28T23:50", "autumn": "10-24T23:50"}


def instant(text: str) -> Instant:
    return from_datetime(datetime.fromisoformat(f"{text}+00:00"))


def times(schedule: Schedule, after: str, count: int) -> list[str]:
    """The next times after one, as UTC `MM-DDTHH:MM`, each asked for from the one before."""
    found, at = [], instant(after)
    for _ in range(count):
        following = next_time(schedule, at)
        assert following is not None
        at = following
        found.append(to_datetime(at).strftime("%m-%dT%H:%M"))
    return found


# Berlin goes from 01:00 to 03:00 local at 01:00 UTC on 29 March 2026, and back on 25 October.
@pytest.mark.parametrize(
    ("expression", "change", "expected"),
    [
        ("30 2 * * *", "spring", "03-29T01:00 03-30T00:30 03-31T00:30"),
        ("30 2 * * *", "autumn", "10-25T00:30 10-26T01:30 10-27T01:30"),
        ("15 2-3 * * *", "spring", "03-29T01:00 03-29T01:15 03-30T00:15"),
        ("15 2-3 * * *", "autumn", "10-25T00:15 10-25T02:15 10-26T01:15"),
        ("*/30 * * * *", "spring", "03-29T00:00 03-29T00:30 03-29T01:00 03-29T01:30"),
        ("*/30 * * * *", "autumn", "10-25T00:00 10-25T00:30 10-25T01:00 10-25T01:30 10-25T02:00"),
        ("0 * * * *", "spring", "03-29T00:00 03-29T01:00 03-29T02:00"),
        ("0 * * * *", "autumn", "10-25T00:00 10-25T01:00 10-25T02:00"),
        ("30 */2 * * *", "spring", "03-29T02:30 03-29T04:30"),
        ("30 */2 * * *", "autumn", "10-25T00:30 10-25T01:30 10-25T03:30"),
        ("0 1 * * *", "spring", "03-29T00:00 03-29T23:00"),
        ("0 4 * * *", "autumn", "10-25T03:00 10-26T03:00"),
    ],
)
def test_cron_goes_through_a_change_of_the_clocks_as_debian_does(
    expression: str, change: str, expected: str
) -> None:
    schedule = CronSchedule(expression, "Europe/Berlin")
    start = f"2026-{EVENING_BEFORE[change]}"
    assert times(schedule, start, len(expected.split())) == expected.split()


# Compared with `systemd-analyze calendar --base-time` of systemd 252.
@pytest.mark.parametrize(
    ("expression", "change", "expected"),
    [
        ("02:30", "spring", "03-30T00:30 03-31T00:30"),
        ("02:30", "autumn", "10-25T00:30 10-26T01:30 10-27T01:30"),
        ("hourly", "spring", "03-29T00:00 03-29T01:00 03-29T02:00"),
        ("hourly", "autumn", "10-25T00:00 10-25T02:00 10-25T03:00"),
        ("*:0/30", "spring", "03-29T00:00 03-29T00:30 03-29T01:00 03-29T01:30"),
        ("*:0/30", "autumn", "10-25T00:00 10-25T00:30 10-25T02:00 10-25T02:30"),
        ("Sun *-*-29 02:30", "spring", "11-29T01:30"),
    ],
)
def test_oncalendar_goes_through_a_change_of_the_clocks_as_systemd_does(
    expression: str, change: str, expected: str
) -> None:
    schedule = CalendarSchedule(expression, "Europe/Berlin")
    start = f"2026-{EVENING_BEFORE[change]}"
    assert times(schedule, start, len(expected.split())) == expected.split()


@pytest.mark.parametrize(
    ("schedule", "after", "expected"),
    [
        # Half an hour only: Lord Howe, back at 15:00 UTC on 4 April and forward on 3 October.
        (CronSchedule("45 1 * * *", "Australia/Lord_Howe"), "2026-04-03T20:00", "04-04T14:45"),
        (CronSchedule("45 1 * * *", "Australia/Lord_Howe"), "2026-04-04T14:50", "04-05T15:15"),
        (CronSchedule("15 2 * * *", "Australia/Lord_Howe"), "2026-10-03T12:00", "10-03T15:30"),
        # A change at midnight: Beirut skips 00:00-01:00, so does Havana.
        (CronSchedule("30 0 * * *", "Asia/Beirut"), "2026-03-28T12:00", "03-28T22:00"),
        (CronSchedule("0 0 * * *", "America/Havana"), "2026-03-08T00:00", "03-08T05:00"),
        # A whole day that never was: Samoa had no 30 December 2011.
        (CronSchedule("0 12 30 12 *", "Pacific/Apia"), "2011-12-29T00:00", "12-30T10:00"),
        (CalendarSchedule("*-12-30 12:00", "Pacific/Apia"), "2011-12-29T00:00", "12-29T22:00"),
        # Winter time as the change: Dublin.
        (CronSchedule("30 1 * * *", "Europe/Dublin"), "2026-10-24T12:00", "10-25T00:30"),
        # No change at all.
        (CronSchedule("30 2 * * *", "Asia/Kathmandu"), "2026-03-28T23:50", "03-29T20:45"),
        (CronSchedule("30 2 * * *", "UTC"), "2026-03-28T23:50", "03-29T02:30"),
        (CalendarSchedule("10:00 Asia/Tokyo", "UTC"), "2026-03-28T23:50", "03-29T01:00"),
        (CalendarSchedule("06:00\n18:00", "UTC"), "2026-03-28T07:00", "03-28T18:00"),
        # Other words of cron.
        (CronSchedule("0 9 L * *", "UTC"), "2026-02-10T00:00", "02-28T09:00"),
        (CronSchedule("0 9 * * 5L", "UTC"), "2026-02-10T00:00", "02-27T09:00"),
        (CronSchedule("0 9 * * MON#2", "UTC"), "2026-02-10T00:00", "03-09T09:00"),
        (CronSchedule("0 0 29 2 *", "UTC"), "2026-02-10T00:00", "02-29T00:00"),
    ],
)
def test_schedules_know_the_odd_corners_of_time_zones(
    schedule: Schedule, after: str, expected: str
) -> None:
    assert times(schedule, after, 1) == [expected]


@pytest.mark.parametrize("expression", ["30 2 * * *", "5 * * * *", "*/7 * * * *", "0 3 * * 0"])
@pytest.mark.parametrize("minute", range(0, 60, 5))
def test_the_next_time_is_later_even_when_asked_in_the_hour_that_is_repeated(
    expression: str, minute: int
) -> None:
    asked = instant(f"2026-10-25T01:{minute:02d}")
    for schedule in (
        CronSchedule(expression, "Europe/Berlin"),
        CalendarSchedule("*:0/10", "Europe/Berlin"),
        CalendarSchedule("02:30", "Europe/Berlin"),
    ):
        following = next_time(schedule, asked)
        assert following is not None
        assert following > asked


def test_an_interval_counts_the_time_that_passes_whatever_the_clocks_do() -> None:
    assert next_time(EveryInterval(90 * MINUTE), NOW) == NOW + 90 * MINUTE


def test_a_time_is_never_its_own_next_time() -> None:
    noon = CronSchedule("0 12 * * *")
    assert next_time(noon, NOW - 1) == NOW
    assert next_time(noon, NOW) == NOW + 24 * 60 * MINUTE


def test_a_schedule_that_is_over_has_no_next_time() -> None:
    assert next_time(CalendarSchedule("2026-01-01 12:00"), NOW - SECOND) == NOW
    assert next_time(CalendarSchedule("2026-01-01 12:00"), NOW) is None


@pytest.mark.parametrize(
    ("schedule", "field", "says"),
    [
        (CronSchedule("60 * * * *"), "expression", "is no cron expression (bad minute): write"),
        (CronSchedule("@daily"), "expression", "wrong number of fields"),
        (CronSchedule(""), "expression", "such as */5 * * * *"),
        (CronSchedule("0 0 30 2 *"), "expression", "bad day-of-month"),
        (CronSchedule("* * * * *", "Europe/Bielefeld"), "zone", "'Europe/Bielefeld' is no time"),
        (CronSchedule("* * * * *", ""), "zone", "write one such as Europe/Berlin"),
        (CronSchedule("* * * * *", "../etc/passwd"), "zone", "is no time zone"),
        (CronSchedule("* * * * *", "Europe"), "zone", "is no time zone"),
        (CronSchedule("* * * * *", "a\0b"), "zone", "is no time zone"),
        (CronSchedule("1," * 200 + "1 * * * *"), "expression", "longer than 200 characters"),
        (CalendarSchedule("sometimes"), "expression", "is no OnCalendar expression"),
        (CalendarSchedule(""), "expression", "such as Mon..Fri 08:00"),
        (CalendarSchedule("2020-01-01"), "expression", "'2020-01-01' never comes round again"),
        (CalendarSchedule("*-02-30"), "expression", "never comes round again"),
        (CalendarSchedule("daily", "Mars/Base"), "zone", "is no time zone"),
        (EveryInterval(0), "interval", "from 1 second to 366 days"),
        (EveryInterval(-MINUTE), "interval", "from 1 second"),
        (EveryInterval(10**15), "interval", "to 366 days"),
    ],
)
def test_a_bad_schedule_is_refused_with_what_is_wrong_and_what_would_be_right(
    schedule: Schedule, field: str, says: str
) -> None:
    with pytest.raises(InvalidSchedule) as refused:
        check(schedule, NOW)
    assert refused.value.field == field
    assert says in str(refused.value)


@pytest.mark.parametrize(
    "schedule",
    [
        EveryInterval(SECOND),
        CronSchedule("*/5 * * * *", "America/Argentina/Buenos_Aires"),
        CronSchedule("30 * * * * *"),
        CalendarSchedule("Mon..Fri 08:00", "Europe/Istanbul"),
    ],
)
def test_a_good_schedule_passes(schedule: Schedule) -> None:
    check(schedule, NOW)


EXPRESSIONS = st.one_of(
    st.text("0123456789*/,-#LW MONJAN..~:\n", max_size=25),
    st.lists(
        st.sampled_from(["*", "*/5", "0", "59", "1-5", "L", "1#2", "mon", ","]), max_size=7
    ).map(" ".join),
)


@given(EXPRESSIONS, st.sampled_from(["UTC", "Europe/Berlin", "nowhere"]))
def test_whatever_is_written_is_a_schedule_or_refused_as_one(expression: str, zone: str) -> None:
    for schedule in (CronSchedule(expression, zone), CalendarSchedule(expression, zone)):
        try:
            check(schedule, NOW)
        except InvalidSchedule:
            continue
        following = next_time(schedule, NOW)
        assert following is not None
        assert following > NOW
