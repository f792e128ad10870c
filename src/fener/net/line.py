"""A TCP connection to one address that was resolved and guarded before, for protocols in which
little is said. It raises OSError as the system does, TimeoutError without a number where time ran
out, and EOFError where the other side hung up.
"""

import asyncio
import socket
from typing import Self

from fener.domain.time import SECOND, Span

_PIECE = 16_384


class Line:
    """Use it between `connect` and `close`. Everything that was read stays in `received`."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.received = bytearray()
        self._taken = 0

    @classmethod
    async def connect(cls, address: str, port: int, within: Span) -> Self:
        """Dial an address, not a name. Raises OSError."""
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        connection = socket.socket(family, socket.SOCK_STREAM)
        try:
            connection.setblocking(False)
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            async with asyncio.timeout(max(0, within) / SECOND):
                await asyncio.get_running_loop().sock_connect(connection, (address, port))
        except BaseException:
            connection.close()
            raise
        return cls(connection)

    async def send(self, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(self.connection, data)

    async def receive(self) -> bytes:
        """The next bytes. Raises EOFError after the last ones."""
        piece = await asyncio.get_running_loop().sock_recv(self.connection, _PIECE)
        if not piece:
            raise EOFError
        self.received += piece
        return piece

    async def line(self, most: int) -> bytes:
        """The next whole line, without its end. Raises ValueError where `most` bytes were read
        since the connection began and none of them ends it.
        """
        while (end := self.received.find(b"\n", self._taken)) < 0:
            if len(self.received) >= most:
                raise ValueError(f"no end after {len(self.received):,} bytes")
            await self.receive()
        line = bytes(self.received[self._taken : end]).removesuffix(b"\r")
        self._taken = end + 1
        return line

    @property
    def untaken(self) -> bytes:
        """What was read and stands in no line that was taken."""
        return bytes(self.received[self._taken :])

    def close(self) -> None:
        self.connection.close()
