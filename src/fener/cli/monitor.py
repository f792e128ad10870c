"""`fener monitor`: what is watched."""

from typing import Annotated

import typer

from fener.cli import terminal
from fener.cli.desk import open_desk, parse_key
from fener.cli.moments import local_time
from fener.cli.parameters import ADDRESS, Customer, Identifier, Json, Name, span_option
from fener.cli.spans import span_text
from fener.cli.views import LocationView, MonitorDetails, MonitorView, NewMonitor, ResponseTimesView
from fener.domain.monitor import DEFAULT_INTERVAL
from fener.domain.time import SECOND, Span

app = typer.Typer(
    no_args_is_help=True, help="Watch addresses: add, list, show, pause, check, delete."
)

Every = Annotated[
    Span,
    span_option("--every", f"Time between two checks. [default: {span_text(DEFAULT_INTERVAL)}]"),
]
Timeout = Annotated[
    Span | None,
    span_option(
        "--timeout", "How long one check may take. [default: 10s, or --every where that is shorter]"
    ),
]
Over = Annotated[
    Span | None,
    span_option("--over", "Over which time its response times are told, up to 365d. [default: 1d]"),
]
Policy = Annotated[
    str | None,
    typer.Option(
        "--policy",
        metavar="POLICY",
        help="By which it is judged; see fener policy list. [default: that of the customer]",
    ),
]
Keyword = Annotated[
    str | None, typer.Option("--keyword", help="Text that must stand in the answer.")
]
Expect = Annotated[
    str | None,
    typer.Option(
        "--expect",
        metavar="CODES",
        help="Status codes that are good, such as 200-299,304. [default: 200-299]",
    ),
]

NoticeChanges = Annotated[
    bool, typer.Option("--notice-changes", help="Tell once when DNS records are other than before.")
]


@app.command("add")
def add(
    url: Annotated[str, typer.Argument(metavar="ADDRESS", help=ADDRESS)],
    *,
    name: Name = "",
    every: Every = DEFAULT_INTERVAL,
    timeout: Timeout = None,
    customer: Customer = None,
    policy: Policy = None,
    keyword: Keyword = None,
    expect: Expect = None,
    notice_changes: NoticeChanges = False,
    json: Json = False,
) -> None:
    """Watch an address from now on.

    Example: fener monitor add https://example.com --every 30s --keyword Welcome
    or: fener monitor add tcp://db.example.com:5432
    or: fener monitor add dns://example.com?type=A,MX --notice-changes
    """
    added = open_desk().add_monitor(
        NewMonitor(
            url=url,
            name=name,
            every=every,
            timeout=timeout,
            customer_id=customer,
            policy=policy,
            keyword=keyword,
            expect=expect,
            notice_changes=notice_changes,
        )
    )
    if json:
        terminal.show_json(added)
        return
    terminal.say(f"Monitor {added.id}, {added.name}: {added.target} every {_every(added)}.")


@app.command("list")
def list_all(*, json: Json = False) -> None:
    """List what is watched.

    Example: fener monitor list --json
    """
    monitors = open_desk().monitors()
    if json:
        terminal.show_json(monitors)
        return
    terminal.show_table(
        ("ID", "STATE", "NAME", "TARGET", "EVERY", "TOOK", "LAST CHECK"),
        [_row(one) for one in monitors],
        empty="Nothing is watched yet. Begin with: fener monitor add https://example.com",
    )


@app.command("show")
def show(identifier: Identifier, *, over: Over = None, json: Json = False) -> None:
    """Show a monitor, how fast it answers, and what each of its locations sees.

    Example: fener monitor show 3 --over 30d
    """
    found = open_desk().monitor(parse_key(identifier), over)
    if json:
        terminal.show_json(found)
        return
    one = found.monitor
    since = f" since {local_time(one.state_since)}" if one.state_since else ""
    terminal.say_coloured(one.state, f"Monitor {one.id}: {one.name} {one.target}".rstrip())
    said = f"; {one.last_message}" if one.last_message else ""
    terminal.say(f"{one.state.capitalize()}{since}; checked every {_every(one)}{said}")
    if found.response_times:
        terminal.say(_fast(found.response_times))
    if len(found.locations) > 1:
        terminal.say(f"\n{_agreed(found)}")
        headings = ("LOCATION", "STATE", "SINCE", "AGAINST IT")
        terminal.show_table(headings, [_place(place) for place in found.locations], empty="")


@app.command("pause")
def pause(identifier: Identifier) -> None:
    """Stop watching for a while.

    Its open incidents end without a message.

    Example: fener monitor pause 3
    """
    paused = open_desk().pause(parse_key(identifier))
    terminal.say(f"Monitor {paused.id}, {paused.name}, is paused.")


@app.command("resume")
def resume(identifier: Identifier) -> None:
    """Watch again what was paused.

    Example: fener monitor resume 3
    """
    resumed = open_desk().resume(parse_key(identifier))
    terminal.say(f"Monitor {resumed.id}, {resumed.name}, is watched again.")


@app.command("delete")
def delete(identifier: Identifier) -> None:
    """Stop watching for ever.

    Its incidents stay listed.

    Example: fener monitor delete 3
    """
    key = parse_key(identifier)
    open_desk().delete(key)
    terminal.say(f"Monitor {key} is deleted.")


@app.command("check")
def check(identifier: Identifier) -> None:
    """Have a running Fener check it now.

    The result is recorded beside those of the schedule.

    Example: fener monitor check 3
    """
    asked = open_desk().check_now(parse_key(identifier))
    terminal.say(f"Monitor {asked.id}, {asked.name}, is checked now. See: fener monitor list")


def _row(one: MonitorView) -> tuple[str, ...]:
    took = "" if one.response_ms is None else f"{one.response_ms:.1f} ms"
    last = local_time(one.last_checked_at)
    return (str(one.id), one.state, one.name, one.target, _every(one), took, last)


def _fast(times: ResponseTimesView) -> str:
    """As in: Over 30d: half within 120 ms, 95 % within 310 ms, 99 % within 480 ms."""
    over = f"Over {span_text(round(times.span_seconds * SECOND))}"
    if times.p50_ms is None:
        return f"{over}: no good check."
    shares = {"half": times.p50_ms, "95 %": times.p95_ms, "99 %": times.p99_ms}
    return (
        f"{over}: " + ", ".join(f"{name} within {ms:.1f} ms" for name, ms in shares.items()) + "."
    )


def _agreed(found: MonitorDetails) -> str:
    """As in: 2 of 3 locations must see it down; 1 does."""
    down = sum(place.state == "down" for place in found.locations)
    does = "none does" if not down else f"{down} does" if down == 1 else f"{down} do"
    return f"{found.locations_needed} of {len(found.locations)} locations must see it down; {does}."


def _place(place: LocationView) -> tuple[str, ...]:
    against = f"{place.checks_against} checks" if place.checks_against else ""
    return (place.name, place.state, local_time(place.since), against)


def _every(one: MonitorView) -> str:
    return span_text(round(one.interval_seconds * SECOND))
