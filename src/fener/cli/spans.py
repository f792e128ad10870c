"""Spans of time as people type them: `30s`, `5m`, `1h`, `2d`, `1h30m`."""

import re

from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span

_UNITS: dict[str, Span] = {"d": DAY, "h": HOUR, "m": MINUTE, "s": SECOND, "ms": 1}
"""From the longest to the shortest, the order in which they may follow one another."""
_LONGEST: Span = 100 * 366 * DAY
_FORM = re.compile("".join(rf"(?:([0-9]{{1,9}}){unit})?" for unit in _UNITS))


class BadSpan(ValueError):
    """The text is no span of time; says what would be one."""


def parse_span(text: str) -> Span:
    """The span that a text means. Raises BadSpan."""
    found = _FORM.fullmatch("".join(text.split()).lower())
    if found is None or not any(found.groups()):
        unit = " with its unit" if text.strip().isdigit() else ""
        raise BadSpan(f"{text!r} is no span of time: write one{unit} such as 30s, 5m or 1h30m")
    parts = zip(found.groups(), _UNITS.values(), strict=True)
    span = sum(int(number) * unit for number, unit in parts if number)
    if span > _LONGEST:
        raise BadSpan(f"{text!r} is longer than a hundred years")
    return span


def span_text(span: Span) -> str:
    """The shortest text that means just this span: `1h30m`."""
    parts: list[str] = []
    for name, unit in _UNITS.items():
        number, span = divmod(span, unit)
        if number:
            parts.append(f"{number}{name}")
    return "".join(parts) or "0s"


def rough_text(span: Span) -> str:
    """How long, as exactly as a person wants to know it: two units, and no less than a second."""
    longest = next((unit for unit in _UNITS.values() if span >= unit), SECOND)
    shorter = [unit for unit in _UNITS.values() if SECOND <= unit < longest]
    return span_text(span - span % (shorter[0] if shorter else SECOND))
