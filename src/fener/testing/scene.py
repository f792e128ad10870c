"""The scene of a story: its time, its people, and the world that is played around Fener."""

from fener.actions.context import Context
from fener.bootstrap.stages import Stages
from fener.domain.fault import Fault
from fener.domain.people import Identity
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant
from fener.faults import FaultBoard
from fener.testing.carriers import RecordingSender
from fener.testing.clock import FakeClock
from fener.testing.scripted import ScriptedProber


class RememberingFaults(FaultBoard):
    """Keeps the name of every fault that ever was."""

    def __init__(self, clock: FakeClock) -> None:
        super().__init__(clock)
        self.ever: set[str] = set()

    def report(self, source: str, fault: Fault) -> None:
        self.ever.add(source)
        super().report(source, fault)

    @property
    def present(self) -> set[str]:
        return {fault.source for fault in self.all()}


class Scene:
    """What a story and everything in it share. `stages` is None while Fener does not run."""

    context: Context
    owner: Identity

    def __init__(self, begins: Instant) -> None:
        self.clock = FakeClock(begins)
        self.faults = RememberingFaults(self.clock)
        self.carrier = RecordingSender(self.clock)
        self.prober = ScriptedProber(self.clock)
        self.stages: Stages | None = None
        self._midnight = begins - begins % DAY

    def moment(self, time: str | Instant) -> Instant:
        """`12:05`, `12:05:20` or `12:05:20.100` of the first day; `25:00` is of the next one."""
        if isinstance(time, int):
            return time
        hours, minutes, *seconds = time.split(":")
        rest = round(float(seconds[0]) * SECOND) if seconds else 0
        return self._midnight + int(hours) * HOUR + int(minutes) * MINUTE + rest

    def time(self, moment: Instant) -> str:
        """The same for people."""
        seconds, milliseconds = divmod(moment - self._midnight, SECOND)
        text = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
        return f"{text}.{milliseconds:03}" if milliseconds else text

    @property
    def now(self) -> str:
        return self.time(self.clock.now())
