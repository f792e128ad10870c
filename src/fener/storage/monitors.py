"""Monitors as rows: read into `fener.domain.monitor.Monitor`, written with their secrets sealed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import Struct

from fener.domain.credentials import ClientCertificate, Credentials, Secrets
from fener.domain.kinds import Settings, kind_of
from fener.domain.monitor import Monitor
from fener.domain.policy import Policy, Quorum
from fener.domain.spread import spread
from fener.domain.time import Instant, Span
from fener.storage.database import Row, Session, in_list
from fener.storage.ids import is_id, split_ids, storable
from fener.storage.queries import statements
from fener.storage.sealing import Sealer

SQL = statements("monitors")
_SETTINGS: msgspec.json.Decoder[Settings] = msgspec.json.Decoder(Settings)


class NewMonitor(Struct, frozen=True, kw_only=True):
    """A monitor to be stored; its id is the database's to give."""

    public_id: UUID
    organization_id: int
    customer_id: int
    owner_id: int
    name: str
    settings: Settings
    interval: Span
    timeout: Span
    location_ids: tuple[int, ...] = (1,)
    channel_ids: tuple[int, ...] | None = None
    policy_id: int | None = None
    credentials: Credentials | None = None
    client_certificate: ClientCertificate | None = None
    ping_key: UUID | None = None


class Location(Struct, frozen=True):
    """Where probers run. `country` is a code of two letters, or empty where nobody said."""

    id: int
    code: str
    name: str
    country: str


async def insert(session: Session, sealer: Sealer, new: NewMonitor, now: Instant) -> int:
    """Store a monitor with its first, unknown state; gives its id."""
    await session.run(SQL["raise_revision"])
    identifier = await session.insert(
        SQL["insert"],
        {
            **_columns(new, sealer),
            "public_id": str(new.public_id),
            "organization_id": new.organization_id,
            "owner_id": new.owner_id,
            "kind": kind_of(new.settings),
            "ping_key": str(new.ping_key) if new.ping_key else None,
            "now": now,
        },
    )
    await _insert_locations(session, identifier, new.location_ids)
    await session.run(
        SQL["insert_state"], {"spread": spread(identifier), "monitor_id": identifier, "now": now}
    )
    return identifier


async def update(session: Session, sealer: Sealer, monitor: Monitor, now: Instant) -> None:
    """Write the whole monitor as it is given; its incidents follow it to its customer."""
    await session.run(SQL["raise_revision"])
    before = await session.value(SQL["customer_of"], {"id": monitor.id})
    columns = _columns(monitor, sealer)
    paused = {"paused_at": monitor.paused_at, "deleted_at": monitor.deleted_at}
    await session.run(SQL["update"], {**columns, **paused, "id": monitor.id, "now": now})
    await session.run(SQL["delete_locations"], {"monitor_id": monitor.id})
    await _insert_locations(session, monitor.id, monitor.location_ids)
    if before != monitor.customer_id:
        await _move_incidents(session, monitor, before)


async def set_ping_key(session: Session, heartbeat: Monitor, now: Instant) -> None:
    """The one thing that `update` leaves as it is."""
    key = str(heartbeat.ping_key)
    await session.run(SQL["raise_revision"])
    await session.run(SQL["set_ping_key"], {"id": heartbeat.id, "ping_key": key, "now": now})


async def _move_incidents(session: Session, monitor: Monitor, before: int) -> None:
    moved = {"monitor_id": monitor.id, "customer_id": monitor.customer_id}
    await session.run(SQL["move_incidents"], moved)
    totals = {"before": before, "after": monitor.customer_id}
    await session.run(SQL["recount_incidents"], totals)


async def by_ids(session: Session, sealer: Sealer, ids: Sequence[int]) -> dict[int, Monitor]:
    """The monitors of these ids that exist, deleted ones too."""
    listed, parameters = in_list("id", storable(ids))
    rows = await session.all(f"{SQL['columns']} WHERE m.id IN {listed}", parameters)
    return {row["id"]: from_row(row, sealer) for row in rows}


async def by_id(session: Session, sealer: Sealer, identifier: int) -> Monitor | None:
    return (await by_ids(session, sealer, [identifier])).get(identifier)


async def by_public_id(session: Session, sealer: Sealer, public_id: UUID) -> Monitor | None:
    row = await session.one(
        f"{SQL['columns']} WHERE m.public_id = :public_id", {"public_id": str(public_id)}
    )
    return None if row is None else from_row(row, sealer)


