"""Which channels are told of a monitor. Pure."""

from collections.abc import Sequence

from fener.domain.monitor import Monitor
from fener.domain.notification import Channel


def route(monitor: Monitor, channels: Sequence[Channel]) -> tuple[int, ...]:
    """The channels chosen for the monitor, else all that its customer and organization have.

    `channels` are the active ones of the organization. A channel of another customer or monitor
    is never among them.
    """
    fitting = [channel for channel in channels if _fits(channel, monitor)]
    if monitor.channel_ids is None:
        return tuple(channel.id for channel in fitting)
    chosen = set(monitor.channel_ids)
    return tuple(channel.id for channel in fitting if channel.id in chosen)


def _fits(channel: Channel, monitor: Monitor) -> bool:
    return (
        channel.organization_id == monitor.organization_id
        and channel.customer_id in {None, monitor.customer_id}
        and channel.monitor_id in {None, monitor.id}
    )
