"""Messages to people: each language has every text, the state stands first, times name a zone."""

import string
from collections.abc import Mapping
from html import unescape

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.failure import Facts, FailureReason
from fener.domain.message import IncidentFacts, Message
from fener.domain.notification import ChannelKind, Event
from fener.domain.problem import Cause, Problem
from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from fener.pipeline.notify.letters import Letter, Writer
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.wording import LANGUAGES, Words
from fener.web import vocabulary
from fener.web.explaining import explained
from fener.web.languages import NAMES
from fener.web.languages import words as pages_words
from support import letters
from support.letters import BACKUP, INCIDENT, OVER, SHOP, WRITER
from support.store import NOON

MAIL = letters.channel(ChannelKind.EMAIL, {"to": "ops@example.com"})
NOW = NOON + HOUR + 5 * MINUTE


def letter(event: Event = Event.DOWN, writer: Writer = WRITER, **changes: object) -> Letter:
    return writer.write(letters.message(MAIL, event, **changes), NOW)


def named(message: Message, name: str) -> Message:
    return msgspec.structs.replace(message, subject=msgspec.structs.replace(SHOP, name=name))


def placeholders(text: str) -> set[str]:
    return {field for _, field, _, _ in string.Formatter().parse(text) if field}


@pytest.mark.parametrize("language", LANGUAGES)
def test_each_language_has_every_text_with_the_same_placeholders(language: str) -> None:
    def shape(texts: Mapping[str, str]) -> dict[str, set[str]]:
        return {name: placeholders(text) for name, text in texts.items()}

    assert shape(LANGUAGES[language]) == shape(LANGUAGES["en"])


def test_there_are_the_four_languages_of_the_pages() -> None:
    assert set(LANGUAGES) == set(NAMES) == {"en", "de", "tr", "zh"}


@pytest.mark.parametrize("language", ["de", "tr", "zh"])
def test_no_text_was_left_in_english(language: str) -> None:
    alike = {name for name, text in LANGUAGES[language].items() if text == LANGUAGES["en"][name]}
    assert alike <= {"subject.test"}


@pytest.mark.parametrize(
    ("language", "known"),
    [("de", "de"), ("de-AT", "de"), ("zh_CN", "zh"), ("TR", "tr"), ("fr", "en"), ("", "en")],
)
def test_a_language_that_is_not_here_is_english(language: str, known: str) -> None:
    assert Words(language).language == known


@pytest.mark.parametrize(
    ("span", "english", "german"),
    [
        (0, "1 second", "1 Sekunde"),
        (59 * SECOND, "59 seconds", "59 Sekunden"),
        (MINUTE, "1 minute", "1 Minute"),
        (12 * MINUTE + 59 * SECOND, "12 minutes", "12 Minuten"),
        (HOUR, "1 hour", "1 Stunde"),
        (HOUR + 5 * MINUTE, "1 hour 5 minutes", "1 Stunde 5 Minuten"),
        (2 * DAY + HOUR, "2 days 1 hour", "2 Tagen 1 Stunde"),
        (3 * DAY + 59 * MINUTE, "3 days", "3 Tagen"),
    ],
)
def test_a_length_of_time_in_words(span: int, english: str, german: str) -> None:
    assert Words("en").duration(span) == english
    assert Words("de").duration(span) == german


@pytest.mark.parametrize(
    ("event", "subject"),
    [
        (Event.DOWN, "Down: example.com"),
        (Event.REMINDER, "Still down: example.com for 1 hour 5 minutes"),
        (Event.RECOVERED, "Recovered: example.com after 12 minutes"),
        (Event.TEST, "Test: On call"),
        (Event.BLIND, "Fener cannot watch"),
        (Event.SEEING, "Fener watches again after 12 minutes"),
    ],
)
def test_the_subject_says_the_state_first(event: Event, subject: str) -> None:
    assert letter(event).subject == subject


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("event", list(Event))
def test_every_message_can_be_written_in_every_language(event: Event, language: str) -> None:
    written = letter(event, language=language)
    assert written.language == language
    about_itself = {Event.TEST: "On call", Event.BLIND: "Fener", Event.SEEING: "Fener"}
    told = about_itself.get(event, "example.com")
    for part in (written.subject, written.text, written.html):
        assert told in part
        assert "{" not in part


