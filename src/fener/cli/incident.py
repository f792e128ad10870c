"""`fener incidents` and `fener incident`: what went wrong, and who is on it."""

from collections.abc import Mapping
from typing import Annotated

import typer

from fener.cli import terminal
from fener.cli.desk import open_desk, parse_key
from fener.cli.moments import instant_of, local_time
from fener.cli.parameters import Identifier, Json
from fener.cli.spans import rough_text
from fener.cli.views import AlertView, CheckView, EventView, IncidentView
from fener.clock import SystemClock
from fener.domain.problem import Cause

app = typer.Typer(no_args_is_help=True, help="Show an incident, or say that you are on it.")
MOST = 10_000

OnlyOpen = Annotated[bool, typer.Option("--open", help="Only those that are not over.")]
Limit = Annotated[int, typer.Option("--limit", min=1, max=MOST, help="How many at most.")]


def list_all(*, only_open: OnlyOpen = False, limit: Limit = 50, json: Json = False) -> None:
    """List incidents, newest first.

    Example: fener incidents --open
    """
    incidents = open_desk().incidents(only_open=only_open, limit=limit)
    if json:
        terminal.show_json(incidents)
        return
    terminal.show_table(
        ("ID", "STATE", "MONITOR", "SINCE", "LASTED", "CAUSE"),
        [_row(one) for one in incidents],
        empty="Nothing is wrong." if only_open else "Nothing went wrong yet.",
    )


@app.command("show")
def show(identifier: Identifier, *, json: Json = False) -> None:
    """Show an incident with its timeline, its checks and who was told.

    Example: fener incident show 12
    """
    found = open_desk().incident(parse_key(identifier))
    if json:
        terminal.show_json(found)
        return
    one = found.incident
    terminal.say_coloured(one.state, f"Incident {one.id}: {one.monitor_name} {one.target}".rstrip())
    terminal.say(f"{_cause(one)}; since {local_time(_since(one))}, for {_lasted(one)}")
    words = _OF_A_CHANGE if one.cause == Cause.DNS_CHANGE else {}
    events = [_event_row(event, words) for event in found.events]
    checks = [_check_row(check, words) for check in found.checks]
    _section("Timeline", ("TIME", "EVENT", "BY", ""), events)
    _section("Checks", ("TIME", "OUTCOME", "FROM", "TOOK", ""), checks)
    _section(
        "Told", ("TIME", "HOW", "WHOM", "STATE", ""), [_alert_row(one) for one in found.alerts]
    )


@app.command("ack")
def acknowledge(identifier: Identifier) -> None:
    """Say that somebody works on it: reminders end.

    Example: fener incident ack 12
    """
    found = open_desk().acknowledge(parse_key(identifier))
    terminal.say(f"Incident {found.id}, {found.monitor_name}, is acknowledged.")


def _section(title: str, headings: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    if rows:
        terminal.say(f"\n{title}")
        terminal.show_table(headings, rows, empty="")


def _row(one: IncidentView) -> tuple[str, ...]:
    since = local_time(_since(one))
    return (str(one.id), one.state, one.monitor_name, since, _lasted(one), _cause(one))


_OF_A_CHANGE = {"first_failure": "first seen", "failure": "changed"}
"""Records that are other than before are no failure."""


def _event_row(event: EventView, words: Mapping[str, str]) -> tuple[str, ...]:
    what = words.get(event.kind) or event.kind.replace("_", " ")
    return (local_time(event.at), what, event.by or "", event.text or "")


def _check_row(check: CheckView, words: Mapping[str, str]) -> tuple[str, ...]:
    outcome = words.get(check.outcome, check.outcome)
    took = "" if check.response_ms is None else f"{check.response_ms:.1f} ms"
    return (local_time(check.at), outcome, check.location, took, check.message or "")


def _alert_row(alert: AlertView) -> tuple[str, ...]:
    return (local_time(alert.at), alert.kind, alert.channel, alert.status, alert.message or "")


def _since(one: IncidentView) -> str:
    return one.outage_started_at or one.opened_at


def _cause(one: IncidentView) -> str:
    return one.message or one.cause.replace("_", " ")


def _lasted(one: IncidentView) -> str:
    end = instant_of(one.resolved_at) if one.resolved_at else SystemClock().now()
    return rough_text(max(0, end - instant_of(_since(one))))
