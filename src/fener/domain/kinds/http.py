"""HTTP and HTTPS: a request, and what counts as a good answer to it."""

import re
from enum import StrEnum
from typing import Annotated

from msgspec import Meta, Struct

from fener.domain import json_path
from fener.domain.kinds.base import Probed

BODY_LIMIT = 1024 * 1024
MAX_REDIRECTS = 5
_HOST = re.compile(r"[a-z]+://(?:[^/?#]*@)?(?:\[([^\]]*)\]|([^/?#:]*))", re.IGNORECASE)


class HttpVersion(StrEnum):
    """Which version of HTTP is spoken."""

    AUTO = "auto"
    """HTTP/2 where a server offers it over TLS, else HTTP/1.1."""
    HTTP_1_1 = "1.1"
    HTTP_2 = "2"
    """And nothing else: a server that does not speak it fails."""


class JsonAssertion(Struct, frozen=True, omit_defaults=True):
    """One value of an answer in JSON. Without `wanted` it is enough that it is there."""

    path: Annotated[
        str,
        Meta(
            title="Path",
            description="A JSONPath to one value, without wildcards and filters.",
            min_length=1,
            max_length=500,
            examples=["$.database.status"],
        ),
    ]
    wanted: (
        Annotated[
            str,
            Meta(
                title="Wanted",
                description="The value in JSON, or the bare text of a string.",
                max_length=1_000,
                examples=["ok", "5", "true"],
            ),
        ]
        | None
    ) = None

    @classmethod
    def read(cls, line: str) -> "JsonAssertion":
        """From what `text` gives."""
        return cls(*json_path.divided(line))

    @property
    def text(self) -> str:
        """As people write it: `$.status = ok`."""
        return self.path if self.wanted is None else f"{self.path} = {self.wanted}"


class HttpSettings(Probed, frozen=True, tag="http", omit_defaults=True):
    """An HTTP or HTTPS request and what counts as a good answer to it."""

    url: str
    method: str = "GET"
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None
    expected_status: str = "200-299"
    """Comma-separated codes and ranges: `200,301-308`."""
    keyword: str | None = None
    """Text that must stand in the first MiB of the body."""
    expected_headers: tuple[tuple[str, str], ...] = ()
    """Response headers that must be there with just these values."""
    keyword_absent: (
        Annotated[
            str,
            Meta(
                title="Unwanted keyword",
                description="A text that must not stand in the first MiB of the answer.",
                min_length=1,
                max_length=1_000,
                examples=["Fatal error"],
            ),
        ]
        | None
    ) = None
    pattern: (
        Annotated[
            str,
            Meta(
                title="Pattern",
                description="A regular expression that must match in the first MiB of the answer.",
                min_length=1,
                max_length=1_000,
                examples=[r"version [0-9]+\.[0-9]+"],
            ),
        ]
        | None
    ) = None
    json: Annotated[
        tuple[JsonAssertion, ...],
        Meta(
            title="JSON values",
            description="Values that must stand in an answer in JSON, each with its path.",
            max_length=20,
        ),
    ] = ()
    least_size: (
        Annotated[
            int,
            Meta(
                title="Least size",
                description="A body of fewer bytes is a failure.",
                ge=1,
                le=BODY_LIMIT,
                examples=[1_000],
            ),
        ]
        | None
    ) = None
    most_size: (
        Annotated[
            int,
            Meta(
                title="Most size",
                description="A body of more bytes is a failure.",
                ge=0,
                le=BODY_LIMIT,
                examples=[100_000],
            ),
        ]
        | None
    ) = None
    follow_redirects: bool = True
    verify_tls: bool = True
    http_version: Annotated[
        HttpVersion,
        Meta(
            title="HTTP version",
            description="The version that is spoken; with 2 a server without it fails.",
        ),
    ] = HttpVersion.AUTO
    proxy: (
        Annotated[
            str,
            Meta(
                title="Proxy",
                description="An HTTP proxy through which the target is asked, without a user.",
                max_length=300,
                examples=["http://proxy.example.com:3128"],
            ),
        ]
        | None
    ) = None
    cache_buster: Annotated[
        bool,
        Meta(
            title="Bypass caches",
            description="Each check adds a query parameter that no cache has seen yet.",
        ),
    ] = False
    keep_cookies: Annotated[
        bool,
        Meta(
            title="Keep cookies",
            description="Cookies of one redirect are sent with the next, within one check.",
        ),
    ] = False

    @property
    def host(self) -> str:
        """The host that is asked; empty where the address has none."""
        found = _HOST.match(self.url)
        return (found[1] or found[2]).lower() if found else ""

    @property
    def target(self) -> str:
        return self.url
