"""TCP: a connection, and where it is wanted a line sent and an answer expected."""

from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed
from fener.domain.kinds.names import hosted


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
