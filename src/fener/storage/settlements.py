"""Writes settlements: results, states, transitions; `fener.storage.incident_changes` the rest."""

from collections.abc import Sequence
from typing import Any

import msgspec

from fener.domain.check import Failure, Success, Unknown
from fener.domain.health import MonitorState
from fener.domain.settlement import (
    Settlement,
)
from fener.domain.spread import spread
from fener.domain.time import Instant
from fener.ports import PingSettlement
from fener.steps import reached
from fener.storage.database import Session
from fener.storage.facts import evidence_text, stored_facts
from fener.storage.good_answers import write_good_answers
from fener.storage.incident_changes import write_change
from fener.storage.queries import statements

SQL = statements("recording")


async def write_settlements(session: Session, made: Sequence[Settlement], now: Instant) -> None:
    """Write a batch whole, in the transaction of `session`."""
    checks = [_check_columns(one) for one in made]
    await session.many(SQL["insert_check"], checks)
    await write_good_answers(session, made)
    reached("record.checks_written")
    await session.many(SQL["update_state"], map(_state_columns, made, checks))
    await session.many(SQL["keep_certificate"], _certificate_rows(made))
    await session.many(SQL["insert_transition"], _transition_rows(made))
    reached("record.states_written")
    for one in made:
        for change in one.incidents:
            await write_change(session, one, change, now)
    reached("record.incidents_written")


async def write_ping(session: Session, made: PingSettlement) -> None:
    ping = made.heard.ping
    check_id = made.settlement.check_id if made.settlement else None
    duration = {"check_id": check_id, "duration_ms": made.heard.duration}
    await session.run(SQL["insert_ping"], {**msgspec.structs.asdict(ping), **duration})
    if made.settlement is None:
        await write_belief(session, ping.monitor_id, made.state)


async def write_belief(session: Session, monitor_id: int, state: MonitorState) -> None:
    """Write what is believed where no check was made."""
    await session.run(SQL["update_belief"], {"monitor_id": monitor_id, **belief_columns(state)})


def belief_columns(state: MonitorState) -> dict[str, Any]:
    return {
        "health": state.health,
        "is_degraded": state.is_degraded,
        "is_flapping": state.is_flapping,
        "since": state.since,
        "state": msgspec.json.encode(state).decode(),
        "recheck_at": state.recheck_at,
        "due_at": state.runs.due_at,
    }


def _check_columns(one: Settlement) -> dict[str, Any]:
    result, timings = one.result, one.result.timings
    outcome = result.outcome
    trouble = None if isinstance(outcome, Success) else outcome
    return {
        "monitor_id": result.monitor_id,
        "at": result.at,
        "id": one.check_id,
        "location_id": result.location_id,
        "purpose": result.purpose,
        "finished_at": result.finished_at,
        "outcome": outcome.__struct_config__.tag,
        "reason": trouble and trouble.reason,
        "message": trouble and trouble.message,
        "facts": trouble and stored_facts(trouble),
        "status_code": result.status_code,
        "total_us": timings and timings.total,
        "dns_us": timings and timings.dns,
        "connect_us": timings and timings.connect,
        "tls_us": timings and timings.tls,
        "first_byte_us": timings and timings.first_byte,
        "transfer_us": timings and timings.transfer,
        "evidence": trouble and evidence_text(result),
    }


def _state_columns(one: Settlement, check: dict[str, Any]) -> dict[str, Any]:
    outcome = one.result.outcome
    return {
        **check,
        "spread": spread(one.monitor.id),
        "failed": isinstance(outcome, Failure),
        "unknown": isinstance(outcome, Unknown),
        "timed": isinstance(outcome, Success) and check["total_us"] is not None,
        **belief_columns(one.state),
    }


def _certificate_rows(made: Sequence[Settlement]) -> list[dict[str, Any]]:
    return [
        {
            "monitor_id": one.monitor.id,
            "facts": msgspec.json.encode(one.result.certificate).decode(),
        }
        for one in made
        if one.result.certificate is not None
    ]


def _transition_rows(made: Sequence[Settlement]) -> list[dict[str, Any]]:
    return [
        {
            **msgspec.structs.asdict(transition),
            "monitor_id": one.monitor.id,
            "check_id": one.check_id,
        }
        for one in made
        for transition in one.transitions
    ]
