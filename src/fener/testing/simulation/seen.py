"""What Fener made of its world: the incidents that it opened, in true time."""

from collections import Counter

from msgspec import Struct, field

from fener.domain.settlement import Opened, Resolved, Settlement
from fener.domain.time import Instant


class SeenIncident(Struct):
    monitor_id: int
    first_failure: Instant
    """When its first failing check was begun, or the silence that opened it became one."""
    opened: Instant
    resolved: Instant | None = None

    def was_open(self, at: Instant) -> bool:
        return self.opened <= at and (self.resolved is None or self.resolved > at)


class Seen(Struct):
    incidents: list[SeenIncident] = field(default_factory=list)
    checks: Counter[int] = field(default_factory=Counter)
    """How many results were judged, by monitor."""
    unknown: int = 0
    """How many of them were unknown."""
    pings_lost: int = 0
    opened_beside: list[tuple[int, Instant]] = field(default_factory=list)
    """Of which monitor, and when, an incident opened beside an open one."""


class Incidents:
    """Follows the settlements of one life."""

    def __init__(self) -> None:
        self.seen = Seen()
        self._open: dict[int, SeenIncident] = {}
        self._failures: dict[int, Instant] = {}

    def failed(self, check_id: int, begun: Instant) -> None:
        """Remember when a failing check was begun: the one that begins an outage is asked for."""
        self._failures[check_id] = begun

    def follow(self, settlement: Settlement, now: Instant) -> None:
        monitor_id = settlement.monitor.id
        for change in settlement.incidents:
            if isinstance(change, Opened):
                if monitor_id in self._open:
                    self.seen.opened_beside.append((monitor_id, now))
                incident = SeenIncident(monitor_id, self._failures.get(change.start.id, now), now)
                self._open[monitor_id] = incident
                self.seen.incidents.append(incident)
            elif isinstance(change, Resolved):
                self._open.pop(monitor_id).resolved = now
