"""The web app served for a browser: its own thread and loop, a real file, a prober that answers."""

import asyncio
import socket
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from pathlib import Path
from typing import Any, Self, TypeVar

import uvicorn
from msgspec import Struct

from fener.actions import setup, signing_in
from fener.actions.context import Context
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.clock import SystemClock
from fener.domain.check import CheckResult, Purpose, Success, Timings
from fener.domain.people import Identity
from fener.domain.place import Place
from fener.domain.time import Instant
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Change, Publisher, Topic, changes_of
from fener.storage.database import Database
from fener.storage.recording import SqlRecordStore
from fener.storage.scheduling import SqlScheduleStore
from fener.storage.sealing import Sealer
from fener.web.app import create_web
from fener.web.options import WebOptions
from support.database import migrated_file
from support.hashing import cheap_hashing
from support.people import PASSWORD
from support.store import new_id, settler

EMAIL = "ada@example.com"
T = TypeVar("T")


class AnsweringDoorbells:
    """Stands for the stages: what is to be checked at once gets a good result at once."""

    def __init__(self, publisher: Publisher) -> None:
        self._publisher = publisher
        self.check: Callable[[int], None] = lambda _: None
        self.look: Callable[[], None] = lambda: None
        """At the store, as the scheduler does: what is new or was resumed is to be checked."""

    def check_now(self, monitor_id: int) -> None:
        self.check(monitor_id)

    def monitors_changed(self, *places: Place) -> None:
        self._publisher.publish(*(Change(Topic.MONITORS, one) for one in places))
        self.look()

    def incidents_changed(self, *places: Place) -> None:
        self._publisher.publish(*(Change(Topic.INCIDENT, one) for one in places))

    def messages_owed(self, place: Place) -> None: ...


class Parts(Struct, frozen=True):
    """What runs in the server's loop."""

    context: Context
    publisher: Publisher
    faults: FaultBoard
    store: SqlRecordStore


class WebHouse:
    """`with WebHouse(folder) as house:` serves at `house.url` until the end."""

    def __init__(self, folder: Path, options: dict[str, Any] | None = None) -> None:
        self._folder = folder
        self._options = options or {}
        self._ready: Future[tuple[str, Parts]] = Future()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._server: uvicorn.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self.url, self.parts = self._ready.result(timeout=20)
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._loop.close()

    def stop(self) -> None:
        if self._server and self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._end)
        self._thread.join(timeout=20)
        assert not self._thread.is_alive(), "the server did not stop"

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Have something done in the server's loop."""
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=30)

    @property
    def context(self) -> Context:
        return self.parts.context

    def set_up(self, language: str = "en") -> Identity:
        owner = self.run(setup.set_up_unattended(self.context, EMAIL, PASSWORD, language))
        assert owner, "it was set up before"
        return owner

    def session_cookie(self) -> str:
        """A signed-in browser's cookie, without the page that gives it."""
        attempt = Attempt(email=EMAIL, password=PASSWORD, address="127.0.0.1")
        throttle = SignInThrottle(self.context.clock)
        return self.run(signing_in.sign_in(self.context, throttle, attempt)).cookie

    def publish(self, *changes: Change) -> None:
        self._loop.call_soon_threadsafe(self.parts.publisher.publish, *changes)

    def record(self, *results: CheckResult) -> None:
        self.run(record(self.parts, *results))

    def _end(self) -> None:
        self.parts.publisher.close()
        assert self._server
        self._server.should_exit = True

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            with cheap_hashing():
                self._loop.run_until_complete(self._run())
        except BaseException as error:
            if not self._ready.done():
                self._ready.set_exception(error)
            raise

    async def _run(self) -> None:
        database = Database(migrated_file(self._folder / "fener.db"))
        publisher, clock = Publisher(), SystemClock()
        await database.open()
        faults, doorbells = FaultBoard(clock), AnsweringDoorbells(publisher)
        sealer = Sealer(b"0123456789abcdef")
        context = Context(database, sealer, clock, doorbells, new_id)
        store = SqlRecordStore(database, sealer, clock, faults)
        parts = Parts(context, publisher, faults, store)
        schedule = SqlScheduleStore(database, sealer, store)
        tasks: set[asyncio.Task[None]] = set()
        begun: dict[int, Instant | None] = {}

        def begin(work: Coroutine[Any, Any, None]) -> None:
            task = asyncio.create_task(work)
            tasks.add(task)
            task.add_done_callback(tasks.discard)

        async def look() -> None:
            for one in await schedule.scheduled():
                if one.unseen_since not in {None, begun.get(one.monitor.id)}:
                    begun[one.monitor.id] = one.unseen_since
                    doorbells.check(one.monitor.id)

        doorbells.check = lambda monitor_id: begin(record(parts, good(monitor_id, clock.now())))
        doorbells.look = lambda: begin(look())
        app: Any = create_web(
            context, WebOptions(publisher=publisher, faults=faults, **self._options)
        )
        listening = asyncio.Event()
        self._server = _Server(app, listening)
        serving = asyncio.create_task(self._server.serve())
        await listening.wait()
        port = self._server.servers[0].sockets[0].getsockname()[1]
        self._ready.set_result((f"http://127.0.0.1:{port}", parts))
        await serving
        await database.close()


class _Server(uvicorn.Server):
    """uvicorn, which says when it listens."""

    def __init__(self, app: Any, listening: asyncio.Event) -> None:
        super().__init__(uvicorn.Config(app, port=0, log_config=None, lifespan="off", ws="none"))
        self._listening = listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._listening.set()


async def record(parts: Parts, *results: CheckResult) -> None:
    """As the record stage does: settled, committed, published."""
    for settlement in await parts.store.record(results, settler().settle):
        parts.publisher.publish(*changes_of(settlement))


def good(monitor_id: int, at: int, total_us: int = 84_000) -> CheckResult:
    return CheckResult(
        monitor_id=monitor_id,
        location_id=1,
        at=at,
        finished_at=at + total_us // 1_000,
        outcome=Success(),
        purpose=Purpose.MANUAL,
        timings=Timings(
            total=total_us,
            dns=total_us // 12,
            connect=total_us // 6,
            tls=total_us // 4,
            first_byte=total_us // 3,
            transfer=total_us // 6,
        ),
        status_code=200,
    )
