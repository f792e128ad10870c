"""`fener policy`: how much must be seen before something is down, and who has which policy."""

from typing import Any

import typer
from msgspec import UNSET

from fener.actions.policy_rules import Change
from fener.cli import terminal
from fener.cli.complaints import Code, Complaint
from fener.cli.desk import open_policies, parse_key
from fener.cli.parameters import Json
from fener.cli.policy_options import (
    NEVER,
    REMIND_NEVER,
    Calm,
    Chosen,
    CriticalBefore,
    DownAfter,
    ForCustomer,
    ForMonitor,
    Hold,
    Key,
    Locations,
    OneKey,
    Recheck,
    Remind,
    Title,
    Turns,
    UpAfter,
    WarnBefore,
    Window,
)
from fener.cli.spans import span_text
from fener.cli.views import PolicyView
from fener.domain.policy import Quorum
from fener.domain.time import SECOND

app = typer.Typer(
    no_args_is_help=True,
    help="Say how much must be seen before something is down or up, and how often to remind.",
)


@app.command("list")
def list_all(*, json: Json = False) -> None:
    """List the policies; the first one is that of new customers.

    Example: fener policy list
    """
    policies = open_policies().policies()
    if json:
        terminal.show_json(policies)
        return
    terminal.show_table(
        ("ID", "KEY", "NAME", "DOWN AFTER", "UP AFTER", "LOCATIONS", "REMINDER", "USED BY"),
        [_row(one) for one in policies],
        empty="There is no policy.",
    )


@app.command("show")
def show(key: Key, *, json: Json = False) -> None:
    """Show a policy with all that it says.

    Example: fener policy show standard
    """
    one = open_policies().policy(key)
    if json:
        terminal.show_json(one)
        return
    terminal.say(f"Policy {one.id}: {one.title} ({one.key}), used by {_used(one)}")
    terminal.show_table(("WHAT", "HOW MUCH"), _lines(one), empty="")


@app.command("set")
def set_rules(
    key: OneKey,
    *,
    title: Title = None,
    down_after: DownAfter = None,
    up_after: UpAfter = None,
    recheck: Recheck = None,
    locations: Locations = None,
    remind: Remind = None,
    flap_turns: Turns = None,
    flap_window: Window = None,
    flap_hold: Hold = None,
    flap_calm: Calm = None,
    warn_before: WarnBefore = None,
    critical_before: CriticalBefore = None,
    json: Json = False,
) -> None:
    """Change a policy, or add one; what is not said stays as it was, or is as usual.

    It counts from the next check on.

    Example: fener policy set gold --down-after 2 --recheck 5s --locations 2 --remind 15m
    """
    given = {
        "title": title,
        "confirm_after": down_after,
        "recover_after": up_after,
        "recheck_every": recheck,
        "quorum": locations and locations.quorum,
        "quorum_count": locations and locations.count,
        "reminder_every": remind,
        "flap_turns": flap_turns,
        "flap_window": flap_window,
        "flap_hold": flap_hold,
        "flap_calm": flap_calm,
        "certificate_warn_before": warn_before,
        "certificate_critical_before": critical_before,
    }
    told: dict[str, Any] = {
        name: UNSET if value is None else value for name, value in given.items()
    }
    if remind == REMIND_NEVER:
        told["reminder_every"] = None
    done = open_policies().set_policy(key, Change(**told))
    if json:
        terminal.show_json(done)
        return
    terminal.say(f"Policy {done.title} ({done.key}): {_summary(done)}.")


@app.command("delete")
def delete(key: Key) -> None:
    """Delete a policy that no customer and no monitor has.

    Example: fener policy delete gold
    """
    open_policies().delete_policy(key)
    terminal.say(f"Policy {key} is deleted.")


@app.command("use")
def use(key: Chosen = None, *, customer: ForCustomer = None, monitor: ForMonitor = None) -> None:
    """Judge a customer's monitors, or one monitor, by a policy.

    Example: fener policy use gold --customer 2
    or, for that of its customer again: fener policy use --monitor 3
    """
    if (customer is None) == (monitor is None) or (customer is not None and key is None):
        raise Complaint(
            "Who shall use which policy is not clear",
            "Name one: fener policy use gold --customer 2; or: fener policy use gold --monitor 3",
            Code.USAGE,
        )
    if customer is not None and key is not None:
        named = open_policies().give_customer(customer, key)
        terminal.say(f"Customer {named.id}, {named.name}, is judged by the policy {key}.")
        return
    given = open_policies().give_monitor(parse_key(monitor or ""), key)
    by = "that of its customer" if key is None else f"the policy {key}"
    terminal.say(f"Monitor {given.id}, {given.name}, is judged by {by}.")


def _row(one: PolicyView) -> tuple[str, ...]:
    return (
        str(one.id),
        one.key,
        one.title,
        f"{one.down_after} x {_span(one.recheck_seconds)}",
        str(one.up_after),
        _places(one),
        _reminder(one),
        _used(one),
    )


def _lines(one: PolicyView) -> list[tuple[str, str]]:
    return [
        ("failing checks before it is down", str(one.down_after)),
        ("good checks before it is up again", str(one.up_after)),
        ("time between them", _span(one.recheck_seconds)),
        ("locations that must see it down", _places(one)),
        ("time between two reminders", _reminder(one)),
        ("turns before it is flapping", f"more than {one.flap_turns}"),
        ("within", _span(one.flap_window_seconds)),
        ("an outage is told after", _span(one.flap_hold_seconds)),
        ("calm after", _span(one.flap_calm_seconds)),
        ("a certificate is a warning", f"{_span(one.certificate_warning_seconds)} before its end"),
        ("and critical", f"{_span(one.certificate_critical_seconds)} before its end"),
    ]


def _summary(one: PolicyView) -> str:
    checks = "the first failing check"
    if one.down_after > 1:
        within = _span((one.down_after - 1) * one.recheck_seconds)
        checks = f"{one.down_after} failing checks, {within} after the first one"
    return f"down after {checks}; locations: {_places(one)}; reminder: {_reminder(one)}"


def _places(one: PolicyView) -> str:
    return str(one.quorum_count) if one.quorum == Quorum.COUNT else one.quorum


def _reminder(one: PolicyView) -> str:
    return NEVER if one.reminder_seconds is None else _span(one.reminder_seconds)


def _used(one: PolicyView) -> str:
    told = [(one.customers, "customer"), (one.monitors, "monitor")]
    words = [f"{number} {what}{'' if number == 1 else 's'}" for number, what in told if number]
    return ", ".join(words) or "nobody"


def _span(seconds: float) -> str:
    return span_text(round(seconds * SECOND))
