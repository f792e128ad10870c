"""Both APIs over a real file, with people, credentials and outages that were really judged."""

from collections.abc import AsyncIterator, Awaitable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import uuid4

from msgspec import Struct

from fener.actions import tokens
from fener.actions.context import Context
from fener.actions.identify import Caller, by_bearer, identity_for
from fener.api.app import Api, create_api
from fener.api.options import ApiOptions
from fener.domain.check import CheckResult, Evidence, Failure, Outcome, Success, Timings
from fener.domain.failure import Facts, FailureReason
from fener.domain.heartbeat import Ping, PingAction
from fener.domain.kinds import Settings
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.people import Credential, Identity, Role
from fener.domain.time import MINUTE, SECOND, Instant
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
from support.people import World, world

BROKEN = Failure(
    FailureReason.WRONG_STATUS,
    "status 500, wanted 200-299",
    Facts(got="500", wanted="200-299"),
)
MISSED = Failure(FailureReason.RUN_MISSED, "no run was reported")
JOB = HeartbeatSettings(schedule=EveryInterval(MINUTE))
COOKIE = "a-session-cookie"
CSRF = "a-csrf-token"


class Signed:
    """Recognizes real bearer secrets, and cookies as the sessions of users."""

    def __init__(self) -> None:
        self.users: dict[str, int | None] = {}

    def by_bearer(self, context: Context, secret: str) -> Awaitable[Caller | None]:
        return by_bearer(context, secret)

    async def by_session(self, context: Context, cookie: str) -> Caller | None:
        user_id = self.users.get(cookie)
        if user_id is None:
            return None
        return Caller(Credential.SESSION, user_id=user_id, session_id=user_id, csrf_token=CSRF)

    def identity_for(
        self, context: Context, caller: Caller, organization_id: int | None = None
    ) -> Awaitable[Identity]:
        return identity_for(context, caller, organization_id)


