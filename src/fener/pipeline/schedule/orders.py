"""Check orders: everything that a prober has to know, for each location of a monitor."""

from collections.abc import Iterator

from fener.domain.check import CheckOrder, Purpose
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.time import MINUTE, Instant, Span
from fener.ports import Scheduled

LONGEST_LIFE: Span = MINUTE


def orders_for(
    scheduled: Scheduled, at: Instant, purpose: Purpose, *, wants_evidence: bool
) -> Iterator[CheckOrder]:
    """One order for each location. Nobody wants the answer once the next one is due."""
    monitor, settings = scheduled.monitor, scheduled.monitor.settings
    if isinstance(settings, HeartbeatSettings):
        return
    for location_id in monitor.location_ids:
        yield CheckOrder(
            monitor_id=monitor.id,
            location_id=location_id,
            at=at,
            purpose=purpose,
            expires_at=at + min(monitor.interval, LONGEST_LIFE),
            timeout=monitor.timeout,
            settings=settings,
            credentials=monitor.credentials,
            client_certificate=monitor.client_certificate,
            allow_private=scheduled.allow_private,
            wants_evidence=wants_evidence,
        )
