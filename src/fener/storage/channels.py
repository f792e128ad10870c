"""Channels as rows: read into `fener.domain.notification.Channel`, their secrets sealed."""

import msgspec

from fener.domain.notification import Channel, ChannelKind
from fener.storage.database import Row
from fener.storage.sealing import Sealer


def from_row(row: Row, sealer: Sealer) -> Channel:
    sealed = row["sealed_secrets"]
    return Channel(
        id=row["id"],
        organization_id=row["organization_id"],
        kind=ChannelKind(row["kind"]),
        name=row["name"],
        settings=msgspec.json.decode(row["settings"]),
        secrets={} if sealed is None else sealer.open(sealed),
        customer_id=row["customer_id"],
        monitor_id=row["monitor_id"],
        is_active=bool(row["is_active"]),
    )
