"""ICMP: echo requests, how many are answered and how evenly."""

from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed


class IcmpSettings(Probed, frozen=True, tag="icmp", omit_defaults=True):
    """So many echo requests, of which enough must be answered."""

    host: Host
    count: Annotated[
        int,
        Meta(
            title="Packets",
            description="How many packets a check sends, a tenth of a second apart.",
            ge=1,
            le=20,
        ),
    ] = 3
    size: Annotated[
        int, Meta(title="Packet size", description="Bytes of data in a packet.", ge=0, le=65507)
    ] = 56
    most_loss: Annotated[
        int,
        Meta(
            title="Most loss",
            description="The check fails where a greater part of the packets is lost, in percent.",
            ge=0,
            le=99,
        ),
    ] = 50
    most_jitter: (
        Annotated[
            int,
            Meta(
                title="Most jitter",
                description="The check fails where round trips differ by more on average, in ms.",
                ge=0,
            ),
        ]
        | None
    ) = None

    @property
    def target(self) -> str:
        return f"icmp://[{self.host}]" if ":" in self.host else f"icmp://{self.host}"
