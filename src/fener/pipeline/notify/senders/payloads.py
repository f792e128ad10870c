"""The bodies of webhooks in the two published forms.

organization: JSON, `{event, incident, website, customer}`. A reminder is `incident.reminder`, a
test `test` with the same shape and ids of 0; a resolved incident carries `resolved_at` as well.

Its `type` is `down`; an incident of another problem has its cause, `ssl_warning` or `performance`,
and tells in `incident.worsened` that a warning has become critical.

What tells of Fener's own blindness is `fener.blind` and `fener.seeing`, in the shape of a test: no
contract has a word for it.

account: form fields, flat. `is_ok` is 0 for an outage and its reminders, 1 for a recovery; `port`
is empty for an HTTP monitor, as there is none apart from its address.
"""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

import msgspec
from msgspec import Struct

from fener.domain.kinds import Kind
from fener.domain.message import BlindSpell, IncidentFacts, Message
from fener.domain.notification import Event, WebhookFormat
from fener.domain.problem import Problem
from fener.domain.time import Instant, iso_text, plain_text
from fener.pipeline.notify.links import Links

_EVENTS = {
    Event.DOWN: "incident.created",
    Event.REMINDER: "incident.reminder",
    Event.WORSENED: "incident.worsened",
    Event.FLAPPING: "incident.flapping",
    Event.RECOVERED: "incident.resolved",
    Event.TEST: "test",
    Event.BLIND: "fener.blind",
    Event.SEEING: "fener.seeing",
}
_OURSELVES = "Fener"
_TEST = "This is a test message from Fener."


class Payload(Struct, frozen=True):
    content_type: str
    body: bytes


def payload(form: WebhookFormat, message: Message, links: Links, now: Instant) -> Payload:
    """The body of a message. The same message has the same body in every attempt, but a test."""
    return _FORMS[form](message, links, now)


def _organization(message: Message, _links: Links, now: Instant) -> Payload:
    said = {
        "event": _EVENTS[message.event],
        "incident": _incident(message, now),
        "website": _website(message),
        "customer": _customer(message),
    }
    return Payload("application/json", msgspec.json.encode(said))


def _incident(message: Message, now: Instant) -> dict[str, Any]:
    incident = message.incident
    if message.spell is not None:
        return _blindness(message.spell)
    if incident is None:
        return _incident_fields(0, "down", now, _TEST, is_open=True)
    is_open = message.event is not Event.RECOVERED
    if message.event is Event.FLAPPING:
        is_open = incident.resolved_at is None
    kind = "down" if incident.problem is Problem.AVAILABILITY else incident.cause
    fields = _incident_fields(
        incident.id, kind, incident.opened_at, incident.message or None, is_open=is_open
    )
    return fields if is_open else {**fields, "resolved_at": _resolved_at(incident)}


def _blindness(spell: BlindSpell) -> dict[str, Any]:
    is_open = spell.ended_at is None
    fields = _incident_fields(0, "down", spell.began_at, spell.why, is_open=is_open)
    return fields if spell.ended_at is None else {**fields, "resolved_at": iso_text(spell.ended_at)}


def _named(message: Message) -> str:
    """What a message is about that is about no monitor."""
    return message.channel.name if message.spell is None else _OURSELVES


def _incident_fields(
    identifier: int, kind: str, started_at: Instant, error: str | None, *, is_open: bool
) -> dict[str, Any]:
    return {
        "id": identifier,
        "type": kind,
        "status": "open" if is_open else "resolved",
        "started_at": iso_text(started_at),
        "error_message": error,
    }


def _resolved_at(incident: IncidentFacts) -> str | None:
    return None if incident.resolved_at is None else iso_text(incident.resolved_at)


def _website(message: Message) -> dict[str, Any]:
    subject = message.subject
    if subject is None:
        return {"id": 0, "name": _named(message), "url": "", "custom_fields": {}}
    return {
        "id": subject.monitor_id,
        "name": subject.name,
        "url": subject.target,
        "custom_fields": subject.custom_fields,
    }


def _customer(message: Message) -> dict[str, Any]:
    subject = message.subject
    if subject is None:
        return {"id": 0, "name": ""}
    return {"id": subject.customer_id, "name": subject.customer_name}


def _account(message: Message, links: Links, _now: Instant) -> Payload:
    fields = {**_monitor_fields(message), **_state_fields(message), "url": links.monitor(message)}
    return Payload("application/x-www-form-urlencoded", urlencode(fields).encode())


def _state_fields(message: Message) -> dict[str, object]:
    """`is_ok` tells of what is down or up again; what is available with a problem is neither."""
    incident, is_ok = message.incident, message.event in {Event.RECOVERED, Event.TEST, Event.SEEING}
    if incident is None or incident.problem is Problem.AVAILABILITY:
        return {"is_ok": int(is_ok)}
    said: dict[str, object] = {"is_ok": 1} if is_ok else {"severity": incident.cause.level}
    if incident.ends_at is None:
        return {"problem": incident.problem, **said}
    end = {"ssl_end_datetime": plain_text(incident.ends_at), "timezone": "UTC"}
    return {"type": "ssl-expiry", **end, **said}


def _monitor_fields(message: Message) -> dict[str, object]:
    subject = message.subject
    if subject is None:
        name = _named(message)
        return {"monitor_id": 0, "name": name, "type": "website", "target": "", "port": ""}
    if subject.kind is Kind.HEARTBEAT:
        return {"heartbeat_id": subject.monitor_id, "name": subject.name, "type": "heartbeat"}
    return {
        "monitor_id": subject.monitor_id,
        "name": subject.name,
        "type": "website",
        "target": subject.target,
        "port": "",
    }


_FORMS: dict[WebhookFormat, Callable[[Message, Links, Instant], Payload]] = {
    WebhookFormat.ORGANIZATION: _organization,
    WebhookFormat.ACCOUNT: _account,
}
