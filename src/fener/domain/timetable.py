"""When a schedule comes round next, in its own time zone, through every change of the clocks.

Cron keeps Debian's rules: a job of a fixed time that the change skips runs right after it, one
that the change repeats runs once, and `*` or `*/n` in hours or minutes follows the time that
passes. OnCalendar keeps systemd's: skipped times do not come, repeated ones come once.
"""

from collections.abc import Iterator
from datetime import datetime
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError
from oncalendar import OnCalendar, OnCalendarError

from fener.domain.kinds.heartbeat import CalendarSchedule, CronSchedule, EveryInterval, Schedule
from fener.domain.time import DAY, SECOND, Instant, Span, from_datetime, to_datetime

LONGEST_INTERVAL: Span = 366 * DAY
LONGEST_EXPRESSION = 200
_CRON_EXAMPLE = "write five fields, such as */5 * * * *"
_CALENDAR_EXAMPLE = "write one such as Mon..Fri 08:00"
_ZONE_EXAMPLE = "write one such as Europe/Berlin"


class InvalidSchedule(ValueError):
    """A schedule that cannot be kept. Says what is wrong, and what would be right.

    `field` is the part of the schedule at fault: interval, expression or zone.
    """

    def __init__(self, message: str, field: str) -> None:
        super().__init__(message)
        self.field = field


def check(schedule: Schedule, now: Instant) -> None:
    """Raises InvalidSchedule for one that cannot be read, or never comes round after `now`."""
    if isinstance(schedule, EveryInterval):
        if not SECOND <= schedule.interval <= LONGEST_INTERVAL:
            raise InvalidSchedule("The interval may be from 1 second to 366 days.", "interval")
    elif next_time(schedule, now) is None:
        raise InvalidSchedule(
            f"{_shown(schedule.expression)} never comes round again: {_example(schedule)}.",
            "expression",
        )


def next_time(schedule: Schedule, after: Instant) -> Instant | None:
    """The first time of the schedule later than `after`; None where there is no more.

    Raises InvalidSchedule.
    """
    if isinstance(schedule, EveryInterval):
        return after + schedule.interval
    if len(schedule.expression) > LONGEST_EXPRESSION:
        raise InvalidSchedule(
            f"The expression is longer than {LONGEST_EXPRESSION} characters: {_example(schedule)}.",
            "expression",
        )
    start = to_datetime(after).astimezone(_zone(schedule.zone))
    times = (from_datetime(each) for each in _times(schedule, start))
    # In the hour that is repeated both iterators begin with a time that was there before.
    return next((time for time in times if time > after), None)


def _times(schedule: CronSchedule | CalendarSchedule, start: datetime) -> Iterator[datetime]:
    kind = "cron" if isinstance(schedule, CronSchedule) else "OnCalendar"
    try:
        if isinstance(schedule, CronSchedule):
            yield from CronSim(schedule.expression, start)
        else:
            yield from OnCalendar(schedule.expression, start)
    except (CronSimError, OnCalendarError) as error:
        raise InvalidSchedule(
            f"{_shown(schedule.expression)} is no {kind} expression ({_lower(str(error))}): "
            f"{_example(schedule)}.",
            "expression",
        ) from error


@lru_cache(maxsize=1_000)
def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise InvalidSchedule(
            f"{_shown(name)} is no time zone: {_ZONE_EXAMPLE}.", "zone"
        ) from error


def _example(schedule: CronSchedule | CalendarSchedule) -> str:
    return _CRON_EXAMPLE if isinstance(schedule, CronSchedule) else _CALENDAR_EXAMPLE


def _shown(text: str) -> str:
    return repr(text if len(text) <= 100 else f"{text[:100]}…")  # noqa: PLR2004 - enough to see


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]
