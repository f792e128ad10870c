"""HTTPS redirect: whoever comes by plain HTTP is sent to HTTPS of the same site."""

from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed
from fener.domain.kinds.names import hosted

PORT = 80


class HttpsRedirectSettings(Probed, frozen=True, tag="https_redirect", omit_defaults=True):
    """`http://host:port/path` must redirect to an `https` address of the same site."""

    host: Host
    port: Annotated[
        int, Meta(title="Port", description="The port of plain HTTP.", ge=1, le=65535)
    ] = PORT
    path: Annotated[
        str, Meta(title="Path", description="The page that is asked for.", examples=["/"])
    ] = "/"

    @property
    def url(self) -> str:
        """The address that is asked."""
        return f"http://{hosted(self.host, self.port, PORT)}{self.path}"

    @property
    def target(self) -> str:
        return f"redirect://{hosted(self.host, self.port, PORT)}{self.path}"
