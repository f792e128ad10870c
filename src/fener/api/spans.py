"""Lengths of time as both contracts write them: numbers of seconds or minutes."""

from fener.domain.errors import Invalid
from fener.domain.time import MINUTE, SECOND, Span

_MOST_SECONDS = 10**9


def span_of(given: float, field: str) -> Span:
    """A number of seconds. Raises Invalid for what is no length of time at all."""
    if not 0 <= given <= _MOST_SECONDS:
        raise Invalid(f"{field} is no number of seconds that can be kept", field)
    return round(given * SECOND)


def seconds(span: Span) -> int | float:
    """Whole where it is."""
    return span // SECOND if span % SECOND == 0 else span / SECOND


def milliseconds(microseconds: float | None) -> float | None:
    """As response times are written: with three decimals at most."""
    return None if microseconds is None else round(microseconds / 1_000, 3)


def minutes_up(span: Span) -> int:
    """Minutes, rounded up."""
    return -(-span // MINUTE)
