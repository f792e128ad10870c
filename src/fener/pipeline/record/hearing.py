"""Hears pings: each is answered after the commit that holds it, many share one commit."""

import asyncio
from collections.abc import Callable, Sequence

from msgspec import Struct

from fener.domain.heartbeat import Ping
from fener.pipeline.record.batching import Batcher
from fener.ports import PingSettlement, RecordStore, SettlePing

BATCH = 500

Heard = Callable[[Sequence[PingSettlement]], None]
Refused = Callable[[], None]
"""Called when pings could not be kept: whoever hears silences must not believe this one."""


class _Waiting(Struct):
    ping: Ping
    done: asyncio.Future[None]


class Hearing:
    """`hear` a ping; while one transaction is on its way, what arrives gathers for the next."""

    def __init__(
        self, store: RecordStore, settle: SettlePing, heard: Heard, refused: Refused
    ) -> None:
        self._store = store
        self._settle = settle
        self._heard = heard
        self._refused = refused
        self._batcher: Batcher[_Waiting] = Batcher(lambda one: one.ping.monitor_id, BATCH)
        self._writing: asyncio.Task[None] | None = None

    async def hear(self, ping: Ping) -> None:
        """Returns when the ping is durable. Raises StoreUnavailable when it could not be kept."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._batcher.add(_Waiting(ping, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write_all())
        await done

    async def _write_all(self) -> None:
        while batch := self._batcher.take():
            try:
                made = await self._store.record_pings([one.ping for one in batch], self._settle)
            except Exception as error:  # noqa: BLE001 - it belongs to those who wait for an answer
                self._refused()
                _answer(batch, error)
            else:
                _answer(batch, None)
                self._heard(made)


def _answer(batch: Sequence[_Waiting], error: Exception | None) -> None:
    for one in batch:
        if one.done.done():
            continue
        if error is None:
            one.done.set_result(None)
        else:
            one.done.set_exception(error)
