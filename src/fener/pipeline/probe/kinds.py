"""The table of probes: which one makes the checks of which kind."""

from collections.abc import Callable
from typing import Protocol, runtime_checkable

from fener.domain.check import CheckOrder, CheckResult
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import TlsSettings
from fener.pipeline.probe.dns import DnsProbe
from fener.pipeline.probe.http import HttpProbe
from fener.pipeline.probe.https_redirect import HttpsRedirectProbe
from fener.pipeline.probe.icmp import IcmpProbe
from fener.pipeline.probe.tcp import TcpProbe
from fener.pipeline.probe.tls import TlsProbe
from fener.pipeline.probe.world import World


class Probe(Protocol):
    """Makes the checks of one kind, many side by side."""

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt within the order's timeout. May raise only for faults of our own."""
        ...


@runtime_checkable
class Closable(Protocol):
    """A probe that holds something open between its checks."""

    async def aclose(self) -> None: ...


PROBES: dict[type[ProbeSettings], Callable[[World], Probe]] = {
    HttpSettings: HttpProbe,
    HttpsRedirectSettings: HttpsRedirectProbe,
    TcpSettings: TcpProbe,
    TlsSettings: TlsProbe,
    IcmpSettings: IcmpProbe,
    DnsSettings: DnsProbe,
}
