"""When a heartbeat's job may be expected, checked for sense."""

from msgspec.structs import replace

from fener.domain import timetable
from fener.domain.errors import Invalid
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.monitor import DEFAULT_INTERVAL
from fener.domain.time import DAY, SECOND, Instant, Span

LEAST_GRACE: Span = SECOND
LONGEST_GRACE: Span = 366 * DAY


def checked(settings: HeartbeatSettings, now: Instant) -> HeartbeatSettings:
    """The same, uniform. Raises Invalid, also for a schedule that never comes round again."""
    if not LEAST_GRACE <= settings.grace <= LONGEST_GRACE:
        raise Invalid("The grace may be from 1 second to 366 days.", "grace")
    schedule = _uniform(settings.schedule)
    try:
        timetable.check(schedule, now)
    except timetable.InvalidSchedule as error:
        raise Invalid(str(error), error.field) from error
    return replace(settings, schedule=schedule)


def interval_of(settings: HeartbeatSettings) -> Span:
    """That of the schedule where it has one."""
    schedule = settings.schedule
    return schedule.interval if isinstance(schedule, EveryInterval) else DEFAULT_INTERVAL


def _uniform(schedule: Schedule) -> Schedule:
    match schedule:
        case CronSchedule(expression, zone):
            return CronSchedule(" ".join(expression.split()), zone.strip())
        case CalendarSchedule(expression, zone):
            return CalendarSchedule(" ".join(expression.split()), zone.strip())
        case EveryInterval():
            return schedule
