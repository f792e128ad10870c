"""When a heartbeat's job may be expected: interval, cron or OnCalendar, checked for sense."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError
from msgspec.structs import replace
from oncalendar import OnCalendar, OnCalendarError

from fener.domain.errors import Invalid
from fener.domain.monitor import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.time import DAY, MINUTE, SECOND, Span

LONGEST: Span = 366 * DAY
LEAST_INTERVAL: Span = SECOND
LEAST_GRACE: Span = SECOND
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


def checked(settings: HeartbeatSettings) -> HeartbeatSettings:
    """The same, uniform. Raises Invalid."""
    if not LEAST_GRACE <= settings.grace <= LONGEST:
        raise Invalid("The grace may be from 1 second to 366 days.", "grace")
    return replace(settings, schedule=_checked_schedule(settings.schedule))


def interval_of(settings: HeartbeatSettings) -> Span:
    """That of the schedule where it has one; lists show it."""
    schedule = settings.schedule
    return schedule.interval if isinstance(schedule, EveryInterval) else MINUTE


def _checked_schedule(schedule: Schedule) -> Schedule:
    match schedule:
        case EveryInterval(interval):
            if not LEAST_INTERVAL <= interval <= LONGEST:
                raise Invalid("The interval may be from 1 second to 366 days.", "schedule")
            return schedule
        case CronSchedule(expression, zone):
            uniform = " ".join(expression.split())
            _check_zone(zone)
            _check_cron(uniform)
            return CronSchedule(uniform, zone)
        case CalendarSchedule(expression, zone):
            uniform = expression.strip()
            _check_zone(zone)
            _check_calendar(uniform)
            return CalendarSchedule(uniform, zone)


def _check_zone(zone: str) -> None:
    try:
        ZoneInfo(zone)
    except (OSError, ValueError) as error:
        raise Invalid(
            f"{zone[:50]!r} is no time zone: write one such as Europe/Berlin.", "zone"
        ) from error


def _check_cron(expression: str) -> None:
    try:
        next(CronSim(expression, _SOME_DAY))
    except (CronSimError, StopIteration) as error:
        raise Invalid(
            f"{expression[:100]!r} is no cron expression that ever comes true: write five fields "
            "such as */5 * * * *.",
            "schedule",
        ) from error


def _check_calendar(expression: str) -> None:
    try:
        next(OnCalendar(expression, _SOME_DAY))
    except (OnCalendarError, StopIteration) as error:
        raise Invalid(
            f"{expression[:100]!r} is no OnCalendar expression that ever comes true: write one "
            "such as Mon..Fri 08:00.",
            "schedule",
        ) from error
