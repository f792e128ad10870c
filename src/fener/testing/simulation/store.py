"""Fener's memory in a simulation: what the store keeps between two lives."""

from fener.domain.health import MonitorState
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.settlement import Opened, OpenIncident, Resolved, Settlement, Watched
from fener.domain.time import Instant
from fener.ports import Overdue
from fener.testing.schedule import MemoryScheduleStore

_NEVER: Instant = 2**62


class SimulatedStore(MemoryScheduleStore):
    """The same store, quick to ask what is overdue, and keeping incidents open."""

    def __init__(self) -> None:
        super().__init__()
        self._due: dict[int, Instant] = {}
        self._earliest = _NEVER
        self._incidents = 0

    def commit(self, settlement: Settlement) -> None:
        """Write the result of a check or a run, and what it does to the monitor's incident."""
        kept = self.kept[settlement.monitor.id]
        still_open = kept.watched.open_incidents
        for change in settlement.incidents:
            if isinstance(change, Opened):
                self._incidents += 1
                opened = OpenIncident(self._incidents, change.problem, change.cause, ())
                still_open = (*still_open, opened)
            elif isinstance(change, Resolved):
                still_open = tuple(one for one in still_open if one.id != change.incident_id)
        kept.watched = Watched(kept.watched.monitor, settlement.state, still_open)
        kept.last_checked_at = settlement.result.at
        self._note_due(settlement.monitor.id, settlement.state)

    def remember(self, monitor_id: int, state: MonitorState) -> None:
        super().remember(monitor_id, state)
        self._note_due(monitor_id, state)

    async def overdue(self, now: Instant) -> list[Overdue]:
        await self._answer()
        if now < self._earliest:
            return []
        found = [self.kept[monitor_id].watched for monitor_id, at in self._due.items() if at <= now]
        return [Overdue(watched.monitor, watched.state.runs) for watched in found]

    def _note_due(self, monitor_id: int, state: MonitorState) -> None:
        if isinstance(self.kept[monitor_id].watched.monitor.settings, HeartbeatSettings):
            self._due[monitor_id] = state.runs.due_at or _NEVER
            self._earliest = min(self._due.values())
