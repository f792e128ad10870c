"""Who was heard on one route, and who has been silent since. Pure: time is an argument.

Hearing somebody costs a few assignments, for it happens with every good check.
"""

from fener.domain.time import MINUTE, Span
from fener.pipeline.probe.whereabouts import Whereabouts

MOST_REMEMBERED = 16
MOST_ASKED = 3
FRESH: Span = 15 * MINUTE
"""Who was heard within that time may be asked again; of others nobody knows whether they live."""
TOGETHER: Span = 2 * MINUTE
"""Silences farther apart than this are no wave; but once we are cut off, they add up."""


class Witnesses:
    """The witnesses of one route. Times are monotonic."""

    __slots__ = ("_down", "_last_silence", "_remembered", "_silent", "cut_since", "heard_at")

    def __init__(self) -> None:
        self.heard_at: Span | None = None
        """When somebody was heard, or the way was proved to be free by other means."""
        self.cut_since: Span | None = None
        """Since when we believe to be cut off."""
        self._last_silence: Span = 0
        self._remembered: dict[str, tuple[Whereabouts, Span]] = {}
        self._silent: set[str] = set()
        self._down: set[str] = set()

    def heard(self, who: Whereabouts, now: Span) -> None:
        """It takes connections, and may be asked again whether it still does."""
        network, remembered = who.network, self._remembered
        if network not in remembered and len(remembered) >= MOST_REMEMBERED:
            del remembered[next(iter(remembered))]
        remembered[network] = (who, now)
        self.answered(network, now)

    def answered(self, network: str, now: Span) -> None:
        """It answers; whatever is silent is so for reasons of its own."""
        if self._down:
            self._down.discard(network)
        self.proved(now)

    def proved(self, now: Span) -> None:
        """The way is free, whoever is silent."""
        self.heard_at = now
        self.cut_since = None
        if self._silent:
            self._silent.clear()

    def was_silent(self, network: str, now: Span) -> None:
        """It gave no answer, or could not be reached."""
        if self.cut_since is None and now - self._last_silence > TOGETHER:
            self._silent.clear()
        self._last_silence = now
        self._silent.add(network)

    def is_down(self, network: str) -> None:
        """It is silent while others are heard: it has no voice until it is heard again."""
        self._remembered.pop(network, None)
        self._silent.discard(network)
        self._down.add(network)

    def is_cut_off(self, now: Span) -> None:
        if self.cut_since is None:
            self.cut_since = now

    def is_heard_since(self, moment: Span) -> bool:
        return self.heard_at is not None and self.heard_at >= moment

    @property
    def voices(self) -> int:
        """How many unrelated networks fell silent since somebody was heard."""
        return len(self._silent - self._down)

    def others(self, network: str, now: Span) -> list[Whereabouts]:
        """Whom to ask whether they still answer: others that did so lately."""
        fit = [
            who
            for who, heard_at in self._remembered.values()
            if who.network != network and who.port and now - heard_at <= FRESH
        ]
        fit.sort(key=lambda one: one.network in self._silent)
        return fit[:MOST_ASKED]
