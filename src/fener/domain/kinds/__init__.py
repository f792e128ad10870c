"""The kinds of monitors, one file each with its typed settings, and the table of them all."""

from enum import StrEnum
from typing import TypeAlias

from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import TlsSettings


class Kind(StrEnum):
    """The tag of a kind's settings, under which monitors are stored."""

    HTTP = "http"
    HTTPS_REDIRECT = "https_redirect"
    TLS = "tls"
    TCP = "tcp"
    ICMP = "icmp"
    DNS = "dns"
    HEARTBEAT = "heartbeat"


ProbeSettings: TypeAlias = (
    HttpSettings | HttpsRedirectSettings | TlsSettings | TcpSettings | IcmpSettings | DnsSettings
)
"""Of kinds whose targets are probed."""
Settings: TypeAlias = ProbeSettings | HeartbeatSettings

SETTINGS: dict[Kind, type[Settings]] = {
    Kind.HTTP: HttpSettings,
    Kind.HTTPS_REDIRECT: HttpsRedirectSettings,
    Kind.TLS: TlsSettings,
    Kind.TCP: TcpSettings,
    Kind.ICMP: IcmpSettings,
    Kind.DNS: DnsSettings,
    Kind.HEARTBEAT: HeartbeatSettings,
}

PROBED = tuple(kind for kind in Kind if kind is not Kind.HEARTBEAT)


def kind_of(settings: Settings) -> Kind:
    return Kind(str(settings.__struct_config__.tag))
