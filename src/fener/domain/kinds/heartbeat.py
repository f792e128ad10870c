"""Heartbeats: when a job is expected to report, and how long it may be late or run."""

from typing import TypeAlias

from msgspec import Struct

from fener.domain.time import MINUTE, Span


class EveryInterval(Struct, frozen=True, tag="interval"):
    """A run is expected `interval` after the run before it."""

    interval: Span


class CronSchedule(Struct, frozen=True, tag="cron"):
    """A run is expected at each time of a cron expression in a time zone."""

    expression: str
    zone: str = "UTC"


class CalendarSchedule(Struct, frozen=True, tag="oncalendar"):
    """A run is expected at each time of a systemd OnCalendar expression in a time zone."""

    expression: str
    zone: str = "UTC"


Schedule: TypeAlias = EveryInterval | CronSchedule | CalendarSchedule


class HeartbeatSettings(Struct, frozen=True, tag="heartbeat", omit_defaults=True):
    """When a job is expected to report, and how long it may be late or run."""

    schedule: Schedule
    grace: Span = 5 * MINUTE
    extra: dict[str, object] = {}

    @property
    def target(self) -> str:
        """None: the ping address is a secret."""
        return ""