def test_the_text_tells_what_why_and_since_when() -> None:
    text = letter().text
    for fact in (
        "example.com is down.",
        "Address: https://example.com/shop",
        "Reason: Wrong status in the answer: 500 instead of 200-299",
        "Down since: 2026-01-01 12:00:00 UTC",
        "Confirmed: 2026-01-01 12:00:20 UTC",
        "Failed checks: 3",
        "Customer: Acme",
        "https://fener.example/incidents/019b7a3c-0000-7000-8000-000000000029",
        "channel “On call”",
    ):
        assert fact in text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("reason", list(FailureReason))
def test_each_reason_is_given_in_the_readers_words(reason: FailureReason, language: str) -> None:
    incident = msgspec.structs.replace(INCIDENT, reason=reason, message="English", facts=Facts())
    written = letter(incident=incident, language=language)
    wanted = pages_words(language)(vocabulary.reason(reason))
    for part in (written.text, unescape(written.html)):
        assert wanted in part
        assert "English" not in part


def test_the_values_stand_beside_the_reason() -> None:
    assert "Grund: Falscher Status in der Antwort: 500 statt 200-299" in letter(language="de").text


@pytest.mark.parametrize("language", LANGUAGES)
def test_english_of_a_program_is_a_line_of_its_own(language: str) -> None:
    facts = Facts(detail="self-signed <b>")
    incident = msgspec.structs.replace(INCIDENT, facts=facts)
    written = letter(incident=incident, language=language)
    label = LANGUAGES[language]["fact.detail"]
    assert f"\n{label}: self-signed <b>\n" in written.text
    assert '<samp lang="en" style=' in written.html
    assert "self-signed &lt;b&gt;</samp>" in written.html


def test_what_fener_did_not_see_is_told_with_why_and_from_when_to_when() -> None:
    for written in (letter(Event.SEEING).text, letter(Event.SEEING).html):
        for fact in (
            "3 monitors were not checked in time",
            "2026-01-01 12:00:00 UTC",
            "2026-01-01 12:12:00 UTC",
            "Open Fener",
            "https://fener.example/",
        ):
            assert fact in written


def test_text_and_html_tell_the_same() -> None:
    written = letter(Event.RECOVERED)
    for fact in ("after 12 minutes", "2026-01-01 12:12:00 UTC", "Acme", "/incidents/"):
        assert fact in written.text
        assert fact in written.html


def test_a_recovery_tells_the_whole_outage() -> None:
    text = letter(Event.RECOVERED).text
    assert "Down since: 2026-01-01 12:00:00 UTC" in text
    assert "Up since: 2026-01-01 12:12:00 UTC" in text


def test_an_outage_told_after_its_end_says_that_it_is_late() -> None:
    assert "This message is late." in letter(incident=OVER).text
    assert "the outage ended after 12 minutes" in letter(incident=OVER).html
    assert "late" not in letter().text


ENDING = msgspec.structs.replace(
    letters.INCIDENT,
    cause=Cause.SSL_WARNING,
    problem=Problem.CERTIFICATE,
    ends_at=NOON + 10 * DAY,
    message="the certificate ends on 2026-01-11 12:00:00 UTC, in 10 days",
)
ENDED = msgspec.structs.replace(ENDING, cause=Cause.SSL_EXPIRY, ends_at=NOON)
SLOW = msgspec.structs.replace(
    letters.INCIDENT, cause=Cause.PERFORMANCE, problem=Problem.PERFORMANCE
)


CHANGED = msgspec.structs.replace(
    letters.INCIDENT,
    cause=Cause.DNS_CHANGE,
    problem=Problem.CONTENT,
    reason=FailureReason.RECORDS_CHANGED,
    facts=Facts(name="example.com", got="A 192.0.2.2", wanted="A 192.0.2.1"),
)


