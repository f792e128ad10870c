"""Times in which Fener did not see what it watches, and the messages that are owed for them."""

from uuid import UUID

from fener.domain.message import BlindSpell
from fener.domain.notification import Event
from fener.domain.time import Instant
from fener.storage.database import Database
from fener.storage.queries import statements

SQL = statements("blindness")


class SqlBlindnessStore:
    """`fener.ports.BlindnessStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def blind_spell(self) -> BlindSpell | None:
        async with self._database.read() as session:
            row = await session.one(SQL["open_spell"], {})
        if row is None:
            return None
        return BlindSpell(UUID(row["public_id"]), row["began_at"], row["why"])

    async def begin(self, spell: BlindSpell, now: Instant) -> None:
        known = {"public_id": str(spell.public_id)}
        async with self._database.write() as session:
            await session.run(SQL["begin"], {**known, "began_at": spell.began_at, "why": spell.why})
            await session.run(SQL["owe_all"], {**known, "event": Event.BLIND, "now": now})

    async def end(self, spell: BlindSpell, now: Instant) -> None:
        known = {"public_id": str(spell.public_id), "now": now}
        async with self._database.write() as session:
            if await session.run(SQL["end"], known):
                await session.run(SQL["owe_again"], {**known, "event": Event.SEEING})
