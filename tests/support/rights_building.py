"""Builds the town in which rights are tested: once, by the actions and stages that people use."""

import asyncio
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import UUID

from fener.actions import (
    channels,
    customers,
    incidents,
    organizations,
    policies,
    tokens,
)
from fener.actions.channels import NewChannel
from fener.actions.customers import CustomerChange
from fener.actions.incidents import Visibility
from fener.actions.organizations import OrganizationChange
from fener.actions.tokens import NewToken
from fener.api.app import create_api
from fener.api.options import ApiOptions
from fener.domain.check import CheckResult, Evidence, Failure, Outcome, Success, Timings
from fener.domain.credentials import BasicCredentials
from fener.domain.failure import FailureReason
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.kinds import Settings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.notification import ChannelKind
from fener.domain.people import Identity, Role
from fener.domain.policy import NamedPolicy
from fener.domain.time import MINUTE, SECOND
from fener.faults import FaultBoard
from fener.pipeline.judge.changes import notice_changes
from fener.pipeline.judge.judge import judge
from fener.pipeline.judge.problems import other_readings
from fener.pipeline.record.route import route
from fener.pipeline.record.settle import Settler
from fener.storage import monitors
from fener.storage.monitors import NewMonitor
from fener.storage.queries import statements
from fener.storage.recording import SqlRecordStore
from support.api import Client
from support.house import JOB
from support.people import World, world
from support.rights import WHOSE
from support.rights_people import People, bearer
from support.rights_town import RANGES, SPREAD, Caller, Town, mark

NEIGHBOUR = "owner@planted-elsewhere.example"
_UNKNOWN = UUID("01890a5d-ac96-774b-bcce-b302099a8057")
_UNLIMITED, _LIMITED = ("elsewhere",), ("elsewhere", "acme", "B")
_HIDDEN = {
    **dict.fromkeys(["owner", "admin", "user", "token"], _UNLIMITED),
    **dict.fromkeys(["userA", "readA", "tokenA"], _LIMITED),
    "read0": (*_LIMITED, "A"),
}


@cache
def town() -> Town:
    """Built in a loop of its own, whoever asks first."""
    with ThreadPoolExecutor(1) as builder, TemporaryDirectory() as folder:
        return builder.submit(asyncio.run, _built(Path(folder))).result()


async def _built(folder: Path) -> Town:
    async with world(folder) as here:
        await hurry(here)
        return await _Builder(here).built()


