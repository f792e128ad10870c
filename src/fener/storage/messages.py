"""Owed messages as rows: read into `fener.domain.message.Message`, secrets opened."""

from typing import Any
from uuid import UUID

import msgspec

from fener.domain.failure import FailureReason
from fener.domain.kinds import Kind, Settings
from fener.domain.message import BlindSpell, IncidentFacts, Message, Subject
from fener.domain.notification import Channel, Event
from fener.domain.problem import Cause, Problem
from fener.storage.database import Row
from fener.storage.facts import read_facts

CUSTOM_FIELDS = "customFields"
"""Where a monitor's `extra` keeps what its owner wants in every payload."""
_SETTINGS: msgspec.json.Decoder[Settings] = msgspec.json.Decoder(Settings)


def from_row(row: Row, channel: Channel, language: str) -> Message:
    told_of_incident = row["incident_id"] is not None
    return Message(
        notification_id=row["notification_id"],
        dedup_key=row["dedup_key"],
        event=Event(row["event"]),
        step=row["step"],
        attempt=row["attempts"],
        channel=channel,
        incident=_incident(row) if told_of_incident else None,
        subject=_subject(row) if told_of_incident else None,
        spell=_spell(row) if row["spell_public_id"] is not None else None,
        language=language,
        allow_private=bool(row["allow_private"]),
    )


def _incident(row: Row) -> IncidentFacts:
    return IncidentFacts(
        id=row["incident_id"],
        public_id=UUID(row["incident_public_id"]),
        cause=Cause(row["cause"]),
        start_at=row["start_at"],
        opened_at=row["opened_at"],
        failed_checks=row["failed_checks"],
        reason=FailureReason(row["reason"]),
        message=row["message"] or "",
        facts=read_facts(row["facts"]),
        status_code=row["status_code"],
        end_at=row["end_at"],
        resolved_at=row["resolved_at"],
        acknowledged_at=row["acknowledged_at"],
        problem=Problem(row["problem"]),
        ends_at=row["ends_at"],
    )


def _spell(row: Row) -> BlindSpell:
    return BlindSpell(
        public_id=UUID(row["spell_public_id"]),
        began_at=row["spell_began_at"],
        why=row["spell_why"],
        ended_at=row["spell_ended_at"],
    )


def _subject(row: Row) -> Subject:
    return Subject(
        monitor_id=row["watched_id"],
        public_id=UUID(row["watched_public_id"]),
        name=row["watched_name"],
        kind=Kind(row["watched_kind"]),
        target=row["watched_target"],
        customer_id=row["told_customer_id"],
        customer_name=row["told_customer_name"],
        custom_fields=_custom_fields(row["watched_settings"]),
    )


def _custom_fields(settings: str) -> dict[str, Any]:
    given = _SETTINGS.decode(settings).extra.get(CUSTOM_FIELDS)
    return given if isinstance(given, dict) else {}
