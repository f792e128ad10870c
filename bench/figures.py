"""What a bench gives: figures, each with its unit, printed as one table."""

from collections.abc import Callable, Sequence
from statistics import median

from msgspec import Struct

WIDTH = 66


class Effort(Struct, frozen=True):
    """How much to do: all of it, or just enough to see that the bench works."""

    is_quick: bool = False
    minutes: int = 10
    """Of the one bench that lasts."""

    def of(self, full: int, quick: int) -> int:
        return quick if self.is_quick else full


class Figure(Struct, frozen=True):
    """One line of the table. `more` are lesser figures that belong to it, in words."""

    what: str
    value: float
    unit: str
    more: str = ""

    def line(self) -> str:
        return f"  {self.what:{WIDTH}} {shown(self.value):>10} {self.unit:11} {self.more}".rstrip()


Measure = Callable[[Effort], Sequence[Figure]]


def middle(values: Sequence[float]) -> float:
    """The median of some rounds: the machine has other things to do in some of them."""
    return median(values)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that `share` percent of all are no greater than."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share / 100))]


def shown(value: float) -> str:
    if value >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
