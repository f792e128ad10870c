"""What a story watches: a site whose target follows a script, and a job that pings."""

from fener.actions import checks, incidents, monitors
from fener.actions.checks import SeenCheck
from fener.actions.monitors import Change
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.listing import Window
from fener.domain.monitor import Monitor
from fener.domain.shown import Shown
from fener.domain.time import Instant
from fener.pipeline.schedule.buckets import Buckets
from fener.storage.evidence import Details
from fener.storage.incidents import Incident, Only
from fener.testing.scene import Scene
from fener.testing.scripted import HANGS, OURS, REFUSES, UP, Behaviour

_MANY = 1_000


class _Watched:
    """A monitor, and what everybody may see of it."""

    def __init__(self, fener: Scene, monitor: Monitor) -> None:
        self._fener = fener
        self.id = monitor.id

    async def monitor(self) -> Monitor:
        return await monitors.get(self._fener.context, self._fener.owner, self.id)

    async def shown(self) -> Shown:
        return (await checks.line(self._fener.context, self._fener.owner, self.id)).shown

    async def incidents(self) -> list[Incident]:
        """All that there ever were, the oldest first."""
        listed = await incidents.list_incidents(
            self._fener.context, self._fener.owner, Window(_MANY), only=Only(monitor_id=self.id)
        )
        return sorted(listed.rows, key=lambda incident: incident.id)

    async def incident(self) -> Incident:
        """The only one."""
        (incident,) = await self.incidents()
        return incident

    async def details(self, incident_id: int | None = None) -> Details:
        """Of an incident; of the only one where none is named."""
        number = (await self.incident()).id if incident_id is None else incident_id
        return await incidents.details(self._fener.context, self._fener.owner, number)

    async def checks(self) -> list[SeenCheck]:
        """Recorded results, the oldest first."""
        seen = await checks.history(self._fener.context, self._fener.owner, self.id, limit=_MANY)
        return seen[::-1]

    async def outcomes(self) -> list[str]:
        """Of the recorded results, the oldest first: `success`, or the reason."""
        return [check.reason or check.outcome for check in await self.checks()]

    async def changes(self, change: Change) -> None:
        await monitors.change(self._fener.context, self._fener.owner, self.id, change)

    async def pauses(self) -> None:
        await monitors.pause(self._fener.context, self._fener.owner, self.id)

    async def resumes(self) -> None:
        await monitors.resume(self._fener.context, self._fener.owner, self.id)

    async def is_deleted(self) -> None:
        await monitors.delete(self._fener.context, self._fener.owner, self.id)


class Site(_Watched):
    """An HTTP monitor. What its target does, it does from now on or from a given time on."""

    def comes_up(self, at: str | Instant | None = None) -> None:
        self.turns(UP, at)

    def goes_down(self, at: str | Instant | None = None) -> None:
        self.turns(REFUSES, at)

    def hangs(self, at: str | Instant | None = None) -> None:
        """Every check takes the whole timeout."""
        self.turns(HANGS, at)

    def cannot_be_judged(self, at: str | Instant | None = None) -> None:
        """Our own resolver is down."""
        self.turns(OURS, at)

    def turns(self, behaviour: Behaviour, at: str | Instant | None = None) -> None:
        moment = self._fener.clock.now() if at is None else self._fener.moment(at)
        self._fener.prober.script(self.id).turn(moment, behaviour)

    @property
    def ordered(self) -> list[str]:
        """When checks were ordered."""
        orders = [one for one in self._fener.prober.orders if one.monitor_id == self.id]
        return [self._fener.time(order.at) for order in orders]

    async def next_check(self) -> Instant:
        """When the next regular check is due."""
        interval = (await self.monitor()).interval
        buckets = Buckets()
        buckets.put(self.id, interval)
        now = self._fener.clock.now()
        return min(at for at, _ in buckets.due(now, now + interval))

    async def is_checked_by_hand(self) -> None:
        await monitors.check_now(self._fener.context, self._fener.owner, self.id)


class Job(_Watched):
    """A heartbeat. Its pings return when they are stored."""

    async def pings(self) -> None:
        await self._says(PingAction.SUCCESS)

    async def starts(self) -> None:
        await self._says(PingAction.START)

    async def fails(self) -> None:
        await self._says(PingAction.FAIL)

    async def exits(self, status: int) -> None:
        action = PingAction.FAIL if status else PingAction.SUCCESS
        await self._says(action, status)

    async def _says(self, action: PingAction, status: int | None = None) -> None:
        assert self._fener.stages is not None, "Fener does not run"  # noqa: S101 - a test's own mistake
        ping = Ping(self.id, self._fener.clock.now(), action, exit_status=status)
        await self._fener.stages.hearing.hear(ping)
