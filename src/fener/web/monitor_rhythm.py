"""What the forms of all probed monitors share: name, customer, interval, timeout, whom to tell."""

from typing import Any

from msgspec import UNSET

from fener.actions.monitors import Change, New
from fener.domain.kinds import ProbeSettings
from fener.domain.monitor import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, Monitor
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span
from fener.web.forms import Form, Wanted, chosen_channels, chosen_policy
from fener.web.languages import Words, marked

INTERVALS: tuple[Span, ...] = (
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
)
_LONGEST_TIMEOUT = 60
_TIMEOUT = marked("A whole number of seconds from 1 to 60, not longer than the interval.")
WANTED = Wanted(
    told={
        "name": marked("A name of at most 255 characters in one line is wanted."),
        "interval": marked("An interval from 1 second to 31 days is wanted."),
        "timeout": _TIMEOUT,
        "channels": marked("Channels of this organization are wanted."),
        "policy": marked("A policy of this organization is wanted."),
        "customer": marked("A customer of this organization is wanted."),
    },
    names={"channel_ids": "channels", "customer_id": "customer", "policy_id": "policy"},
)


def empty() -> dict[str, Any]:
    """The fields of a form that nobody has typed into yet."""
    return {
        "interval": DEFAULT_INTERVAL // SECOND,
        "timeout": DEFAULT_TIMEOUT // SECOND,
        "tell": "all",
    }


def of(monitor: Monitor) -> dict[str, Any]:
    """The fields of a monitor that is there."""
    return {
        "name": monitor.name,
        "customer": monitor.customer_id,
        "interval": monitor.interval // SECOND,
        "timeout": f"{monitor.timeout / SECOND:g}",
        "tell": "all" if monitor.channel_ids is None else "chosen",
        "channels": monitor.channel_ids or (),
        "policy": monitor.policy_id,
    }


def new(form: Form, words: Words, settings: ProbeSettings | None) -> New | None:
    """A monitor with these settings; None where something is wrong, which the form then says."""
    timeout = _timeout_of(form, words)
    policy = chosen_policy(form)
    if settings is None or not form.is_good:
        return None
    return New(
        settings=settings,
        name=form.text("name"),
        customer_id=_customer_of(form),
        interval=_interval_of(form),
        timeout=timeout,
        channel_ids=chosen_channels(form),
        policy_id=None if policy is UNSET else policy,
    )


def change(
    form: Form, words: Words, settings: ProbeSettings | None, before: Monitor
) -> Change | None:
    """The same for a monitor that is there; it needs a timeout."""
    timeout = _timeout_of(form, words)
    if timeout is None:
        form.refuse("timeout", words(_TIMEOUT))
    if settings is None or timeout is None or not form.is_good:
        return None
    customer = _customer_of(form)
    return Change(
        settings=settings,
        name=form.text("name"),
        customer_id=before.customer_id if customer is None else customer,
        interval=_interval_of(form),
        timeout=timeout,
        channel_ids=chosen_channels(form),
        policy_id=chosen_policy(form),
    )


def intervals_with(form: Form) -> list[int]:
    """What is offered, in seconds, with the one that is chosen already."""
    chosen = form.number("interval", 0, 10**9)
    return sorted({one // SECOND for one in INTERVALS} | ({chosen} if chosen else set()))


def _timeout_of(form: Form, words: Words) -> Span | None:
    """None where none was typed, or where what was typed is refused."""
    if not form.text("timeout"):
        return None
    try:
        seconds = float(form.text("timeout"))
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        form.refuse("timeout", words(_TIMEOUT))
        return None
    return round(seconds * SECOND)


def _interval_of(form: Form) -> Span:
    seconds = form.number("interval", 0, 10**9)
    return DEFAULT_INTERVAL if seconds is None else seconds * SECOND


def _customer_of(form: Form) -> int | None:
    return form.number("customer", 1, 2**63 - 1)
