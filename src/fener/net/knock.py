"""Asks by TCP whether anybody is at an address, and says nothing there."""

import asyncio
import errno
import socket
from enum import Enum

from fener.domain.time import SECOND, Span

_NOBODY = frozenset({errno.ETIMEDOUT, errno.EHOSTUNREACH, errno.ENETUNREACH, errno.ENETDOWN})


class Knock(Enum):
    OPENED = "opened"
    REFUSED = "refused"
    """By whom cannot be told: routers refuse in the name of those whom they cannot reach."""
    SILENT = "silent"
    UNTOLD = "untold"
    """We could not even knock."""


async def knock(address: str, port: int, within: Span) -> Knock:
    """Connect and hang up. Never raises."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        with socket.socket(family, socket.SOCK_STREAM | socket.SOCK_NONBLOCK) as door:
            async with asyncio.timeout(within / SECOND):
                await asyncio.get_running_loop().sock_connect(door, (address, port))
    except TimeoutError:  # ETIMEDOUT is one as well
        return Knock.SILENT
    except ConnectionRefusedError:
        return Knock.REFUSED
    except OSError as error:
        return Knock.SILENT if error.errno in _NOBODY else Knock.UNTOLD
    return Knock.OPENED
