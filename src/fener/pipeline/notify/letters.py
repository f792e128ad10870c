"""Writes a message for a person to read: a subject that says the state first, text, simple HTML.

Times are in UTC and say so. A `down` that goes out after the recovery says that it is late.
"""

from collections.abc import Callable, Iterator
from html import escape

from msgspec import Struct

from fener.domain.failure import Facts, FailureReason
from fener.domain.message import BlindSpell, IncidentFacts, Message
from fener.domain.notification import Event
from fener.domain.problem import Problem, Severity
from fener.domain.time import Instant, Span, plain_text
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.wording import Words

Explain = Callable[[str, FailureReason, Facts], str]
"""Says in a language, one of `Words`, why a check failed."""

_LONGEST_NAME = 150
_SEEN_AT_ONCE = frozenset({Problem.CERTIFICATE, Problem.CONTENT})
"""Problems of which it is no news how many checks saw them."""
_WARNING_COLOUR = "#9a5b00"
_COLOURS = {
    Event.DOWN: "#b3261e",
    Event.REMINDER: "#b3261e",
    Event.WORSENED: "#b3261e",
    Event.FLAPPING: _WARNING_COLOUR,
    Event.RECOVERED: "#1b6e3c",
    Event.TEST: "#1f3a5f",
    Event.BLIND: "#9a5b00",
    Event.SEEING: "#1b6e3c",
}


class Letter(Struct, frozen=True):
    language: str
    subject: str
    text: str
    html: str


class _Fact(Struct, frozen=True):
    name: str
    value: str
    is_detail: bool = False
    """English words of a program, set apart from the reader's own."""


class _Parts(Struct, frozen=True):
    lead: str
    notes: tuple[str, ...]
    facts: tuple[_Fact, ...]
    link: tuple[str, str] | None
    footer: str


class Writer(Struct, frozen=True):
    """Writes letters that link to our pages and give reasons in the words of those."""

    links: Links
    explain: Explain

    def write(self, message: Message, now: Instant) -> Letter:
        words = Words(message.language, _topics(message.incident, now))
        told = {
            "name": _one_line(message.subject.name) if message.subject else "",
            "channel": _one_line(message.channel.name),
            "duration": words.duration(_lasted(message, now)),
            "end": _end(message.incident),
        }
        parts = _Parts(
            lead=words.say(f"lead.{message.event}", **told),
            notes=(words.say("note.over", **told),) if _is_late(message) else (),
            facts=tuple(self._facts(message, words)),
            link=self._link(message, words),
            footer=words.say("footer", **told),
        )
        return Letter(
            language=words.language,
            subject=words.say(f"subject.{message.event}", **told),
            text=_text(parts),
            html=_html(parts, words.language, _colour(message)),
        )

    def _facts(self, message: Message, words: Words) -> Iterator[_Fact]:
        subject, incident = message.subject, message.incident
        if message.spell is not None:
            yield from _facts_of(message.spell, words)
        if subject is None or incident is None:
            return
        if subject.target:
            yield _Fact(words.say("fact.target"), subject.target)
        reason = self.explain(words.language, incident.reason, incident.facts)
        yield _Fact(words.say("fact.reason"), reason)
        if incident.facts.detail:
            yield _Fact(words.say("fact.detail"), incident.facts.detail, is_detail=True)
        for name, instant in _moments(incident):
            yield _Fact(words.say(f"fact.{name}"), f"{plain_text(instant)} UTC")
        if incident.problem not in _SEEN_AT_ONCE:
            yield _Fact(words.say("fact.failed_checks"), str(incident.failed_checks))
        yield _Fact(words.say("fact.customer"), subject.customer_name)

    def _link(self, message: Message, words: Words) -> tuple[str, str] | None:
        site = self.links.site
        word = "link" if message.spell is None else "link.home"
        return (words.say(word), self.links.incident(message)) if site else None


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


def _lasted(message: Message, now: Instant) -> Span:
    incident, spell = message.incident, message.spell
    if spell is not None:
        return (now if spell.ended_at is None else spell.ended_at) - spell.began_at
    if incident is None:
        return 0
    return (now if incident.end_at is None else incident.end_at) - incident.start_at


def _moments(incident: IncidentFacts) -> Iterator[tuple[str, Instant]]:
    yield "began", incident.start_at
    yield "confirmed", incident.opened_at
    if incident.end_at is not None:
        yield "ended", incident.end_at


def _facts_of(spell: BlindSpell, words: Words) -> Iterator[_Fact]:
    yield _Fact(words.say("fact.detail"), spell.why, is_detail=True)
    yield _Fact(words.say("fact.blind_since"), f"{plain_text(spell.began_at)} UTC")
    if spell.ended_at is not None:
        yield _Fact(words.say("fact.blind_until"), f"{plain_text(spell.ended_at)} UTC")


def _text(parts: _Parts) -> str:
    facts = "\n".join(f"{one.name}: {_one_line(one.value)}" for one in parts.facts)
    link = ": ".join(parts.link) if parts.link else ""
    blocks = [block for block in (parts.lead, *parts.notes, facts, link) if block]
    return "\n\n".join(blocks) + f"\n\n-- \n{parts.footer}\n"


def _html(parts: _Parts, language: str, colour: str) -> str:
    rows = "".join(map(_row, parts.facts))
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


def _row(fact: _Fact) -> str:
    value = escape(fact.value)
    if fact.is_detail:
        value = f'<samp lang="en" style="font-size:13px;color:#5a6472">{value}</samp>'
    return (
        '<tr valign="top"><th align="left" style="padding:2px 16px 2px 0;font-weight:normal;'
        f'color:#5a6472">{escape(fact.name)}</th><td>{value}</td></tr>'
    )


def _one_line(text: str) -> str:
    """Names come from people and may hold anything; a subject must be one line."""
    printable = "".join(letter if letter.isprintable() else " " for letter in text)
    line = " ".join(printable.split())
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"
