"""What the settings of all probed kinds share.

A field's `Meta` is what people are told of it: its title, one line of help, its bounds and an
example. The schemas of the APIs, the forms of the web app and the reference are drawn from it.
"""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from fener.domain.time import Span

Host = Annotated[
    str,
    Meta(
        title="Host",
        description="A host name or an IP address, without protocol and path.",
        min_length=1,
        max_length=253,
        examples=["example.com"],
    ),
]


class IpVersion(StrEnum):
    """Which addresses of a host are dialled."""

    ANY = "any"
    """IPv4, and IPv6 where there is no other."""
    IPV4 = "ipv4"
    IPV6 = "ipv6"


class Probed(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The base of all settings whose monitors are probed. Spans are milliseconds."""

    ip_version: Annotated[
        IpVersion,
        Meta(title="IP version", description="Dial IPv4 or IPv6 addresses only."),
    ] = IpVersion.ANY
    slow_after: (
        Annotated[
            Span,
            Meta(
                title="Slow after",
                description="In ms. A good check that takes longer is a performance problem.",
                extra_json_schema={"examples": [2000]},
            ),
        ]
        | None
    ) = None
    upside_down: Annotated[
        bool,
        Meta(title="Upside down", description="It is good when the check fails, and bad when not."),
    ] = False
    extra: dict[str, object] = {}
    """What an API's own form keeps beside these, so that it is given back as it came."""
