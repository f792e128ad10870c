"""Texts that views hold, whether they come from the store or from a server."""

from typing import Any

from fener.cli.spans import span_text
from fener.domain.kinds.heartbeat import CronSchedule, EveryInterval, Schedule


def schedule_text(schedule: Schedule) -> str:
    match schedule:
        case EveryInterval(interval):
            return f"every {span_text(interval)}"
        case CronSchedule(expression, zone):
            return f"cron {expression} ({zone})"
    return f"oncalendar {schedule.expression} ({schedule.zone})"


def event_text(detail: dict[str, Any]) -> str | None:
    """What a timeline says beyond the kind of an event: `ops@example.com: 250 accepted`."""
    told = (detail.get(name) for name in ("channel", "answer", "text", "resolution"))
    return ": ".join(str(one) for one in told if one) or None
