"""Types of uptime monitors in the account API: which kind of monitor each is, and what a form says
of targets that are no websites.
"""

from typing import Any

from msgspec import UNSET, UnsetType
from msgspec.structs import replace

from fener.domain.errors import Invalid
from fener.domain.kinds import SETTINGS, Kind, ProbeSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import TlsSettings

WEBSITE = "website"
TYPES = {
    WEBSITE: Kind.HTTP,
    "ping": Kind.ICMP,
    "port": Kind.TCP,
    "ssl": Kind.TLS,
    "redirect": Kind.HTTPS_REDIRECT,
}
"""The last two are additions. DNS monitors and heartbeats are resources of their own."""
KINDS = frozenset(TYPES.values())
_NAMES = {SETTINGS[kind]: name for name, kind in TYPES.items()}


def type_of(settings: ProbeSettings) -> str:
    return _NAMES[type(settings)]


def kind_of_type(name: str) -> Kind:
    """Raises Invalid."""
    if name not in TYPES:
        raise Invalid(f"type must be one of {', '.join(TYPES)}", "type")
    return TYPES[name]


def target_of(settings: ProbeSettings) -> str:
    """A website's address, or the host of another target."""
    return settings.url if isinstance(settings, HttpSettings) else settings.host


def port_of(settings: ProbeSettings) -> int:
    """0 for those that have none, or have it in their address."""
    return getattr(settings, "port", 0)


def hosted(
    kind: Kind,
    before: ProbeSettings | None,
    target: str | UnsetType,
    port: int | str | UnsetType | None,
) -> ProbeSettings:
    """The settings before with another host and port. Raises Invalid."""
    given: dict[str, Any] = {}
    if target is not UNSET:
        given["host"] = target
    if port is not UNSET and port is not None and kind is not Kind.ICMP:
        given["port"] = _port(port)
    if kind is Kind.TCP and before is None and "port" not in given:
        raise Invalid("port is required for type port", "port")
    return replace(before or _blank(kind), **given)


def _blank(kind: Kind) -> ProbeSettings:
    match kind:
        case Kind.ICMP:
            return IcmpSettings("")
        case Kind.TLS:
            return TlsSettings("")
        case Kind.HTTPS_REDIRECT:
            return HttpsRedirectSettings("")
        case _:
            return TcpSettings("", 0)


def _port(given: int | str) -> int:
    try:
        return int(given)
    except ValueError as error:
        raise Invalid("port must be a number from 1 to 65535", "port") from error