class _Builder:
    def __init__(self, here: World) -> None:
        self.here = here
        self.context = here.context
        self.people = People(here)
        faults = FaultBoard(here.clock)
        self.record = SqlRecordStore(here.context.database, here.context.sealer, here.clock, faults)
        self.things: dict[str, dict[str, tuple[str, ...]]] = {}
        self.policies: dict[int, NamedPolicy] = {}
        """Of each organization, one that nobody has."""

    async def built(self) -> Town:
        async with self.context.database.write() as session:
            await session.run(statements("people")["insert_local_location"])
        await self._number("acme")
        await self._number("A", "customers")
        acme = await self.here.organization("Acme", "owner@acme.example")
        await self._number("B", "customers")
        await self.here.customer(acme.organization_id, mark("B"))
        customer_a, customer_b = await self._ids("customers")
        await self._fill_organization("acme", acme)
        nobodies = await self.people.nobodies(acme)
        memberless = await self.people.memberless(acme)
        headers = await self.people.sign_in_all(acme, customer_a)
        await self._number("A")
        await self._fill("A", acme, customer_a)
        await self._number("B")
        await self._fill("B", acme, customer_b)
        await self._number("elsewhere")
        stranger = await self.here.organization(mark("elsewhere"), NEIGHBOUR)
        await self._fill_organization("elsewhere", stranger)
        await self._fill("elsewhere", stranger, (await self._ids("customers"))[-1])
        strangers = await self._strangers(stranger)
        self.things["nobody's"] = _nothing()
        traces = {owner: await self._traces(owner) for owner in RANGES}
        callers = [*self._callers(headers, await self._ping_keys("A")), *strangers]
        await self._number("new")
        await self._use_each(callers)
        return Town(
            store=_bytes(self.context.database.path),
            now=self.here.now,
            things=self.things,
            traces=traces,
            callers={one.name: one for one in callers},
            nobodies=nobodies,
            memberless=memberless,
        )

    async def _number(self, owner: str, *tables: str) -> None:
        """What is stored from now on has ids of this owner's range."""
        listed = ", ".join(f"'{one}'" for one in tables)
        wanted = f"AND name IN ({listed})" if tables else ""
        first = RANGES[owner] * SPREAD
        async with self.context.database.write() as session:
            await session.run(f"DELETE FROM sqlite_sequence WHERE 1 {wanted}")
            await session.run(
                f"INSERT INTO sqlite_sequence (name, seq) SELECT name, {first} FROM sqlite_master"
                f" WHERE sql LIKE '%AUTOINCREMENT%' {wanted}"
            )
            await session.run(
                f"INSERT INTO sequences VALUES ('checks', {first})"
                f" ON CONFLICT DO UPDATE SET last_id = {first}"
            )

    async def _ids(self, table: str) -> list[int]:
        async with self.context.database.read() as session:
            return [row["id"] for row in await session.all(f"SELECT id FROM {table} ORDER BY id")]

    async def _public(self, table: str, identifier: int | None) -> str:
        async with self.context.database.read() as session:
            sql = f"SELECT public_id FROM {table} WHERE id = :id"
            return str(await session.value(sql, {"id": identifier}))

    async def _fill_organization(self, name: str, owner: Identity) -> None:
        """What only those see who are not limited to customers."""
        own = mark(name)
        about = OrganizationChange(company_name=own, street=own, billing_email=f"{own}@x.example")
        await organizations.change(self.context, owner, about)
        await self.here.member(owner.organization_id, Role.ADMIN, f"unlimited@{own}.example")
        await self._channel(owner, None, "Everybody", f"{own}@x.example")
        # Everybody in the organization may read of it, so only a stranger's has a mark.
        title = own if name == "elsewhere" else "Spare"
        spare = await policies.add(self.context, owner, policies.New(title=title))
        self.policies[owner.organization_id] = spare

    async def _fill(self, name: str, who: Identity, customer_id: int) -> None:
        """One of each thing that a path can name, each with the owner's mark."""
        own, inside = mark(name), mark("elsewhere" if name == "elsewhere" else "acme")
        about = CustomerChange(name=own, email=f"{own}@x.example", custom_fields={own: own})
        await customers.change(self.context, who, customer_id, about)
        channel = await self._channel(who, customer_id, own, f"{own}@x.example")
        monitor = await self._monitor(own, who, customer_id, _website(own))
        heartbeat = await self._monitor(own, who, customer_id, JOB)
        ping = await self._monitor(own, who, customer_id, IcmpSettings(f"{own}.example"))
        lookup = await self._monitor(own, who, customer_id, DnsSettings(f"{own}.example"))
        incident = await self._goes_down(monitor, own)
        await self._reports_failure(heartbeat, own)
        await self._write_about(who, incident, own)
        limited = await tokens.create_token(
            self.context, who, NewToken(name=own, customer_id=customer_id)
        )
        unlimited = await tokens.create_token(self.context, who, NewToken(name=inside))
        member = await self.here.member(
            who.organization_id, Role.USER, f"limited@{own}.example", (customer_id,)
        )
        named = {"organization": who.organization_id, "customer": customer_id}
        public = {
            "incident": await self._public("incidents", incident),
            "website": await self._public("monitors", monitor),
            "customer": await self._public("customers", customer_id),
            "organization": await self._public("organizations", who.organization_id),
            "user": await self._public("users", member.user_id),
        }
        self.things[name] = {
            "incident_id": (str(incident),),
            "incident_public_id": (public["incident"],),
            "monitor_id": (str(monitor),),
            "heartbeat_id": (str(heartbeat),),
            "public_heartbeat_id": (await self._public("monitors", heartbeat),),
            "website_id": (public["website"],),
            "icmp_monitor_public_id": (await self._public("monitors", ping),),
            "dns_monitor_id": (str(lookup),),
            "dns_monitor_public_id": (await self._public("monitors", lookup),),
            "websiteId": (public["website"], str(monitor)),
            "notification_handler_id": (str(channel),),
            "channel_id": (str(channel),),
            "customer_id": (public["customer"], str(customer_id)),
            "customerId": (public["customer"], str(customer_id)),
            "user_id": (public["user"], str(member.user_id)),
            "organization_id": (public["organization"], str(named["organization"])),
            "organizationId": (str(named["organization"]),),
            "token_id": (str(limited.token.id),),
            "policy_id": (str(self.policies[who.organization_id].id),),
            "packageId": (str(self.policies[who.organization_id].id),),
            "package_type": (self.policies[who.organization_id].key,),
            "organization_token_id": (str(unlimited.token.id),),
        }

    async def _channel(self, who: Identity, customer_id: int | None, name: str, to: str) -> int:
        new = NewChannel(
            kind=ChannelKind.EMAIL, name=name, settings={"to": to}, customer_id=customer_id
        )
        return (await channels.add(self.context, who, new)).id

    async def _monitor(self, own: str, who: Identity, customer_id: int, settings: Settings) -> int:
        assert who.user_id is not None
        is_heartbeat = isinstance(settings, HeartbeatSettings)
        is_website = isinstance(settings, HttpSettings)
        new = NewMonitor(
            public_id=self.context.new_id(self.here.now),
            organization_id=who.organization_id,
            customer_id=customer_id,
            owner_id=who.user_id,
            name=own,
            settings=settings,
            interval=MINUTE,
            timeout=10 * SECOND,
            credentials=BasicCredentials(own, own) if is_website else None,
            ping_key=self.context.new_id(self.here.now) if is_heartbeat else None,
        )
        async with self.context.database.write() as session:
            return await monitors.insert(session, self.context.sealer, new, self.here.now)

    async def _goes_down(self, monitor_id: int, own: str) -> int:
        broken = Failure(FailureReason.WRONG_STATUS, f"status 500 of {own}")
        outcomes: tuple[Outcome, ...] = (Success(), broken, broken, broken)
        for outcome in outcomes:
            self.here.clock.step_wall(10 * SECOND)
            result = CheckResult(
                monitor_id=monitor_id,
                location_id=1,
                at=self.here.now,
                finished_at=self.here.now,
                outcome=outcome,
                timings=Timings(total=12_345),
                status_code=500,
                evidence=Evidence(request=f"GET https://{own}.example/", body=own),
                is_good_answer=isinstance(outcome, Success),
            )
            await self.record.record([result], self._settler().settle)
        await self._told(own)
        return (await self._ids("incidents"))[-1]

    async def _told(self, own: str) -> None:
        """Somebody was to be told of it, and was not."""
        async with self.context.database.write() as session:
            await session.run(
                "INSERT INTO delivery_attempts (notification_id, attempt, at, ok, answer, took_ms)"
                " SELECT id, 1, created_at, 0, :own, 5 FROM notifications WHERE incident_id ="
                " (SELECT max(id) FROM incidents)",
                {"own": own},
            )

    async def _reports_failure(self, heartbeat_id: int, own: str) -> None:
        ping = Ping(heartbeat_id, self.here.now, PingAction.FAIL, body=own, user_agent=own)
        await self.record.record_pings([ping], self._settler().settle_ping)

    def _settler(self) -> Settler:
        return Settler(judge, other_readings, notice_changes, route, self.context.new_id)

    async def _write_about(self, who: Identity, incident: int, own: str) -> None:
        await incidents.change_comment(self.context, who, incident, own)
        await incidents.change_postmortem(self.context, who, incident, own)
        for visibility in Visibility:
            await incidents.add_comment(self.context, who, incident, own, visibility)

    def _callers(
        self, headers: dict[str, tuple[str, dict[str, str]]], ping_keys: tuple[str, ...]
    ) -> list[Caller]:
        whose = {one: one for one in WHOSE}
        return [
            Caller(
                name=name,
                column=column,
                headers=sent,
                whose=whose,
                hidden=_HIDDEN[column],
                secrets=ping_keys if column.startswith("read") else (),
            )
            for name, (column, sent) in headers.items()
        ]

    async def _strangers(self, stranger: Identity) -> list[Caller]:
        """The neighbours: to them, Acme is elsewhere."""
        new = NewToken(name=mark("elsewhere"))
        token = await tokens.create_token(self.context, stranger, new)
        found = {"token": bearer(token.secret), **await self.people.person(stranger, NEIGHBOUR)}
        whose = {"A": "elsewhere", "elsewhere": "A", "nobody's": "nobody's"}
        return [
            Caller(
                name=f"{name} of the neighbour",
                column="token" if name == "token" else "owner",
                headers=headers,
                whose=whose,
                hidden=("acme", "A", "B"),
            )
            for name, headers in found.items()
        ]

    async def _use_each(self, callers: list[Caller]) -> None:
        """A use is noted once a minute, so that from now on it is none of our changes."""
        api = create_api(self.context, ApiOptions(rate_limit=0))
        for caller in callers:
            answer = await Client(api, caller.headers).get("/api/customers")
            assert answer.status == 200, answer

    async def _traces(self, owner: str) -> frozenset[str]:
        if owner == "acme":
            return frozenset()
        tables = ("organizations", "users", "customers", "monitors", "incidents")
        found = [await self._texts(owner, "public_id", table) for table in tables]
        return frozenset().union(*found, await self._ping_keys(owner))

    async def _ping_keys(self, owner: str) -> tuple[str, ...]:
        """As paths spell them, with dashes and without."""
        keys = [one for one in await self._texts(owner, "ping_key", "monitors") if one]
        return (*keys, *(key.replace("-", "") for key in keys))

    async def _texts(self, owner: str, column: str, table: str) -> list[str]:
        first = RANGES[owner] * SPREAD
        sql = f"SELECT {column} AS it FROM {table} WHERE id BETWEEN :first AND :last"
        async with self.context.database.read() as session:
            rows = await session.all(sql, {"first": first, "last": first + SPREAD})
        return [row["it"] for row in rows]


