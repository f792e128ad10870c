"""Runs Fener and kills it, as a power cut would, when it reaches a named point.

    python -m fener.testing.crash record.before_commit 3 serve

ends the process by SIGKILL the third time that `fener serve` stands at that point
(`fener.steps.reached`).
"""

import os
import signal
import sys

from fener import steps


class KilledAt:
    """Counts the times that one point is reached; the last of them ends the process."""

    def __init__(self, point: str, times: int) -> None:
        self._point = point
        self._left = times

    def __call__(self, point: str) -> None:
        if point != self._point:
            return
        self._left -= 1
        if self._left <= 0:
            os.kill(os.getpid(), signal.SIGKILL)


def main() -> None:
    """Run `POINT TIMES COMMAND...` as the module says."""
    point, times, *arguments = sys.argv[1:]
    steps.listen(KilledAt(point, int(times)))
    from fener.cli import main as command_line  # noqa: PLC0415 - its arguments are set first

    sys.argv = ["fener", *arguments]
    command_line()


if __name__ == "__main__":
    main()
