"""Channels as rows: read into `fener.domain.notification.Channel`, their secrets sealed."""

from collections.abc import Sequence

import msgspec

from fener.domain.notification import Channel, ChannelKind
from fener.storage.database import Row, Session, in_list
from fener.storage.monitors import storable
from fener.storage.queries import statements
from fener.storage.sealing import Sealer

SQL = statements("channels")


async def by_ids(session: Session, sealer: Sealer, ids: Sequence[int]) -> dict[int, Channel]:
    """The channels of these ids that exist."""
    listed, parameters = in_list("id", storable(ids))
    rows = await session.all(f"{SQL['columns']} WHERE c.id IN {listed}", parameters)
    return {row["id"]: from_row(row, sealer) for row in rows}


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
