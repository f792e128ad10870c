"""Named points between two steps of the pipeline, at which crash tests end the process.

In production nothing listens and a point costs one call. `fener.testing.crash` listens.
"""

from collections.abc import Callable

_listener: Callable[[str], None] | None = None


def listen(listener: Callable[[str], None] | None) -> None:
    """Have `listener` called with the name of each point that is reached; None stops it."""
    global _listener  # noqa: PLW0603 - one process, one listener
    _listener = listener


def reached(name: str) -> None:
    """Say that the process stands at the point of this name."""
    if _listener is not None:
        _listener(name)
