"""The outside ledger: what targets answered, what a webhook was sent, what readers of the API saw.

It lives in a thread of its own, beside the Fener that is killed: what it holds cannot be lost with
it, so it can say afterwards whether a promise was kept.
"""

import asyncio
import json
import threading
import urllib.request
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, Self

from msgspec import Struct

from fener.clock import SystemClock
from fener.domain.monitor import Monitor
from fener.domain.time import SECOND, Instant, Span

HALF_PERIOD: Span = 7 * SECOND
FLAPPING = 50


class Served(Struct, frozen=True):
    """One answer of a target."""

    at: Instant
    ok: bool


class Told(Struct, frozen=True):
    """One message that the webhook accepted."""

    key: str
    event: str
    incident_id: int
    website_id: int


class Ledger:
    """Targets `/t/{n}` (those below FLAPPING fail half of the time until `heal`) and `/hook`."""

    def __init__(self) -> None:
        self.clock = SystemClock()
        self.served: dict[int, list[Served]] = defaultdict(list)
        self.told: list[Told] = []
        self.incidents: dict[int, dict[str, Any]] = {}
        self.broken_promises: list[str] = []
        self.is_healed = False
        self.heartbeat: Monitor | None = None
        self.pings_answered = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self.port = 0

    def __enter__(self) -> Self:
        self._thread.start()
        opening = asyncio.start_server(self._answer, "127.0.0.1", 0, backlog=1_000)
        self._server = asyncio.run_coroutine_threadsafe(opening, self._loop).result(5)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    def __exit__(self, *_: object) -> None:
        async def close() -> None:
            self._server.close()
            tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(close(), self._loop).result(5)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
        self._loop.close()

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def heal(self) -> None:
        """From now on every target is well."""
        self.is_healed = True

    def is_failing(self, target: int, at: Instant) -> bool:
        if self.is_healed or target >= FLAPPING:
            return False
        return (at + target * HALF_PERIOD // FLAPPING * 2) // HALF_PERIOD % 2 == 1

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            method, path, _ = head.split(" ", 2)
            status = await self._hook(head, reader) if method == "POST" else self._target(path)
            writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\n\r\n".encode())
            await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            """The caller was killed."""
        finally:
            writer.close()

    def _target(self, path: str) -> int:
        target, now = int(path.rsplit("/", 1)[1]), self.clock.now()
        ok = not self.is_failing(target, now)
        self.served[target].append(Served(now, ok))
        return 200 if ok else 500

    async def _hook(self, head: str, reader: asyncio.StreamReader) -> int:
        headers = dict(
            line.lower().split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line
        )
        body = json.loads(await reader.readexactly(int(headers["content-length"])))
        key = headers["idempotency-key"]
        incident, website = body["incident"]["id"], body["website"]["id"]
        self.told.append(Told(key, body["event"], incident, website))
        return 200

    def ping(self, url: str) -> None:
        """Ping the heartbeat as a job would; what is answered counts as kept."""
        assert self.heartbeat is not None
        request = urllib.request.Request(f"{url}/ping/{self.heartbeat.ping_key}")
        with urllib.request.urlopen(request, timeout=10) as answer:
            self.pings_answered += answer.read() == b"OK"

    def pings_kept(self, url: str, token: str) -> int:
        """How many checks of the heartbeat the API knows, of the newest 200."""
        assert self.heartbeat is not None
        path = f"/api/websites/{self.heartbeat.public_id}/check-history?limit=200"
        return len(_get(f"{url}{path}", token)["data"])

    def read(self, url: str, token: str) -> int:
        """Read the incidents as a client would, hold them against what was seen before.

        Gives how many are open.
        """
        now = {one["id"]: one for one in self._pages(url, token)}
        self._compare(now)
        self.incidents |= now
        open_ones = [one for one in now.values() if one["status"] == "open"]
        if len({one["websiteId"] for one in open_ones}) < len(open_ones):
            self.broken_promises.append(f"two open incidents of one monitor: {open_ones}")
        return len(open_ones)

    @staticmethod
    def _pages(url: str, token: str) -> Iterator[dict[str, Any]]:
        """All incidents. A new one moves the pages on by one: what is read twice is one."""
        total, offset = 1, 0
        while offset < total:
            path = f"/api/incidents?includeTotal=1&limit=500&offset={offset}"
            envelope = _get(f"{url}{path}", token)
            yield from envelope["incidents"]
            total, offset = envelope["total"], offset + 500

    def _compare(self, now: dict[int, dict[str, Any]]) -> None:
        for identifier, before in self.incidents.items():
            after = now.get(identifier)
            kept = after is not None and all(
                after[field] == before[field] for field in ("publicId", "websiteId", "started_at")
            )
            ended = before["status"] != "resolved" or (
                after is not None and after["resolved_at"] == before["resolved_at"]
            )
            if not (kept and ended):
                self.broken_promises.append(f"was {before}, is {after}")

    def outages(self, target: int) -> list[tuple[Instant, Instant]]:
        """When each run of failing answers began and ended."""
        found: list[tuple[Instant, Instant]] = []
        run: list[Instant] = []
        for served in [*self.served[target], Served(0, ok=True)]:
            if not served.ok:
                run.append(served.at)
            elif run:
                found.append((run[0], run[-1]))
                run = []
        return found


def _get(url: str, token: str) -> Any:
    """An answer of the API on loopback."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)