class House(Struct):
    """One organization of two customers, its owner, and the APIs."""

    world: World
    api: Api
    signed: Signed
    owner: Identity
    customer_id: int
    other_customer_id: int
    record: SqlRecordStore

    @property
    def context(self) -> Context:
        return self.world.context

    @property
    def nobody(self) -> Client:
        return Client(self.api)

    async def key_of(self, who: Identity) -> Client:
        """Asks with an account key of this person."""
        issued = await tokens.create_account_key(self.context, who, "test")
        return self.nobody.bearing(issued.secret)

    def session_of(self, who: Identity) -> Client:
        """Asks with a session of this person, from our own pages."""
        cookie = f"cookie-of-{who.user_id}"
        self.signed.users[cookie] = who.user_id
        return Client(self.api, {"cookie": f"fener_session={cookie}", "x-csrf-token": CSRF})

    async def token(self, customer_id: int | None = None, who: Identity | None = None) -> Client:
        """Asks with a token of the organization, or of one of its customers."""
        new = tokens.NewToken(name="test", customer_id=customer_id)
        issued = await tokens.create_token(self.context, who or self.owner, new)
        return self.nobody.bearing(issued.secret)

    async def readonly(self, *customers: int) -> Client:
        """Asks with the key of a readonly member who is limited to these customers."""
        email = f"{uuid4()}@example.com"
        member = await self.world.member(
            self.owner.organization_id, Role.READONLY, email, customers
        )
        return await self.key_of(member)

    async def stranger(self) -> Identity:
        """The owner of another organization."""
        email = f"{uuid4()}@example.org"
        return await self.world.organization("Elsewhere", email)

    async def monitor(
        self,
        settings: Settings | None = None,
        *,
        customer_id: int | None = None,
        who: Identity | None = None,
        name: str = "Shop",
    ) -> int:
        owner = who or self.owner
        assert owner.user_id is not None
        is_heartbeat = isinstance(settings, HeartbeatSettings)
        new = NewMonitor(
            public_id=self.context.new_id(self.world.now),
            organization_id=owner.organization_id,
            customer_id=customer_id or await self.first_customer(owner),
            owner_id=owner.user_id,
            name=name,
            settings=settings or HttpSettings(url="https://shop.example/"),
            interval=MINUTE,
            timeout=10 * SECOND,
            ping_key=uuid4() if is_heartbeat else None,
        )
        async with self.context.database.write() as session:
            return await monitors.insert(session, self.context.sealer, new, self.world.now)

    async def first_customer(self, who: Identity) -> int:
        sql = "SELECT min(id) FROM customers WHERE organization_id = :id"
        return int(await self.value(sql, id=who.organization_id))

    async def channel(self, name: str = "Mail", customer_id: int | None = None) -> int:
        async with self.context.database.write() as session:
            return await session.insert(
                "INSERT INTO channels (organization_id, customer_id, kind, name, settings,"
                " created_at, updated_at) VALUES (:o, :c, 'email', :n, '{}', 0, 0) RETURNING id",
                {"o": self.owner.organization_id, "c": customer_id, "n": name},
            )

    async def checked(
        self,
        monitor_id: int,
        at: Instant,
        outcome: Outcome,
        status_code: int | None = None,
        records: tuple[str, ...] | None = None,
    ) -> None:
        """Have one result judged and recorded."""
        result = CheckResult(
            monitor_id=monitor_id,
            location_id=1,
            at=at,
            finished_at=at + 250,
            outcome=outcome,
            timings=Timings(total=12_345),
            status_code=status_code,
            evidence=Evidence(request="GET https://shop.example/", phase="done"),
            records=records,
        )
        settler = Settler(judge, other_readings, notice_changes, route, self.context.new_id)
        self.world.clock.step_wall(max(0, result.finished_at - self.world.now))
        await self.record.record([result], settler.settle)

    async def goes_down(self, monitor_id: int, at: Instant | None = None, failures: int = 3) -> int:
        """Failing checks ten seconds apart from `at` on; gives the incident that they open."""
        await self.fails(monitor_id, self.world.now if at is None else at, failures)
        return await self.newest_incident()

    async def fails(self, monitor_id: int, at: Instant, failures: int) -> None:
        for number in range(failures):
            await self.checked(monitor_id, at + number * 10 * SECOND, BROKEN, 500)

    async def pinged(self, heartbeat_id: int, at: Instant, action: PingAction) -> None:
        settler = Settler(judge, other_readings, notice_changes, route, self.context.new_id)
        await self.record.record_pings([Ping(heartbeat_id, at, action)], settler.settle_ping)

    async def falls_silent(self, heartbeat_id: int, at: Instant | None = None) -> int:
        """A job that runs once, and then misses its next run; gives the incident that it opens."""
        begun = self.world.now if at is None else at
        await self.pinged(heartbeat_id, begun, PingAction.SUCCESS)
        due_at = await self.value(
            "SELECT due_at FROM monitor_states WHERE monitor_id = :m", m=heartbeat_id
        )
        await self.checked(heartbeat_id, due_at, MISSED)
        return await self.newest_incident()

    async def comes_up(self, monitor_id: int, at: Instant, successes: int = 2) -> None:
        """Good checks ten seconds apart from `at` on."""
        for number in range(successes):
            await self.checked(monitor_id, at + number * 10 * SECOND, Success(), 200)

    async def newest_incident(self) -> int:
        return int(await self.value("SELECT max(id) FROM incidents"))

    async def public_id(self, incident_id: int) -> str:
        sql = "SELECT public_id FROM incidents WHERE id = :id"
        return str(await self.value(sql, id=incident_id))

    async def value(self, sql: str, **parameters: Any) -> Any:
        async with self.context.database.read() as session:
            return await session.value(sql, parameters)

    async def rows(self, sql: str, **parameters: Any) -> list[dict[str, Any]]:
        async with self.context.database.read() as session:
            return [dict(row) for row in await session.all(sql, parameters)]


@asynccontextmanager
async def open_house(folder: Path, **options: Any) -> AsyncIterator[House]:
    async with world(folder) as made:
        signed = Signed()
        owner = await made.organization("Acme", "owner@example.com")
        signed.users[COOKIE] = owner.user_id
        async with made.context.database.write() as session:
            await session.run(statements("people")["insert_local_location"])
        house = House(
            world=made,
            api=create_api(made.context, ApiOptions(recognizer=signed, **options)),
            signed=signed,
            owner=owner,
            customer_id=0,
            other_customer_id=await made.customer(owner.organization_id, "Beta"),
            record=SqlRecordStore(
                made.context.database, made.context.sealer, made.clock, FaultBoard(made.clock)
            ),
        )
        house.customer_id = await house.first_customer(owner)
        yield house
