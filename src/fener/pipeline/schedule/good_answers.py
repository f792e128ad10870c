"""Of which regular checks a success is to be kept with its evidence: few, since each is written.

Checks beside the regular ones are asked for it always, so it says nothing of them.
"""

from fener.domain.time import HOUR, Instant

_SCATTER = 2_654_435_761
"""Knuth's multiplier: neighbouring ids come out far apart, so that no hour begins with a herd."""


class GoodAnswers:
    """Each monitor takes its turn with its first check, and then once in each hour of its own."""

    def __init__(self) -> None:
        self._last_turn: dict[int, int] = {}

    def takes_turn(self, monitor_id: int, at: Instant) -> bool:
        """Whether the check at this time is the one of its hour; asked twice, it is not."""
        hour = (at + monitor_id * _SCATTER % HOUR) // HOUR
        if self._last_turn.get(monitor_id) == hour:
            return False
        self._last_turn[monitor_id] = hour
        return True

    def ask_anew(self, monitor_id: int) -> None:
        """What is known of it may be true no longer: the next check has its turn."""
        self._last_turn.pop(monitor_id, None)
