"""HTTP and HTTPS: a request, and what counts as a good answer to it."""

import re

from fener.domain.kinds.base import Probed

BODY_LIMIT = 1024 * 1024
MAX_REDIRECTS = 5
_HOST = re.compile(r"[a-z]+://(?:[^/?#]*@)?(?:\[([^\]]*)\]|([^/?#:]*))", re.IGNORECASE)


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
    follow_redirects: bool = True
    verify_tls: bool = True

    @property
    def host(self) -> str:
        """The host that is asked; empty where the address has none."""
        found = _HOST.match(self.url)
        return (found[1] or found[2]).lower() if found else ""

    @property
    def target(self) -> str:
        return self.url
