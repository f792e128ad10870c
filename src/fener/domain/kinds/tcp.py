"""TCP: a connection, and where it is wanted a line sent and an answer expected."""

import re
from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed
from fener.domain.kinds.names import hosted

_ESCAPE = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.)|$)", re.DOTALL)
_SHORT = {"r": b"\r", "n": b"\n", "t": b"\t", "0": b"\0", "\\": b"\\"}


def unescaped(text: str) -> bytes:
    r"""The bytes that a text with `\r`, `\n`, `\t`, `\0`, `\xHH` and `\\` stands for.

    Raises ValueError with a sentence for any other escape.
    """
    made, end = b"", 0
    for found in _ESCAPE.finditer(text):
        made += text[end : found.start()].encode()
        end = found.end()
        if found[1]:
            made += bytes([int(found[1], 16)])
        elif found[2] in _SHORT:
            made += _SHORT[found[2]]
        else:
            known = r"\r, \n, \t, \0, \xHH and \\"
            raise ValueError(f"{found[0]} stands for nothing: there are {known}")
    return made + text[end:].encode()


class TcpSettings(Probed, frozen=True, tag="tcp", omit_defaults=True):
    r"""A connection to a port. `send` and `expect` know the escapes `\r`, `\n`, `\t`, `\xHH`."""

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
                description="Text that must stand in what is answered.",
                max_length=1000,
                examples=["+PONG"],
            ),
        ]
        | None
    ) = None

    @property
    def target(self) -> str:
        return f"tcp://{hosted(self.host, self.port)}"