def _website(own: str) -> HttpSettings:
    return HttpSettings(
        url=f"https://{own}.example/",
        headers=(("X-Own", own),),
        body=own,
        keyword=own,
        extra={"customFields": {own: own}},
    )


def _nothing() -> dict[str, tuple[str, ...]]:
    """Ids that nothing has."""
    number, public = str(RANGES["nobody's"] * SPREAD + 1), str(_UNKNOWN)
    numbers = (
        "incident_id monitor_id heartbeat_id dns_monitor_id notification_handler_id channel_id"
        " organizationId"
    )
    either = "customer_id customerId user_id websiteId"
    return {
        **dict.fromkeys([*numbers.split(), "token_id", "organization_token_id"], (number,)),
        "policy_id": (number,),
        "packageId": (number,),
        "package_type": ("nothing",),
        **dict.fromkeys(
            [
                "incident_public_id",
                "website_id",
                "icmp_monitor_public_id",
                "dns_monitor_public_id",
                "public_heartbeat_id",
                "organization_id",
            ],
            (public,),
        ),
        **dict.fromkeys(either.split(), (public, number)),
    }


def _bytes(path: Path) -> bytes:
    """A whole copy of a store that is in use."""
    here, copy = sqlite3.connect(path), sqlite3.connect(":memory:")
    try:
        here.backup(copy)
        return copy.serialize()
    finally:
        here.close()
        copy.close()


async def hurry(here: World) -> None:
    """No power fails in here, so nothing waits for the disk."""
    writer = here.context.database._writer
    assert writer
    await writer.run("PRAGMA synchronous = OFF")
