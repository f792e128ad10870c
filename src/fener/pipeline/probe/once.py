"""One probe in the calling process, for a person who asks for it now."""

from collections.abc import Iterable
from pathlib import Path

from fener.domain.check import CheckOrder, CheckResult, Purpose
from fener.domain.credentials import Credentials
from fener.domain.kinds import ProbeSettings
from fener.domain.monitor import DEFAULT_TIMEOUT
from fener.domain.time import Span
from fener.net.guard import Listener
from fener.pipeline.probe.prober import Prober
from fener.pipeline.probe.world import Stopwatch, open_world
from fener.ports import Clock


async def probe_once(
    settings: ProbeSettings,
    clock: Clock,
    stopwatch: Stopwatch,
    *,
    credentials: Credentials | None = None,
    timeout: Span = DEFAULT_TIMEOUT,  # noqa: ASYNC109 - the order's, in milliseconds
    own_listeners: Iterable[Listener] = (),
    trust_store: Path | None = None,
) -> CheckResult:
    """The result of probing this target once, with all its evidence; the way there is traced even
    where that takes longer than the timeout. Belongs to no monitor.
    """
    now = clock.now()
    order = CheckOrder(
        monitor_id=0,
        location_id=0,
        at=now,
        purpose=Purpose.MANUAL,
        expires_at=now + timeout,
        timeout=timeout,
        settings=settings,
        credentials=credentials,
        wants_evidence=True,
    )
    async with open_world(clock, stopwatch, own_listeners, trust_store) as world:
        prober = Prober(world)
        prober.start()
        try:
            return await prober.with_path(order, await prober.probe(order))
        finally:
            await prober.stop()
