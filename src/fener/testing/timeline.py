"""Behaviour end to end, told as a timeline: every real stage over a real file, under a fake clock.

    async with running(folder) as fener:
        shop = await fener.watches("https://shop.example/")
        await fener.until("12:05")
        shop.goes_down()
        await fener.until("12:06:20")
        (incident,) = await shop.incidents()

Only the ends are played: targets follow a script, and a carrier remembers what it was given.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from fener.actions import channels, monitors, setup
from fener.actions.context import Context
from fener.actions.monitors import New
from fener.bootstrap.bells import StageBells
from fener.bootstrap.roles import Roles
from fener.bootstrap.stages import assembled
from fener.bootstrap.store import new_id, prepared_database
from fener.bus.local import LocalBus
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings, Schedule
from fener.domain.kinds.http import HttpSettings
from fener.domain.notification import ChannelKind
from fener.domain.time import HOUR, MINUTE, Instant, Span
from fener.storage.database import Database
from fener.storage.sealing import Sealer, load_key
from fener.testing.clock import NOON
from fener.testing.scene import Scene
from fener.testing.threadless import threadless
from fener.testing.watched import Job, Site

LOCATION = 1
_MOMENT: Span = 100


class Timeline(Scene):
    """One Fener and the life it leads. Open it with `running`."""

    def __init__(self, folder: Path, begins: Instant) -> None:
        super().__init__(begins)
        self._folder = folder
        self.store_is_away = False
        self._bells = StageBells()
        self._life = AsyncExitStack()

    async def until(self, time: str | Instant) -> None:
        """Let time pass until then, and everything happen that is due by then."""
        span = self.moment(time) - self.clock.now()
        assert span >= 0, f"it is {self.now} already"  # noqa: S101 - a test's own order of calls
        await self.clock.advance(span)

    async def passes(self, span: Span) -> None:
        await self.clock.advance(span)

    # Life.

    async def start(self) -> None:
        """Assemble the stages over the file and let them run."""
        database = Database(prepared_database(self._folder))
        await database.open()
        self._life.push_async_callback(database.close)
        sealer = Sealer(load_key(self._folder, ""))
        self._bells = StageBells()
        self.context = Context(database, sealer, self.clock, self._bells, new_id)
        bus = LocalBus()
        stages = assembled(self.context, bus, {ChannelKind.WEBHOOK: self.carrier}, self.faults)
        self._bells.connect(stages)
        roles = Roles(self.clock, self.faults)
        self._life.push_async_callback(self._end, roles)
        roles.start("record", lambda: stages.recorder.run(bus.results()))
        roles.start("notify", stages.notifier.run)
        roles.start("probe", lambda: self.prober.run(bus, LOCATION))
        roles.start("schedule", stages.scheduler.run)
        roles.start("lateness", stages.lateness.run)
        roles.start("blindness", stages.blindness.run)
        self.stages = stages
        await self.clock.settle()

    async def stop(self) -> None:
        """Checks under way are lost; what is in the store stays."""
        self.stages = None
        await self._life.aclose()

    async def _end(self, roles: Roles) -> None:
        ending = asyncio.create_task(roles.stop_all())
        await self.clock.settle()
        while not ending.done():
            await self.clock.advance(_MOMENT)
        await ending

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """Fener does not run within this block."""
        await self.stop()
        yield
        await self.start()

    @asynccontextmanager
    async def without_store(self) -> AsyncIterator[None]:
        """Within this block every statement fails, as on a disk that is gone."""
        await self.clock.settle()
        self.store_is_away = True
        yield
        await self.clock.settle()
        self.store_is_away = False

    def before_statement(self) -> None:
        if self.store_is_away:
            raise sqlite3.OperationalError("disk I/O error")

    # What is watched, and who is told.

    async def watches(
        self,
        url: str = "https://shop.example/",
        every: Span = MINUTE,
        timeout: Span | None = None,  # noqa: ASYNC109 - that of each check
    ) -> Site:
        """Add a monitor, as a person does; its target is up until it is told otherwise."""
        new = New(settings=HttpSettings(url=url), interval=every, timeout=timeout)
        monitor = await monitors.add(self.context, self.owner, new)
        return Site(self, monitor)

    async def awaits(
        self, schedule: Schedule | Span = HOUR, grace: Span = 5 * MINUTE, name: str = "Backup"
    ) -> Job:
        """Add a heartbeat; nothing is expected before its first ping."""
        when = EveryInterval(schedule) if isinstance(schedule, int) else schedule
        new = New(settings=HeartbeatSettings(when, grace), name=name)
        return Job(self, await monitors.add(self.context, self.owner, new))

    async def tells(self, name: str = "Hook") -> int:
        """Add a channel; gives its id."""
        hook = {"url": "https://hook.example/"}
        new = channels.NewChannel(kind=ChannelKind.WEBHOOK, name=name, settings=hook)
        return (await channels.add(self.context, self.owner, new)).id

    @property
    def told(self) -> list[str]:
        """Everything the carrier was asked to send: `12:05:20 down`."""
        asked = zip(self.carrier.asked_at, self.carrier.asked, strict=True)
        return [f"{self.time(at)} {message.event}" for at, message in asked]


@asynccontextmanager
async def running(folder: Path, begins: Instant = NOON) -> AsyncIterator[Timeline]:
    """A Fener that runs, with an owner and one channel, at noon if nothing else is said."""
    fener = Timeline(folder, begins)
    with threadless(fener.before_statement):
        await fener.start()
        try:
            fener.owner = await setup.ensure_local_owner(fener.context)
            await fener.tells()
            yield fener
        finally:
            fener.store_is_away = False
            await fener.stop()
