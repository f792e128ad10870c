"""The form of a heartbeat: when its job should report, and how late it may be."""

from msgspec import UNSET

from fener.actions.monitors import Change, New
from fener.domain.kinds.heartbeat import (
    CalendarSchedule,
    CronSchedule,
    EveryInterval,
    HeartbeatSettings,
    Schedule,
)
from fener.domain.monitor import Monitor
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span
from fener.web.forms import Form, Wanted, chosen_channels, chosen_policy
from fener.web.languages import Words, marked

UNITS: dict[str, Span] = {"minute": MINUTE, "hour": HOUR, "day": DAY, "second": SECOND}
UNIT_WORDS = {
    "minute": marked("minutes"),
    "hour": marked("hours"),
    "day": marked("days"),
    "second": marked("seconds"),
}
_MOST = 100_000
_NUMBER = marked("A whole number from 1 is wanted.")
_EXPRESSION = marked("An expression such as 15 3 * * * is wanted.")
WANTED = Wanted(
    told={
        "name": marked("A name of 1 to 255 characters in one line is wanted."),
        "every": marked("From 1 second to 366 days."),
        "grace": marked("From 1 second to 366 days."),
        "expression": marked(
            "For cron five fields, such as 15 3 * * *; for OnCalendar an expression such as "
            "Mon..Fri 08:00. It must come round again."
        ),
        "zone": marked("A time zone such as Europe/Berlin is wanted."),
        "channels": marked("Channels of this organization are wanted."),
        "policy": marked("A policy of this organization is wanted."),
        "customer": marked("A customer of this organization is wanted."),
    },
    names={
        "interval": "every",
        "channel_ids": "channels",
        "customer_id": "customer",
        "policy_id": "policy",
    },
)


def empty(zone: str) -> Form:
    return Form.filled(
        schedule="interval",
        every=1,
        every_unit="day",
        grace=1,
        grace_unit="hour",
        zone=zone,
        tell="all",
    )


def of(monitor: Monitor, zone: str) -> Form:
    settings = monitor.settings
    assert isinstance(settings, HeartbeatSettings)  # noqa: S101 - callers ask for heartbeats only
    grace, grace_unit = _parted(settings.grace)
    form = Form.filled(
        name=monitor.name,
        customer=monitor.customer_id,
        every=1,
        every_unit="day",
        grace=grace,
        grace_unit=grace_unit,
        zone=zone,
        tell="all" if monitor.channel_ids is None else "chosen",
        channels=monitor.channel_ids or (),
        policy=monitor.policy_id,
    )
    _put_schedule(form, settings.schedule)
    return form


def _put_schedule(form: Form, schedule: Schedule) -> None:
    match schedule:
        case EveryInterval(interval):
            every, unit = _parted(interval)
            form.set("schedule", "interval")
            form.set("every", str(every))
            form.set("every_unit", unit)
        case CronSchedule(expression, zone):
            form.set("schedule", "cron")
            form.set("expression", expression)
            form.set("zone", zone)
        case CalendarSchedule(expression, zone):
            form.set("schedule", "oncalendar")
            form.set("expression", expression)
            form.set("zone", zone)


def new(form: Form, words: Words) -> New | None:
    """None where something is wrong, which the form then says."""
    settings, policy = _settings(form, words), chosen_policy(form)
    if settings is None:
        return None
    return New(
        settings=settings,
        name=form.text("name"),
        customer_id=form.number("customer", 1, 2**63 - 1),
        channel_ids=chosen_channels(form),
        policy_id=None if policy is UNSET else policy,
    )


def change(form: Form, words: Words, before: Monitor) -> Change | None:
    settings = _settings(form, words)
    if settings is None:
        return None
    customer = form.number("customer", 1, 2**63 - 1)
    return Change(
        settings=settings,
        name=form.text("name"),
        customer_id=before.customer_id if customer is None else customer,
        channel_ids=chosen_channels(form),
        policy_id=chosen_policy(form),
    )


def _settings(form: Form, words: Words) -> HeartbeatSettings | None:
    if not form.text("name"):
        form.refuse("name", words(WANTED.told["name"]))
    schedule, grace = _schedule(form, words), _span(form, words, "grace")
    if not form.is_good or schedule is None or grace is None:
        return None
    return HeartbeatSettings(schedule, grace)


def _schedule(form: Form, words: Words) -> Schedule | None:
    kind = form.text("schedule")
    if kind not in {"cron", "oncalendar"}:
        interval = _span(form, words, "every")
        return None if interval is None else EveryInterval(interval)
    if not form.text("expression"):
        form.refuse("expression", words(_EXPRESSION))
        return None
    made = CronSchedule if kind == "cron" else CalendarSchedule
    return made(form.text("expression"), form.text("zone") or "UTC")


def _span(form: Form, words: Words, name: str) -> Span | None:
    count = form.number(name, 1, _MOST)
    if count is None:
        form.refuse(name, words(_NUMBER))
        return None
    return count * UNITS.get(form.text(f"{name}_unit"), MINUTE)


def _parted(span: Span) -> tuple[int, str]:
    """By the greatest unit that leaves no rest."""
    for unit in ("day", "hour", "minute"):
        if span % UNITS[unit] == 0:
            return span // UNITS[unit], unit
    return max(1, span // SECOND), "second"
