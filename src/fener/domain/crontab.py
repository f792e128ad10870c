"""The times of a crontab's line that keep a heartbeat's schedule."""

from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, Schedule
from fener.domain.time import DAY, HOUR, MINUTE, Span

_AT_NIGHT = "0 3 * * *"


def crontab_times(schedule: Schedule) -> str | None:
    """Five fields; None for a schedule that no crontab can keep."""
    if isinstance(schedule, CronSchedule):
        return schedule.expression
    return _times_of(schedule.interval) if isinstance(schedule, EveryInterval) else None


def _times_of(interval: Span) -> str | None:
    if interval == DAY:
        return _AT_NIGHT
    if interval % HOUR == 0 and DAY % interval == 0:
        return f"0 {_each(interval // HOUR)} * * *"
    if interval % MINUTE == 0 and HOUR % interval == 0:
        return f"{_each(interval // MINUTE)} * * * *"
    return None


def _each(number: int) -> str:
    return "*" if number == 1 else f"*/{number}"
