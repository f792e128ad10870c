"""Singular queries of RFC 9535: a JSONPath that leads to one value at most, such as `$.a[0]["b"]`.

Wildcards, slices, filters and descendants are refused: what they find is no one thing to compare.
"""

import re
from typing import TypeAlias

Step: TypeAlias = str | int
"""A member's name, or an index; a negative one counts from the end."""

_LARGEST = 2**53 - 1
_STEP = re.compile(
    r"""[ \t\r\n]*(?:
      \.(?P<member>[A-Za-z_\u0080-\ud7ff\ue000-\U0010ffff][\w\u0080-\ud7ff\ue000-\U0010ffff]*)
    | \[[ \t\r\n]*(?:
        (?P<index>0|-?[1-9][0-9]*)
      | "(?P<double>(?:[^"\\\x00-\x1f]|\\(?:["/\\bfnrt]|u[0-9A-Fa-f]{4}))*)"
      | '(?P<single>(?:[^'\\\x00-\x1f]|\\(?:['/\\bfnrt]|u[0-9A-Fa-f]{4}))*)'
      )[ \t\r\n]*\]
    )""",
    re.VERBOSE | re.ASCII,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|.)")
_ESCAPED = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_MISSING = object()


def parse(query: str) -> tuple[Step, ...]:
    """The steps that a query takes. Raises ValueError with what is wrong, and where."""
    if not query.startswith("$"):
        raise ValueError(f"the JSON path {query[:50]!r} does not begin with $")
    steps = _steps(query)
    end = steps[-1].end() if steps else 1
    if end < len(query):
        raise ValueError(
            f"the JSON path {query[:100]!r} cannot be read from {query[end : end + 20]!r} on: "
            'write names as .name or ["name"] and places in a list as [0]'
        )
    return tuple(map(_step, steps))


def divided(line: str) -> tuple[str, str | None]:
    """A path, and what a line says after it and `=`: `$.status = ok`. Either may hold `=` itself.

    Where the path cannot be read, all of the line is given back as one.
    """
    text = line.strip()
    steps = _steps(text)
    end = steps[-1].end() if steps else 1
    rest = text[end:].lstrip()
    return (text[:end], rest[1:].strip()) if rest.startswith("=") else (text, None)


def find(document: object, steps: tuple[Step, ...]) -> tuple[object, ...]:
    """The one value that the steps lead to, or nothing."""
    value = document
    for step in steps:
        value = _within(value, step)
        if value is _MISSING:
            return ()
    return (value,)


def _steps(query: str) -> list[re.Match[str]]:
    """As many as can be read."""
    found: list[re.Match[str]] = []
    while one := _STEP.match(query, found[-1].end() if found else 1):
        found.append(one)
    return found


def _step(found: re.Match[str]) -> Step:
    if (index := found["index"]) is not None:
        if len(index) > len(str(_LARGEST)) + 1 or abs(int(index)) > _LARGEST:
            raise ValueError(f"the place {index[:20]} in a JSON path is too large")
        return int(index)
    if found["member"] is not None:
        return found["member"]
    quoted = found["double"] if found["double"] is not None else found["single"]
    return _unescaped(quoted)


def _unescaped(text: str) -> str:
    """Raises ValueError for half of a surrogate pair, which is no character."""
    plain = _ESCAPE.sub(_unescape, text)
    try:
        return plain.encode("utf-16", "surrogatepass").decode("utf-16")
    except UnicodeDecodeError:
        raise ValueError(f"the JSON path holds half of a surrogate pair: {text[:50]!r}") from None


def _unescape(found: re.Match[str]) -> str:
    sign = found[1]
    return chr(int(sign[1:], 16)) if len(sign) > 1 else _ESCAPED.get(sign, sign)


def _within(value: object, step: Step) -> object:
    if isinstance(step, str):
        return value.get(step, _MISSING) if isinstance(value, dict) else _MISSING
    if isinstance(value, list) and -len(value) <= step < len(value):
        return value[step]
    return _MISSING