async def by_key(session: Session, sealer: Sealer, key: int | UUID) -> Monitor | None:
    """By numeric or public id, deleted ones too."""
    if isinstance(key, UUID):
        return await by_public_id(session, sealer, key)
    return await by_id(session, sealer, key)


async def id_by_ping_key(session: Session, ping_key: UUID) -> int | None:
    """The living heartbeat that is pinged under this secret."""
    found = await session.value(SQL["by_ping_key"], {"ping_key": str(ping_key)})
    return None if found is None else int(found)


async def place_of_customer(session: Session, customer_id: int) -> int | None:
    """The organization of a customer; None where there is no such customer."""
    if not is_id(customer_id):
        return None
    found = await session.value(SQL["customer_place"], {"id": customer_id})
    return None if found is None else int(found)


async def customers_in_order(session: Session, organization_id: int) -> list[int]:
    rows = await session.all(SQL["customers_in_order"], {"organization_id": organization_id})
    return [row["id"] for row in rows]


async def owner_of_organization(session: Session, organization_id: int) -> int | None:
    parameters = {"organization_id": organization_id}
    found = await session.value(SQL["owner_of_organization"], parameters)
    return None if found is None else int(found)


async def locations(session: Session) -> list[Location]:
    return [Location(**dict(row)) for row in await session.all(SQL["locations"])]


async def raise_revision(session: Session) -> None:
    """What many monitors have in common changed: a policy, a customer, a channel."""
    await session.run(SQL["raise_revision"])
    await session.run(SQL["any_changed"])


async def revision(session: Session) -> int:
    return int(await session.value(SQL["revision"]) or 0)


def from_row(row: Row, sealer: Sealer) -> Monitor:
    secrets = _secrets(row, sealer)
    return Monitor(
        id=row["id"],
        public_id=UUID(row["public_id"]),
        organization_id=row["organization_id"],
        customer_id=row["customer_id"],
        owner_id=row["owner_id"],
        name=row["name"],
        settings=_SETTINGS.decode(row["settings"]),
        policy=rules_of(row),
        interval=row["interval_ms"],
        timeout=row["timeout_ms"],
        location_ids=tuple(split_ids(row["location_ids"])),
        channel_ids=None if row["channel_ids"] is None else _json_ids(row["channel_ids"]),
        policy_id=row["policy_id"],
        credentials=secrets.credentials,
        client_certificate=secrets.client_certificate,
        ping_key=UUID(row["ping_key"]) if row["ping_key"] else None,
        created_at=row["created_at"],
        paused_at=row["paused_at"],
        deleted_at=row["deleted_at"],
    )


def rules_of(row: Row) -> Policy:
    """What the columns of a policy say."""
    return Policy(
        confirm_after=row["confirm_after"],
        recover_after=row["recover_after"],
        recheck_every=row["recheck_every_ms"],
        quorum=Quorum(row["quorum"]),
        quorum_count=row["quorum_count"],
        reminder_every=row["reminder_every_ms"],
        certificate_warn_before=row["certificate_warn_before_ms"],
        certificate_critical_before=row["certificate_critical_before_ms"],
        flap_turns=row["flap_turns"],
        flap_window=row["flap_window_ms"],
        flap_hold=row["flap_hold_ms"],
        flap_calm=row["flap_calm_ms"],
    )


def _secrets(row: Row, sealer: Sealer) -> Secrets:
    sealed = row["sealed_credentials"]
    return Secrets() if sealed is None else msgspec.convert(sealer.open(sealed), Secrets)


def _json_ids(text: str) -> tuple[int, ...]:
    return msgspec.json.decode(text, type=tuple[int, ...])


def _columns(monitor: NewMonitor | Monitor, sealer: Sealer) -> dict[str, Any]:
    ids = monitor.channel_ids
    secrets = Secrets(monitor.credentials, monitor.client_certificate)
    return {
        "customer_id": monitor.customer_id,
        "name": monitor.name,
        "target": monitor.settings.target,
        "settings": msgspec.json.encode(monitor.settings).decode(),
        "sealed_credentials": None
        if secrets == Secrets()
        else sealer.seal(msgspec.to_builtins(secrets)),
        "interval_ms": monitor.interval,
        "timeout_ms": monitor.timeout,
        "channel_ids": None if ids is None else msgspec.json.encode(ids).decode(),
        "policy_id": monitor.policy_id,
    }


async def _insert_locations(session: Session, monitor_id: int, ids: Sequence[int]) -> None:
    rows = [{"monitor_id": monitor_id, "location_id": location_id} for location_id in ids]
    await session.many(SQL["insert_location"], rows)