@pytest.mark.parametrize(
    ("event", "incident", "subject"),
    [
        (Event.DOWN, CHANGED, "Records changed: example.com"),
        (Event.DOWN, ENDING, "Certificate ends soon: example.com, on 2026-01-11"),
        (Event.REMINDER, ENDING, "Certificate still ends soon: example.com, on 2026-01-11"),
        (Event.WORSENED, ENDING, "Certificate about to end: example.com, on 2026-01-11"),
        (Event.RECOVERED, ENDING, "Certificate renewed: example.com"),
        (Event.DOWN, ENDED, "Certificate has ended: example.com"),
        (Event.WORSENED, ENDED, "Certificate has ended: example.com"),
        (Event.RECOVERED, ENDED, "Certificate renewed: example.com"),
        (Event.DOWN, SLOW, "Slow: example.com"),
        (Event.REMINDER, SLOW, "Still slow: example.com for 1 hour 5 minutes"),
        (Event.RECOVERED, SLOW, "Fast again: example.com after 1 hour 5 minutes"),
    ],
)
def test_a_message_names_its_problem(event: Event, incident: IncidentFacts, subject: str) -> None:
    assert letter(event, incident=incident).subject == subject


DOWN_WORDS = {
    "en": ("down", "outage", "up again"),
    "de": ("ausfall", "ausgefallen", "wieder da"),
    "tr": ("kesinti", "çalış"),  # noqa: RUF001 - a letter of the language
    "zh": ("故障",),
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("incident", [ENDING, ENDED, SLOW], ids=["ending", "ended", "slow"])
@pytest.mark.parametrize("event", [Event.DOWN, Event.REMINDER, Event.RECOVERED])
@pytest.mark.parametrize("is_over", [True, False])
def test_nothing_that_is_up_is_called_down(
    event: Event, incident: IncidentFacts, language: str, *, is_over: bool
) -> None:
    end = NOON + 12 * MINUTE if is_over else None
    told = msgspec.structs.replace(incident, end_at=end)
    written = letter(event, incident=told, language=language)
    for part in (written.subject, written.text.partition("-- ")[0]):
        assert not [word for word in DOWN_WORDS[language] if word in part.lower()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("is_over", [True, False])
def test_a_change_is_told_with_what_was_before_and_not_as_an_outage(
    language: str, *, is_over: bool
) -> None:
    end = NOON + DAY if is_over else None
    incident = msgspec.structs.replace(CHANGED, end_at=end)
    written = letter(incident=incident, language=language)
    said = written.text.partition("-- ")[0]
    assert "A 192.0.2.2" in said
    assert "A 192.0.2.1" in said
    assert not [word for word in DOWN_WORDS[language] if word in said.lower()]
    assert str(incident.failed_checks) + "\n" not in said


def test_a_warning_has_another_colour_than_an_outage() -> None:
    colours = [letter(incident=one).html.count("#b3261e") for one in (ENDING, SLOW, CHANGED, ENDED)]
    assert colours == [0, 0, 0, 1]


def test_how_often_a_certificate_was_seen_is_no_news() -> None:
    assert "checks" not in letter(incident=ENDING).text
    assert "Slow checks: 3" in letter(incident=SLOW).text


def test_a_heartbeat_shows_no_address() -> None:
    assert "Address" not in letter(subject=BACKUP).text


def test_there_is_no_link_where_nobody_knows_our_address() -> None:
    written = letter(writer=Writer(Links(""), explained))
    assert "/incidents/" not in written.text + written.html


def test_names_are_text_and_never_markup() -> None:
    hostile = named(letters.message(MAIL), '<b onload="x">&')
    written = WRITER.write(hostile, NOW)
    assert "<b onload" not in written.html
    assert "&lt;b onload=&quot;x&quot;&gt;&amp; is down." in written.html


@given(st.text(max_size=400))
def test_a_subject_is_one_short_line_whatever_the_name(name: str) -> None:
    written = WRITER.write(named(letters.message(MAIL), name), NOW)
    assert written.subject.isprintable()
    assert len(written.subject) <= 160
