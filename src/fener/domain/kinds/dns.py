"""DNS: the records of a name, as one resolver answers them."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed

PORT = 53


class RecordType(StrEnum):
    A = "A"
    AAAA = "AAAA"
    CAA = "CAA"
    CNAME = "CNAME"
    MX = "MX"
    NS = "NS"
    PTR = "PTR"
    SOA = "SOA"
    SRV = "SRV"
    TXT = "TXT"


class Match(StrEnum):
    """How the records are compared with the expected ones."""

    EXACT = "exact"
    """Just these records, in any order."""
    CONTAINED = "contained"
    """These records at least."""


class DnsSettings(Probed, frozen=True, tag="dns", omit_defaults=True):
    """Questions for the records of a name. Each type must have an answer."""

    host: Host
    record_types: Annotated[
        tuple[RecordType, ...],
        Meta(title="Record types", description="The types that are asked for.", min_length=1),
    ] = (RecordType.A,)
    resolver: (
        Annotated[
            str,
            Meta(
                title="Name server",
                description="The name server that is asked, as address or address:port. "
                "Without one, the machine's own.",
                examples=["9.9.9.9"],
            ),
        ]
        | None
    ) = None
    expected: Annotated[
        dict[RecordType, tuple[str, ...]],
        Meta(title="Expected records", description="Records by type, as zone files write them."),
    ] = {}
    match: Annotated[
        Match, Meta(title="Match", description="Whether other records may be there, too.")
    ] = Match.EXACT
    notice_changes: Annotated[
        bool,
        Meta(
            title="Notice changes",
            description="Tell once when the records are other than before. It is no outage.",
        ),
    ] = False

    @property
    def target(self) -> str:
        types = ",".join(self.record_types)
        asked = f"&resolver={self.resolver}" if self.resolver else ""
        return f"dns://{self.host}?type={types}{asked}"
