"""A world of people for tests of actions: a migrated file, a fake clock, members of each role."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from fener.actions import birth
from fener.actions.context import Context
from fener.domain.ids import uuid7
from fener.domain.people import Credential, Identity, Role
from fener.domain.place import Place
from fener.domain.time import Instant
from fener.storage import customers, members
from fener.storage.database import Database
from fener.storage.sealing import Sealer
from fener.testing.clock import FakeClock
from support.database import migrated_file
from support.hashing import CHEAP, cheap_hashing

PASSWORD = "correct horse battery"
_ids = count(1)


def stored_bytes(folder: Path) -> bytes:
    """Everything on disk, what is still in the log of the database too."""
    return b"".join(file.read_bytes() for file in sorted(folder.iterdir()))


class SilentDoorbells:
    """Nobody runs who could be rung."""

    def check_now(self, monitor_id: int) -> None: ...
    def monitors_changed(self, *places: Place) -> None: ...
    def incidents_changed(self, *places: Place) -> None: ...
    def messages_owed(self, place: Place) -> None: ...


class World:
    """A context on a real file, and short ways to put people into it."""

    def __init__(self, database: Database, clock: FakeClock) -> None:
        self.clock = clock
        self.context = Context(
            database=database,
            sealer=Sealer(b"0123456789abcdef"),
            clock=clock,
            doorbells=SilentDoorbells(),
            new_id=lambda at: uuid7(at, next(_ids)),
        )

    @property
    def now(self) -> Instant:
        return self.clock.now()

    async def user(self, email: str, password: str | None = None) -> int:
        stored = CHEAP.hash(password) if password else None
        new = birth.NewUser(email=email, password_hash=stored)
        async with self.context.database.write() as session:
            return await birth.insert_user(session, self.context, new, self.now)

    async def organization(self, name: str, owner_email: str) -> Identity:
        """A new organization; gives its owner, signed in."""
        owner_id = await self.user(owner_email, PASSWORD)
        new = birth.NewOrganization(owner_id=owner_id, name=name, email=owner_email)
        async with self.context.database.write() as session:
            identifier = await birth.insert_organization(session, self.context, new, self.now)
        return Identity(identifier, Role.OWNER, Credential.SESSION, owner_id)

    async def customer(self, organization_id: int, name: str) -> int:
        async with self.context.database.write() as session:
            policy = await session.value(
                "SELECT id FROM policies WHERE organization_id = :id", {"id": organization_id}
            )
            new = customers.NewCustomer(
                public_id=self.context.new_id(self.now),
                organization_id=organization_id,
                name=name,
                email="",
                policy_id=policy,
            )
            return await customers.insert(session, new, self.now)

    async def member(
        self, organization_id: int, role: Role, email: str, reach: tuple[int, ...] | None = None
    ) -> Identity:
        """A new member, signed in; `reach` limits them to customers."""
        user_id = await self.user(email, PASSWORD)
        await self.join(organization_id, user_id, role, reach)
        limit = None if reach is None else frozenset(reach)
        return Identity(organization_id, role, Credential.SESSION, user_id, customer_ids=limit)

    async def join(
        self,
        organization_id: int,
        user_id: int,
        role: Role,
        reach: tuple[int, ...] | None = None,
    ) -> None:
        limit = None if reach is None else frozenset(reach)
        async with self.context.database.write() as session:
            joined = members.NewMembership(organization_id, user_id, role, limit)
            await members.insert(session, joined, self.now)

    async def audited(self) -> list[tuple[str, str]]:
        """Every audit entry: what was done, and to what."""
        async with self.context.database.read() as session:
            rows = await session.all("SELECT action, subject FROM audit_entries ORDER BY id")
        return [(row["action"], row["subject"]) for row in rows]


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """An empty store with hashing made cheap."""
    database = Database(migrated_file(folder / "fener.db"))
    await database.open()
    try:
        with cheap_hashing():
            yield World(database, FakeClock())
    finally:
        await database.close()
