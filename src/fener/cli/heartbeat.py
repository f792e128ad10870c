"""`fener heartbeat`: jobs that report by themselves, such as those of a crontab."""

from typing import Annotated

import typer

from fener.cli import terminal
from fener.cli.complaints import Code, Complaint
from fener.cli.desk import open_desk, parse_key
from fener.cli.moments import local_time
from fener.cli.parameters import Customer, Identifier, Json, span_option
from fener.cli.spans import parse_span, span_text
from fener.cli.views import HeartbeatView, NewHeartbeat
from fener.domain.crontab import crontab_times
from fener.domain.kinds.heartbeat import EveryInterval
from fener.domain.time import MINUTE, Span

app = typer.Typer(
    no_args_is_help=True, help="Wait for jobs to report: add, list, show. Else as fener monitor."
)
DEFAULT_GRACE: Span = 5 * MINUTE

Every = Annotated[
    Span | None,
    span_option("--every", "Time between two runs."),
]
Grace = Annotated[
    Span,
    span_option("--grace", f"How late a run may be. [default: {span_text(DEFAULT_GRACE)}]"),
]
Cron = Annotated[
    str | None, typer.Option("--cron", metavar="EXPRESSION", help="The job's line in the crontab.")
]
OnCalendar = Annotated[
    str | None,
    typer.Option("--on-calendar", metavar="EXPRESSION", help="OnCalendar= of a systemd timer."),
]
Zone = Annotated[
    str, typer.Option("--zone", help="Time zone of --cron or --on-calendar, as Europe/Istanbul.")
]


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(metavar="NAME", help="What people call the job.")],
    *,
    every: Every = None,
    cron: Cron = None,
    on_calendar: OnCalendar = None,
    zone: Zone = "UTC",
    grace: Grace = DEFAULT_GRACE,
    customer: Customer = None,
    json: Json = False,
) -> None:
    """Wait for a job to report.

    Prints the address that the job calls when it succeeded. Give one of --every, --cron and
    --on-calendar.

    Example: fener heartbeat add backup --cron "30 3 * * *" --zone Europe/Istanbul --grace 10m
    """
    if sum(one is not None for one in (every, cron, on_calendar)) != 1:
        raise Complaint(
            "A heartbeat needs one schedule: --every, --cron or --on-calendar",
            "Such as: fener heartbeat add backup --every 1h --grace 5m",
            Code.USAGE,
        )
    added = open_desk().add_heartbeat(
        NewHeartbeat(
            name=name,
            every=every,
            cron=cron,
            on_calendar=on_calendar,
            zone=zone,
            grace=grace,
            customer_id=customer,
        )
    )
    if json:
        terminal.show_json(added)
        return
    terminal.say(f"Heartbeat {added.id}, {added.name}: {added.schedule or 'added'}.")
    _show_address(added)


@app.command("list")
def list_all(*, json: Json = False) -> None:
    """List the heartbeats.

    Example: fener heartbeat list --json
    """
    heartbeats = open_desk().heartbeats()
    if json:
        terminal.show_json(heartbeats)
        return
    terminal.show_table(
        ("ID", "STATE", "NAME", "LAST PING", "NEXT EXPECTED"),
        [_row(one) for one in heartbeats],
        empty="No job is waited for yet. Begin with: fener heartbeat add backup --every 1d",
    )


@app.command("show")
def show(identifier: Identifier, *, json: Json = False) -> None:
    """Show a heartbeat with its address and the line for a crontab.

    Example: fener heartbeat show 4
    """
    found = open_desk().heartbeat(parse_key(identifier))
    if json:
        terminal.show_json(found)
        return
    terminal.say_coloured(found.state, f"Heartbeat {found.id}, {found.name}: {found.schedule}")
    _show_address(found)


def _show_address(heartbeat: HeartbeatView) -> None:
    if heartbeat.ping_url is None:
        return
    line = f"your-job && curl -fsS -m 10 --retry 3 {heartbeat.ping_url}"
    times = _times(heartbeat.schedule or "")
    terminal.say(f"Address:  {heartbeat.ping_url}")
    terminal.say(f"Crontab:  {times} {line}" if times else f"Command:  {line}")


def _times(schedule: str) -> str | None:
    """The fields of a crontab that keep a view's schedule; None where there are none."""
    kind, _, rest = schedule.partition(" ")
    if kind == "cron":
        return rest.rpartition(" (")[0]
    return crontab_times(EveryInterval(parse_span(rest))) if kind == "every" else None


def _row(one: HeartbeatView) -> tuple[str, ...]:
    never = "never" if one.state == "unknown" else ""  # an older server does not tell the times
    last, expected = local_time(one.last_ping_at), local_time(one.expected_at)
    return (str(one.id), one.state, one.name, last or never, expected)
