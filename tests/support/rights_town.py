"""A town of two organizations, as plain values: what is whose, who may ask, what must not show.

The ids of each owner's things have a range of their own, and all their texts a mark, so that what
is foreign is found in any answer.
"""

import re
from collections.abc import Iterable

from msgspec import Struct

from fener.domain.time import Instant
from support.api import Answer

RANGES = {"acme": 400, "A": 411, "B": 422, "elsewhere": 433, "nobody's": 499, "new": 555}
"""The ids of each owner begin with these digits, and have nine."""
SPREAD = 1_000_000
_MARKS = {
    "acme": "planted-inside-acme",
    "A": "planted-with-a",
    "B": "planted-with-b",
    "elsewhere": "planted-elsewhere",
}
EVERYBODY = ("acme", "A", "B", "elsewhere")


def mark(owner: str) -> str:
    """Stands in every name, address and text of an owner's things."""
    return _MARKS[owner]


class Caller(Struct, frozen=True):
    """Somebody with a credential: a column of the table, and what must never show to them."""

    name: str
    column: str
    headers: dict[str, str]
    whose: dict[str, str]
    """Which owner's things stand for those of `rights.WHOSE`."""
    hidden: tuple[str, ...]
    """Owners of whom nothing may show."""
    secrets: tuple[str, ...] = ()
    """What else may not, though the thing itself may be seen."""

    @property
    def has_session(self) -> bool:
        return "cookie" in self.headers


class Town(Struct, frozen=True):
    """All of it, as plain values."""

    store: bytes
    now: Instant
    things: dict[str, dict[str, tuple[str, ...]]]
    """By owner, then by the name that paths and bodies have for a thing: its spellings."""
    traces: dict[str, frozenset[str]]
    """By owner, what no number tells: public ids and addresses of pings."""
    callers: dict[str, Caller]
    nobodies: dict[str, dict[str, str]]
    """Headers that recognize nobody."""
    memberless: dict[str, dict[str, str]]
    """Headers of somebody who belongs to no organization any more."""

    def shown(self, caller: Caller, answer: Answer, said: str = "") -> list[str]:
        """What an answer shows of what is hidden from a caller; `said` is what they sent."""
        text = answer.body.decode().lower()
        for value in sorted(re.findall(r"[\w-]{9,}", said.lower()), key=len, reverse=True):
            text = text.replace(value, "")
        marks = [mark(owner) for owner in caller.hidden]
        known = [*marks, *caller.secrets, *self._traces(caller)]
        ids = re.findall(rf"(?<![0-9a-z])(?:{_digits(caller)})\d{{6}}(?![0-9a-z])", text)
        return [one for one in known if one in text] + ids

    def _traces(self, caller: Caller) -> Iterable[str]:
        return (trace for owner in caller.hidden for trace in self.traces[owner])


def _digits(caller: Caller) -> str:
    return "|".join(str(RANGES[one]) for one in caller.hidden if one != "acme")
