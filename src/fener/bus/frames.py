"""Messages on a pipe: four bytes of length, most significant first, then MessagePack."""

import asyncio
from typing import TypeVar

import msgspec

T = TypeVar("T")
_LENGTH = 4
LARGEST = 64 * 1024 * 1024


class BrokenFrame(Exception):
    """What came is no message of ours."""


def frame(message: object) -> bytes:
    body = msgspec.msgpack.encode(message)
    return len(body).to_bytes(_LENGTH) + body


async def read_frame(reader: asyncio.StreamReader, decoder: msgspec.msgpack.Decoder[T]) -> T | None:
    """The next message; None at the end of the stream, also in the middle of one.

    Raises BrokenFrame.
    """
    try:
        length = int.from_bytes(await reader.readexactly(_LENGTH))
        if length > LARGEST:
            raise BrokenFrame(f"a message of {length} bytes")
        return decoder.decode(await reader.readexactly(length))
    except asyncio.IncompleteReadError:
        return None
    except msgspec.MsgspecError as error:
        raise BrokenFrame(str(error)) from error
