"""The record stage's side of the store: load, let pure code settle, write, in one transaction."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec
import structlog

from fener.domain.check import CheckResult
from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.health import MonitorState
from fener.domain.heartbeat import Ping
from fener.domain.monitor import Monitor
from fener.domain.notification import Channel
from fener.domain.problem import Cause, Problem
from fener.domain.settlement import OpenIncident, Settlement, Watched
from fener.domain.spread import spread
from fener.ports import Clock, Faults, PingSettlement, Settle, SettlePing
from fener.steps import reached
from fener.storage import channels, monitors
from fener.storage.database import Database, Session, as_json, in_list
from fener.storage.queries import statements
from fener.storage.sealing import Sealer
from fener.storage.settlements import write_ping, write_settlements

SQL = statements("recording")
LOG = structlog.get_logger()
_STATE: msgspec.json.Decoder[MonitorState] = msgspec.json.Decoder(MonitorState)

Given = TypeVar("Given", CheckResult, Ping)
Made = TypeVar("Made", Settlement, PingSettlement)


class SqlRecordStore:
    """`fener.ports.RecordStore` on the database."""

    def __init__(self, database: Database, sealer: Sealer, clock: Clock, faults: Faults) -> None:
        self._database = database
        self._sealer = sealer
        self._clock = clock
        self._faults = faults
        self._monitors: dict[int, Monitor] = {}
        self._channels: dict[int, tuple[Channel, ...]] = {}
        self._revision = -1

    async def record(self, results: Sequence[CheckResult], settle: Settle) -> Sequence[Settlement]:
        async def work(session: Session) -> Sequence[Settlement]:
            made = await self._settle_all(session, results, settle)
            await write_settlements(session, made, self._clock.now())
            reached("record.before_commit")
            return made

        reached("record.before")
        made = await self._database.write_at_once(work)
        reached("record.after_commit")
        return made

    async def record_pings(
        self, pings: Sequence[Ping], settle: SettlePing
    ) -> Sequence[PingSettlement]:
        async def work(session: Session) -> Sequence[PingSettlement]:
            made = await self._settle_all(session, pings, settle)
            settled = [one.settlement for one in made if one.settlement]
            await write_settlements(session, settled, self._clock.now())
            for one in made:
                await write_ping(session, one)
            reached("pings.before_commit")
            return made

        reached("pings.before")
        made = await self._database.write_at_once(work)
        reached("pings.after_commit")
        return made

    async def _settle_all(
        self,
        session: Session,
        given: Sequence[Given],
        settle: Callable[[Watched, Given, int], Made | None],
    ) -> list[Made]:
        watched = await self._watched(session, [one.monitor_id for one in given])
        last_id = await session.insert(SQL["reserve_check_ids"], {"count": len(given)})
        made = []
        for check_id, one in enumerate(given, start=last_id - len(given) + 1):
            known = watched.get(one.monitor_id)
            settled = self._settled(settle, known, one, check_id) if known else None
            if settled is not None:
                made.append(settled)
        return made

    def _settled(
        self,
        settle: Callable[[Watched, Given, int], Made | None],
        watched: Watched,
        one: Given,
        check_id: int,
    ) -> Made | None:
        """One bad result must not cost the batch: it is set aside as a fault of ours."""
        try:
            return settle(watched, one, check_id)
        except Exception as error:
            LOG.exception("a result could not be settled", monitor_id=one.monitor_id)
            facts = Facts(name=f"#{one.monitor_id}", detail=str(error))
            aside = Fault(FaultReason.RESULT_SET_ASIDE, f"monitor {one.monitor_id}: {error}", facts)
            self._faults.report("record", aside)
            return None

    async def _watched(self, session: Session, ids: Sequence[int]) -> dict[int, Watched]:
        await self._notice_changes(session)
        known = await self._known_monitors(session, ids)
        spreads = as_json([spread(one) for one in known])
        states = await session.all(SQL["states"], {"spreads": spreads})
        incidents = await self._open_incidents(session, list(known))
        told = await self._known_channels(session, known.values())
        return {
            row["monitor_id"]: Watched(
                monitor=known[row["monitor_id"]],
                state=_STATE.decode(row["state"]),
                open_incidents=tuple(incidents[row["monitor_id"]]),
                channels=told[known[row["monitor_id"]].organization_id],
            )
            for row in states
        }

    async def _notice_changes(self, session: Session) -> None:
        """Monitors and channels are kept until any of them is not what it was."""
        revision = await monitors.revision(session)
        if revision != self._revision:
            self._monitors.clear()
            self._channels.clear()
            self._revision = revision

    async def _known_monitors(self, session: Session, ids: Sequence[int]) -> dict[int, Monitor]:
        """The watched ones of these."""
        missing = [one for one in ids if one not in self._monitors]
        if missing:
            self._monitors |= await monitors.by_ids(session, self._sealer, missing)
        found = {one: self._monitors[one] for one in ids if one in self._monitors}
        return {one: monitor for one, monitor in found.items() if monitor.is_watched}

    async def _open_incidents(
        self, session: Session, ids: Sequence[int]
    ) -> dict[int, list[OpenIncident]]:
        found = defaultdict(list)
        for row in await session.all(SQL["open_incidents"], {"ids": as_json(ids)}):
            told = msgspec.json.decode(row["channel_ids"], type=tuple[int, ...])
            problem, cause = Problem(row["problem"]), Cause(row["cause"])
            found[row["monitor_id"]].append(OpenIncident(row["id"], problem, cause, told))
        return found

    async def _known_channels(
        self, session: Session, known: Iterable[Monitor]
    ) -> dict[int, tuple[Channel, ...]]:
        """By organization, their secrets left sealed: nothing is sent here."""
        organizations = {monitor.organization_id for monitor in known}
        missing = sorted(organizations - self._channels.keys())
        if missing:
            listed, parameters = in_list("id", missing)
            found = defaultdict(list)
            for row in await session.all(f"{SQL['channels']} {listed}", parameters):
                found[row["organization_id"]].append(channels.from_row(row, None))
            self._channels |= {one: tuple(found[one]) for one in missing}
        return self._channels
