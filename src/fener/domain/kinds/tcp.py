"""TCP: a connection, and where it is wanted a line sent and an answer expected."""

import re
from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed
from fener.domain.kinds.names import hosted

ANSWER_LIMIT = 64 * 1024
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|.)?", re.DOTALL)
_ESCAPED = {"r": b"\r", "n": b"\n", "t": b"\t", "\\": b"\\"}


class TcpSettings(Probed, frozen=True, tag="tcp", omit_defaults=True):
    r"""A connection to a port. `send` and `expect` know the escapes `\r` `\n` `\t` `\xHH` `\\`."""

    host: Host
    port: Annotated[
        int,
        Meta(title="Port", description="The port to connect to.", ge=1, le=65535, examples=[5432]),
    ]
    send: (
        Annotated[
            str,
            Meta(
                title="Send",
                description=r"What is sent once connected; \r and \n stand for the ends of lines.",
                max_length=4096,
                examples=[r"PING\r\n"],
            ),
        ]
        | None
    ) = None
    expect: (
        Annotated[
            str,
            Meta(
                title="Expect",
                description="Text that must stand in the first 64 KiB of the answer.",
                max_length=1000,
                examples=["+PONG"],
            ),
        ]
        | None
    ) = None

    @property
    def target(self) -> str:
        return f"tcp://{hosted(self.host, self.port)}"


def unescaped(text: str) -> bytes:
    r"""The bytes that are meant, with `\r`, `\n`, `\t`, `\xHH` and `\\` in them; else UTF-8.

    Raises ValueError for any other escape.
    """
    data = bytearray()
    end = 0
    for found in _ESCAPE.finditer(text):
        data += text[end : found.start()].encode()
        data += _meant(found[1] or "")
        end = found.end()
    return bytes(data + text[end:].encode())


def _meant(escape: str) -> bytes:
    if len(escape) > 1:
        return bytes.fromhex(escape[1:])
    if escape not in _ESCAPED:
        raise ValueError(rf"\{escape} is none of the escapes \r, \n, \t, \xHH and \\")
    return _ESCAPED[escape]
