"""Orders for tests, what became of them, and a prober on the machine's own clock for those who need
real sockets.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from fener.clock import SystemClock, stopwatch
from fener.domain.check import CheckOrder, CheckResult, Failure, Purpose, Success
from fener.domain.credentials import ClientCertificate, Credentials
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import MINUTE, Instant, Span
from fener.net.guard import AddressGuard, Listener
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import Resolver
from fener.net.wire import Wire
from fener.pipeline.probe.gates import Limits
from fener.pipeline.probe.patterns import Patterns
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.world import World
from support.nameserver import FakeNameserver


def order(
    url: str,
    *,
    at: Instant | None = None,
    timeout: Span = 2_000,
    credentials: Credentials | None = None,
    client_certificate: ClientCertificate | None = None,
    allow_private: bool = True,
    purpose: Purpose = Purpose.MANUAL,
    **settings: Any,
) -> CheckOrder:
    """For a monitor of HTTP."""
    return order_for(
        HttpSettings(url=url, **settings),
        at=at,
        timeout=timeout,
        credentials=credentials,
        client_certificate=client_certificate,
        allow_private=allow_private,
        purpose=purpose,
    )


def order_for(
    settings: ProbeSettings,
    *,
    at: Instant | None = None,
    timeout: Span = 2_000,
    credentials: Credentials | None = None,
    client_certificate: ClientCertificate | None = None,
    allow_private: bool = True,
    purpose: Purpose = Purpose.MANUAL,
) -> CheckOrder:
    """For a monitor of any kind."""
    now = SystemClock().now() if at is None else at
    return CheckOrder(
        monitor_id=7,
        location_id=1,
        at=now,
        purpose=purpose,
        expires_at=now + MINUTE,
        timeout=timeout,
        settings=settings,
        credentials=credentials,
        client_certificate=client_certificate,
        allow_private=allow_private,
        wants_evidence=purpose is not Purpose.SCHEDULED,
    )


@asynccontextmanager
async def open_prober(
    *,
    nameserver: FakeNameserver | None = None,
    hosts: Path = Path("/nonexistent"),
    own_listeners: tuple[Listener, ...] = (),
    trust_store: Path | None = None,
    limits: Limits | None = None,
) -> AsyncIterator[Prober]:
    """A prober that asks nobody outside of this machine."""
    clock = SystemClock()
    nameservers = Nameservers(clock, (nameserver or FakeNameserver()).configuration)
    resolver = Resolver(clock, nameservers, HostsFile(clock, hosts))
    async with Wire(trust_store) as wire, Patterns(clock) as patterns:
        guard = AddressGuard(own_listeners)
        world = World(wire, resolver, guard, clock, stopwatch, patterns)
        prober = Prober(world, limits)
        prober.start()
        try:
            yield prober
        finally:
            await prober.stop()
            await resolver.aclose()


def failure_of(result: CheckResult) -> Failure:
    assert isinstance(result.outcome, Failure), result.outcome
    return result.outcome


def reason_of(result: CheckResult) -> FailureReason | UnknownReason:
    """Why it did not succeed."""
    assert not isinstance(result.outcome, Success), result.evidence
    return result.outcome.reason
