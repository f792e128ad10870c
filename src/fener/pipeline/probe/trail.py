"""What is gathered on the way of every probe that dials: times, addresses and how far it came."""

from collections.abc import Callable, Iterable, Sequence

from msgspec.structs import replace

from fener.domain.check import Certificate, Timings
from fener.domain.failure import Facts

HIDDEN = "***"
_LONGEST_FACT = 300


class Trail:
    """Grows while a probe goes on; `timings` may be asked for at any moment."""

    def __init__(self) -> None:
        self.addresses: Sequence[str] = ()
        self.address = ""
        self.phase = "dns"
        self.certificate: Certificate | None = None
        self.secrets: Iterable[str] = ()
        self._total = 0
        self._phases: dict[str, int] = {}

    def resolved(self, addresses: Sequence[str], took: int) -> None:
        """A host was looked up, well or not, in so many microseconds."""
        self.addresses = addresses
        self.spent("dns", took)

    def dialled(self, address: str, port: int) -> None:
        """Connecting to this address begins."""
        self.address = f"[{address}]:{port}" if ":" in address else f"{address}:{port}"

    def spent(self, phase: str, took: int) -> None:
        """So many microseconds went by in this phase."""
        self._add(phase, took)
        self._total += took

    def wasted(self, took: int) -> None:
        """So many microseconds went by to no end; they count in the whole only."""
        self._total += took

    def timings(self) -> Timings:
        return Timings(total=self._total, **self._phases)

    def clean(self, text: str) -> str:
        """The text without secrets, and without NUL, which not every store can hold."""
        for secret in self.secrets:
            text = text.replace(secret, HIDDEN)
        return text.replace("\0", "\ufffd")

    def clean_facts(self, facts: Facts) -> Facts:
        """The same without secrets, each so short that it can stand in a sentence."""
        texts = ("name", "got", "wanted", "detail")
        return replace(facts, **{one: _brief(self.clean(getattr(facts, one))) for one in texts})

    def _add(self, phase: str, took: int) -> None:
        self._phases[phase] = self._phases.get(phase, 0) + took


def _brief(text: str) -> str:
    return text if len(text) <= _LONGEST_FACT else f"{text[:_LONGEST_FACT]}…"


class Laps:
    """Times one thing after another, each from the end of the one before."""

    def __init__(self, trail: Trail, stopwatch: Callable[[], int]) -> None:
        self._trail = trail
        self._stopwatch = stopwatch
        self._since = stopwatch()

    def ended(self, phase: str) -> None:
        """A phase was gone through."""
        self._trail.spent(phase, self._lap())

    def gave_up(self) -> None:
        """What went by since led to nothing."""
        self._trail.wasted(self._lap())

    def _lap(self) -> int:
        since, self._since = self._since, self._stopwatch()
        return self._since - since
