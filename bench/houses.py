"""A Fener to be measured: its owner, its monitors and tokens made before it is started."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from uuid import UUID, uuid4

from msgspec import Struct

from fener.actions import signing_in, tokens
from fener.actions.context import Context
from fener.actions.setup import ensure_local_owner, set_up_unattended
from fener.actions.throttle import SignInThrottle
from fener.bootstrap import NoDoorbells, opened
from fener.clock import SystemClock
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.people import Identity
from fener.domain.time import DAY, SECOND, Span
from fener.settings import Settings
from fener.storage import monitors
from fener.storage.monitors import NewMonitor
from fener.testing.server import ServedFener

EMAIL = "owner@example.com"
PASSWORD = "lighthouse keeper"
T = TypeVar("T")
_CHECKED = """
UPDATE monitor_states SET last_checked_at = :at WHERE last_checked_at IS NULL
"""


class House(Struct, frozen=True):
    """An open store, and who owns it."""

    context: Context
    owner: Identity

    async def probes(self, url: str, count: int, interval: Span) -> None:
        """Monitors of this address, each checked for the first time when its phase comes."""
        settings = HttpSettings(url=url)
        made = [self._new(settings, number, interval) for number in range(count)]
        now = self.context.clock.now()
        checked = {"at": now + interval}
        async with self.context.database.write() as session:
            for one in made:
                await monitors.insert(session, self.context.sealer, one, now)
            await session.run(_CHECKED, checked)

    async def heartbeats(self, count: int) -> list[UUID]:
        """Heartbeats that wait for a ping a day; gives their keys."""
        settings = HeartbeatSettings(schedule=EveryInterval(DAY))
        keys = [uuid4() for _ in range(count)]
        now = self.context.clock.now()
        async with self.context.database.write() as session:
            for number, key in enumerate(keys):
                one = self._new(settings, number, DAY, key)
                await monitors.insert(session, self.context.sealer, one, now)
        return keys

    async def account_key(self, who: Identity | None = None) -> str:
        return (await tokens.create_account_key(self.context, who or self.owner, "bench")).secret

    async def token(self) -> str:
        new = tokens.NewToken(name="bench")
        return (await tokens.create_token(self.context, self.owner, new)).secret

    async def cookie(self) -> str:
        """That of a browser in which the owner has signed in."""
        attempt = signing_in.Attempt(EMAIL, PASSWORD, "127.0.0.1")
        throttle = SignInThrottle(self.context.clock)
        return (await signing_in.sign_in(self.context, throttle, attempt)).cookie

    def _new(
        self,
        settings: HttpSettings | HeartbeatSettings,
        number: int,
        interval: Span,
        key: UUID | None = None,
    ) -> NewMonitor:
        owner = self.owner.user_id
        assert owner is not None
        return NewMonitor(
            public_id=uuid4(),
            organization_id=self.owner.organization_id,
            customer_id=1,
            owner_id=owner,
            name=f"Site {number}",
            settings=settings,
            interval=interval,
            timeout=10 * SECOND,
            ping_key=key,
        )


def furnish(data: Path, work: Callable[[House], Awaitable[T]]) -> T:
    """Set a store up in a new data folder, and do some work in it."""

    async def do() -> T:
        async with opened(Settings(data=data), SystemClock(), NoDoorbells()) as context:
            owner = await set_up_unattended(context, EMAIL, PASSWORD)
            return await work(House(context, owner or await ensure_local_owner(context)))

    return asyncio.run(do())


@contextmanager
def served(
    data: Path, through: Sequence[str] = ("-m", "fener.cli"), **environment: str
) -> Iterator[ServedFener]:
    """`fener serve` over this folder; `through` are the interpreter's arguments before `serve`."""
    with ServedFener(data, environment=environment, through=through) as fener:
        yield fener
