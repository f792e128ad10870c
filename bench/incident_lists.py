"""Both incident lists at a million incidents of 500 customers: near and deep, for those who see
all and for those who see the incidents of 200 customers.
"""

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import uuid4

from client import Rounds, answered, get
from figures import Effort, Figure
from houses import House, furnish, served
from msgspec import Struct

from fener.actions import members
from fener.domain.people import Credential, Identity, Role

INCIDENTS = 1_000_000
CUSTOMERS = 500
LIMITED_TO = 200
CONNECTIONS = 4
ROUND_SECONDS = 2
PAGE = 10_000
START = 1_760_000_000_000
APART_MS = 60_000
_SCATTER = 2_654_435_761
"""Knuth's multiplier: whose incident is the next one follows no pattern."""


class Asked(Struct, frozen=True):
    words: str
    request: bytes


def measure(effort: Effort) -> list[Figure]:
    count = effort.of(INCIDENTS, 10_000)

    async def fill(house: House) -> list[Asked]:
        customers = await add_customers(house)
        await add_incidents(house, customers, count)
        member = await _member(house, customers[:: CUSTOMERS // LIMITED_TO][:LIMITED_TO])
        keys = [await house.account_key(who) for who in (house.owner, member)]
        return list(_asked(count, *keys))

    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder) / "data"
        lists = furnish(data, fill)
        rounds = Rounds(CONNECTIONS, ROUND_SECONDS / effort.of(1, 20), effort.of(3, 1))
        with served(data) as fener:
            return [answered(one.words, rounds.of(fener, [one.request])) for one in lists]


def _asked(count: int, owner: str, limited: str) -> Iterator[Asked]:
    some = f"limited to {LIMITED_TO} of {CUSTOMERS} customers"
    within = count * LIMITED_TO // CUSTOMERS
    for words, key, reach in (("owner", owner, count), (some, limited, within)):
        bearer = {"Authorization": f"Bearer {key}", "Accept": "application/json"}
        last_page = min(PAGE, reach // 25)
        for page in (1, last_page):
            path = f"/api/incidents/?page={page}&results_per_page=25"
            yield Asked(f"account, 25 rows, {words}, page {page:,}", get(path, **bearer))
        for offset in (0, min(PAGE * 100, reach) - 100):
            path = f"/api/incidents?limit=100&offset={offset}"
            yield Asked(f"organization, 100 rows, {words}, offset {offset:,}", get(path, **bearer))


async def add_customers(house: House) -> list[int]:
    """Customers with a paused monitor each; gives their ids, which are the monitors' too."""
    now, organization = house.context.clock.now(), house.owner.organization_id
    async with house.context.database.write() as session:
        policy = await session.value("SELECT id FROM policies")
        first = await session.value("SELECT max(id) + 1 FROM customers")
        ids = list(range(first, first + CUSTOMERS))
        shared = {"organization": organization, "owner": house.owner.user_id, "policy": policy}
        rows = [{"id": one, "uuid": str(uuid4()), "now": now, **shared} for one in ids]
        await session.many(_CUSTOMER, rows)
        await session.many(_MONITOR, rows)
    return ids


async def add_incidents(house: House, customers: Sequence[int], count: int) -> None:
    organization = house.owner.organization_id
    for start in range(0, count, AT_ONCE):
        rows = [
            {
                "uuid": str(uuid4()),
                "organization": organization,
                "customer": customers[number * _SCATTER % 2**32 % CUSTOMERS],
                "at": START + number * APART_MS,
                "check": 2 * number + 1,
            }
            for number in range(start, min(start + AT_ONCE, count))
        ]
        async with house.context.database.write() as session:
            await session.many(_INCIDENT, rows)
    async with house.context.database.write() as session:
        await session.run(_TOTALS)


async def _member(house: House, customers: Sequence[int]) -> Identity:
    """A readonly member, signed in."""
    new = members.NewMember(
        email="limited@example.com", role=Role.READONLY, customer_ids=tuple(customers)
    )
    member = await members.add(house.context, house.owner, new)
    return Identity(
        organization_id=house.owner.organization_id,
        role=member.role,
        credential=Credential.SESSION,
        user_id=member.user_id,
        customer_ids=member.customer_ids,
    )


AT_ONCE = 20_000
_CUSTOMER = """
INSERT INTO customers (id, public_id, organization_id, name, email, policy_id, created_at,
                       updated_at)
VALUES (:id, :uuid, :organization, 'Customer ' || :id, 'ops@example.com', :policy, :now, :now)
"""
_MONITOR = """
INSERT INTO monitors (id, public_id, organization_id, customer_id, owner_id, kind, name, target,
                      settings, interval_ms, timeout_ms, created_at, updated_at, paused_at)
VALUES (:id, :uuid, :organization, :id, :owner, 'http', 'Site ' || :id, 'https://www.example.com/',
        '{"type":"http","url":"https://www.example.com/"}', 60000, 10000, :now, :now, :now)
"""
_INCIDENT = """
INSERT INTO incidents (public_id, organization_id, customer_id, monitor_id, problem, cause, status,
                       start_at, start_check_id, opened_at, opening_check_id, end_at, end_check_id,
                       resolved_at, resolution, last_failed_at, failed_checks, reason,
                       message, channel_ids)
VALUES (:uuid, :organization, :customer, :customer, 'availability', 'downtime', 'resolved',
        :at, :check, :at + 20000, :check, :at + 300000, :check + 1, :at + 310000, 'recovered',
        :at + 290000, 30, 'connection_refused', 'connection refused', '[1]')
"""
_TOTALS = """
UPDATE customers
   SET incidents_total = (SELECT count(*) FROM incidents i WHERE i.customer_id = customers.id)
"""
