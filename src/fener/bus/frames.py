"""The language between a process and its child prober: MessagePack behind a length of four bytes,
lists of orders one way, results and reports the other.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from fener.domain.check import CheckOrder, CheckResult
from fener.domain.prober import ProberStats

_LENGTH = 4
_LONGEST = 256 * 1024 * 1024


class Results(Struct, frozen=True, tag="results"):
    results: Sequence[CheckResult]


Told: TypeAlias = Results | ProberStats
"""What a prober tells its parent."""

_encoder = msgspec.msgpack.Encoder()
_orders = msgspec.msgpack.Decoder(list[CheckOrder])
_told = msgspec.msgpack.Decoder(Told)


class BrokenFrame(Exception):
    """The other side speaks another language."""


def frame(message: Sequence[CheckOrder] | Told) -> bytes:
    """One message, ready to be written."""
    body = _encoder.encode(message)
    return len(body).to_bytes(_LENGTH, "big") + body


async def read_orders(reader: asyncio.StreamReader) -> AsyncIterator[list[CheckOrder]]:
    """Batches of orders until the other side closes. Raises BrokenFrame."""
    async for body in _bodies(reader):
        yield _decoded(_orders, body)


async def read_told(reader: asyncio.StreamReader) -> AsyncIterator[Told]:
    """Results and reports until the other side closes. Raises BrokenFrame."""
    async for body in _bodies(reader):
        yield _decoded(_told, body)


def _decoded(decoder: msgspec.msgpack.Decoder[Any], body: bytes) -> Any:
    try:
        return decoder.decode(body)
    except msgspec.DecodeError as error:
        raise BrokenFrame(str(error)) from error


async def _bodies(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        try:
            length = int.from_bytes(await reader.readexactly(_LENGTH), "big")
            if length > _LONGEST:
                raise BrokenFrame(f"a frame of {length} bytes")
            yield await reader.readexactly(length)
        except (asyncio.IncompleteReadError, ConnectionError):
            return
