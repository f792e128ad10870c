"""An incident: one outage of one problem of one monitor, and the events of its timeline."""

from enum import StrEnum


class IncidentStatus(StrEnum):
    """What the APIs call `status`; an acknowledged incident is still open."""

    OPEN = "open"
    RESOLVED = "resolved"


class Resolution(StrEnum):
    """Why an incident ended."""

    RECOVERED = "recovered"
    PAUSED = "paused"
    MONITOR_DELETED = "monitor_deleted"
    BY_HAND = "by_hand"
    ACCEPTED = "accepted"
    """A change became the usual state, or another one followed."""


class TimelineEvent(StrEnum):
    """What can happen in the life of an incident, as its timeline tells it."""

    FIRST_FAILURE = "first_failure"
    CONFIRMED = "confirmed"
    WORSENED = "worsened"
    NOTIFIED = "notified"
    NOTIFICATION_FAILED = "notification_failed"
    ACKNOWLEDGED = "acknowledged"
    COMMENTED = "commented"
    COMMENT_CHANGED = "comment_changed"
    POSTMORTEM_CHANGED = "postmortem_changed"
    FLAPPING = "flapping"
    RECOVERED = "recovered"
    RESOLVED = "resolved"
