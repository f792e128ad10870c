"""Small things about sockets that several tests need."""

import socket

from fener.clock import SystemClock
from fener.domain.time import SECOND, Span

LISTENS_WITHIN: Span = 5 * SECOND


def listens(port: int) -> None:
    """Wait until somebody listens on this port of loopback."""
    clock = SystemClock()
    until = clock.monotonic() + LISTENS_WITHIN
    while clock.monotonic() < until:
        with socket.socket() as knocking:
            if knocking.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise TimeoutError("nobody listens")
