"""Writes a message for a person to read: a subject that says the state first, text, simple HTML.

Times are in UTC and say so. A `down` that goes out after the recovery says that it is late.
"""

from collections.abc import Iterator
from html import escape

from msgspec import Struct

from fener.domain.message import IncidentFacts, Message
from fener.domain.notification import Event
from fener.domain.problem import Problem, Severity
from fener.domain.time import Instant, Span, plain_text
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.wording import Words

_LONGEST_NAME = 150
_COLOURS = {
    Event.DOWN: "#b3261e",
    Event.REMINDER: "#b3261e",
    Event.WORSENED: "#b3261e",
    Event.RECOVERED: "#1b6e3c",
    Event.TEST: "#1f3a5f",
}


_WARNING_COLOUR = "#9a5b00"


class Letter(Struct, frozen=True):
    language: str
    subject: str
    text: str
    html: str


class _Parts(Struct, frozen=True):
    lead: str
    notes: tuple[str, ...]
    facts: tuple[tuple[str, str], ...]
    link: tuple[str, str] | None
    footer: str


def write(message: Message, links: Links, now: Instant) -> Letter:
    words = Words(message.language, _topics(message.incident, now))
    told = {
        "name": _one_line(message.subject.name) if message.subject else "",
        "channel": _one_line(message.channel.name),
        "duration": words.duration(_lasted(message.incident, now)),
        "end": _end(message.incident),
    }
    parts = _Parts(
        lead=words.say(f"lead.{message.event}", **told),
        notes=(words.say("note.over", **told),) if _is_late(message) else (),
        facts=tuple((words.say(f"fact.{name}"), value) for name, value in _facts(message)),
        link=(words.say("link"), links.incident(message)) if links.site else None,
        footer=words.say("footer", **told),
    )
    return Letter(
        language=words.language,
        subject=words.say(f"subject.{message.event}", **told),
        text=_text(parts),
        html=_html(parts, words.language, _colour(message)),
    )


def _topics(incident: IncidentFacts | None, now: Instant) -> tuple[str, ...]:
    """Whose words are used, the most particular first."""
    if incident is None or incident.problem is Problem.AVAILABILITY:
        return ()
    has_ended = incident.ends_at is not None and incident.ends_at <= now
    return ("ended", incident.problem) if has_ended else (incident.problem,)


def _end(incident: IncidentFacts | None) -> str:
    """When the certificate ends: the day is enough, and the time is in the reason."""
    ends_at = incident.ends_at if incident else None
    return "" if ends_at is None else plain_text(ends_at)[:10]


def _colour(message: Message) -> str:
    incident = message.incident
    is_warning = incident is not None and incident.cause.level is Severity.WARNING
    if is_warning and message.event in {Event.DOWN, Event.REMINDER}:
        return _WARNING_COLOUR
    return _COLOURS[message.event]


def _is_late(message: Message) -> bool:
    incident = message.incident
    is_alarm = message.event in {Event.DOWN, Event.WORSENED}
    return is_alarm and incident is not None and incident.end_at is not None


def _lasted(incident: IncidentFacts | None, now: Instant) -> Span:
    if incident is None:
        return 0
    return (now if incident.end_at is None else incident.end_at) - incident.start_at


def _facts(message: Message) -> Iterator[tuple[str, str]]:
    subject, incident = message.subject, message.incident
    if subject is None or incident is None:
        return
    if subject.target:
        yield "target", subject.target
    if incident.message:
        yield "reason", incident.message
    yield "began", f"{plain_text(incident.start_at)} UTC"
    yield "confirmed", f"{plain_text(incident.opened_at)} UTC"
    if incident.end_at is not None:
        yield "ended", f"{plain_text(incident.end_at)} UTC"
    if incident.problem is not Problem.CERTIFICATE:
        yield "failed_checks", str(incident.failed_checks)
    yield "customer", subject.customer_name


def _text(parts: _Parts) -> str:
    facts = "\n".join(f"{name}: {_one_line(value)}" for name, value in parts.facts)
    link = ": ".join(parts.link) if parts.link else ""
    blocks = [block for block in (parts.lead, *parts.notes, facts, link) if block]
    return "\n\n".join(blocks) + f"\n\n-- \n{parts.footer}\n"


def _html(parts: _Parts, language: str, colour: str) -> str:
    rows = "".join(
        f'<tr><th align="left" style="padding:2px 16px 2px 0;font-weight:normal;color:#5a6472">'
        f"{escape(name)}</th><td>{escape(value)}</td></tr>"
        for name, value in parts.facts
    )
    link = parts.link
    return (
        f'<!DOCTYPE html><html lang="{language}"><body style="font-family:sans-serif">'
        f'<p style="font-size:18px;border-left:4px solid {colour};padding-left:12px">'
        f"{escape(parts.lead)}</p>"
        + "".join(f"<p>{escape(note)}</p>" for note in parts.notes)
        + (f"<table>{rows}</table>" if rows else "")
        + (f'<p><a href="{escape(link[1])}">{escape(link[0])}</a></p>' if link else "")
        + f'<p style="font-size:12px;color:#5a6472">{escape(parts.footer)}</p></body></html>\n'
    )


def _one_line(text: str) -> str:
    """Names come from people and may hold anything; a subject must be one line."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"
