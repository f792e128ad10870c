"""Bad input for routes as their documents tell them, and what every answer to it must be."""

from collections.abc import Iterator
from typing import Any

import msgspec

from support.api import Answer
from support.rights import Operation
from support.schemas import refused

BEYOND = ("9223372036854775808", "18446744073709551616", "1" + "0" * 30, "9" * 5_000)
"""Numbers that no column holds; the last one is longer than what Python reads."""
NO_TEXT = ("%00", "1%00", "%FF", "%C3%28", "%ED%A0%80")
"""What is not UTF-8, or holds NUL."""
IDS = (
    *("0", "-1", "-0", "+1", "9223372036854775807", *BEYOND),
    *("abc", "1.5", "1e3", "0x10", "1_000", "%D9%A1", "%EF%BC%91", "%20", "%C2%A0", "null", "{}"),
    *("%2e%2e", "%2F", "%5C", "'", "%22", "%3Cscript%3E", "%F0%9F%94%A5", "a" * 8_000),
    *("01890a5d-ac96-774b-bcce-b302099a805", "01890a5dac96774bbcceb302099a8057"),
    "{01890a5d-ac96-774b-bcce-b302099a8057}",
    *NO_TEXT,
)
"""Spellings of an id in a path that are nobody's, or none."""
PARAMETERS = (
    *("", "0", "-1", "-9223372036854775809", "9223372036854775807", *BEYOND),
    *("abc", "1.5", "NaN", "1e3", "true", "null", "%D9%A1", "%27%20OR%201=1--", "%25", "_", "[]"),
    *("2026-02-30+00:00:00", "0000-00-00+00:00:00", "9999-12-31+23:59:59", "1%0A"),
    *("%F0%9F%94%A5", "a" * 8_000, *NO_TEXT),
)


def nested(levels: int) -> str:
    return '{"a":' * levels + "1" + "}" * levels


LONG = '"' + "x" * 200_000 + '"'
NUL, SURROGATE = '"a\\u0000b"', '"\\ud800"'
VALUES = (
    *("null", "true", "0", "-1", "9223372036854775807", *BEYOND[:3], "1e308", "-1.5", "1e-9"),
    *('""', '" "', '"abc"', '"1"', '"' + "9" * 5_000 + '"', LONG, NUL, '"\\u0007"', '"\\n"'),
    *('"\\u202e"', '"\\ud83d\\udd25"', "[]", "[null]", "[[]]", "[{}]", '["a"]', "[0]", "[-1]"),
    *("[9223372036854775808]", "[1,1]", "{}", '{"a":null}', '{"a":1}', '{"":""}', '{"a":[]}'),
    *("[" * 500 + "]" * 500, nested(500)),
)
"""What stands in for the value of a field, as JSON."""
NO_JSON = (SURROGATE, "1e999", "NaN", "Infinity", "undefined", "'a'", "01", "[1,]", nested(5_000))
"""What is no JSON that can be read."""


def with_value(operation: Operation, base: dict[str, Any], field: str, value: str) -> bytes:
    """A right body but for one field, whose value is this JSON."""
    parts = {name: msgspec.json.encode(given).decode() for name, given in base.items()}
    parts[field] = value
    inside = ",".join(f'"{name}":{given}' for name, given in parts.items())
    return f"{{{inside}}}".encode()


def undocumented(answer: Answer, operation: Operation) -> list[str]:
    """A status that the document of a route does not tell."""
    is_told = answer.status in operation.statuses
    return [] if is_told else [f"{answer.status} is not documented: {answer.body!r:.150}"]


def complaints(answer: Answer, contract: str | None) -> Iterator[str]:
    """What is wrong with an answer to bad input; without a contract, either may answer."""
    if answer.status >= 500:
        yield f"{answer.status} {answer.body!r:.300}"
    elif answer.status >= 400:
        try:
            refused(answer, contract or _worded_by(answer), answer.status)
        except Exception as error:  # noqa: BLE001 - told with the request that it was for
            yield f"{answer.status} {answer.body!r:.300}: {error}"


def _worded_by(answer: Answer) -> str:
    return "account" if b'"errors"' in answer.body else "organization"
