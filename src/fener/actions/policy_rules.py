"""The rules of a policy as people give them: what may be changed, and within which bounds."""

from typing import NamedTuple

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from fener.domain.errors import Invalid
from fener.domain.policy import Policy, Quorum
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span


class Change(Struct, frozen=True, kw_only=True):
    """What shall be otherwise; what is UNSET stays."""

    title: str | UnsetType = UNSET
    confirm_after: int | UnsetType = UNSET
    recover_after: int | UnsetType = UNSET
    recheck_every: Span | UnsetType = UNSET
    quorum: Quorum | UnsetType = UNSET
    quorum_count: int | UnsetType = UNSET
    reminder_every: Span | UnsetType | None = UNSET
    certificate_warn_before: Span | UnsetType = UNSET
    certificate_critical_before: Span | UnsetType = UNSET
    flap_turns: int | UnsetType = UNSET
    flap_window: Span | UnsetType = UNSET
    flap_hold: Span | UnsetType = UNSET
    flap_calm: Span | UnsetType = UNSET


class Bounds(NamedTuple):
    """What a threshold may be, and what to call it."""

    name: str
    least: int
    most: int


COUNTS = {
    "confirm_after": Bounds("The number of failing checks", 1, 20),
    "recover_after": Bounds("The number of good checks", 1, 20),
    "quorum_count": Bounds("The number of locations", 1, 1_000),
    "flap_turns": Bounds("The number of turns", 2, 50),
}
SPANS = {
    "recheck_every": Bounds("The time between two rechecks", SECOND, HOUR),
    "reminder_every": Bounds("The time between two reminders", MINUTE, 31 * DAY),
    "certificate_warn_before": Bounds("The warning of a certificate's end", DAY, 366 * DAY),
    "certificate_critical_before": Bounds("The alarm of a certificate's end", DAY, 366 * DAY),
    "flap_window": Bounds("The time in which turns are counted", MINUTE, DAY),
    "flap_hold": Bounds("The time that an outage of what is flapping must last", MINUTE, DAY),
    "flap_calm": Bounds("The time after which it is calm", MINUTE, 7 * DAY),
}
"""Of `Policy`, by field."""


def laid_over(rules: Policy, change: Change) -> Policy:
    """The rules with what is given."""
    given = {name: value for name, value in asdict(change).items() if value is not UNSET}
    given.pop("title", None)
    return replace(rules, **given)


def checked(rules: Policy) -> Policy:
    """The same. Raises Invalid for what cannot be, with what could."""
    for field, bounds in COUNTS.items():
        if not bounds.least <= (value := getattr(rules, field)) <= bounds.most:
            _refuse(field, bounds, str(value), str(bounds.least), str(bounds.most))
    for field, bounds in SPANS.items():
        value = getattr(rules, field)
        if value is not None and not bounds.least <= value <= bounds.most:
            _refuse(field, bounds, *map(_span, (value, bounds.least, bounds.most)))
    if rules.flap_calm <= rules.flap_hold:
        raise Invalid(
            f"It is calm after {_span(rules.flap_calm)}, which must be longer than the "
            f"{_span(rules.flap_hold)} that an outage of what is flapping must last.",
            "flap_calm",
        )
    if rules.certificate_critical_before > rules.certificate_warn_before:
        raise Invalid(
            f"The alarm comes {_span(rules.certificate_critical_before)} before the end of a "
            f"certificate: make that {_span(rules.certificate_warn_before)} at most, when the "
            "warning comes.",
            "certificate_critical_before",
        )
    return rules


def _refuse(field: str, bounds: Bounds, given: str, least: str, most: str) -> None:
    raise Invalid(f"{bounds.name} is {given}, but may be from {least} to {most}.", field)


def _span(span: Span) -> str:
    for unit, length in (("days", DAY), ("h", HOUR), ("min", MINUTE)):
        if span >= length and span % length == 0:
            return f"{span // length} {unit}"
    return f"{span / SECOND:g} s"
