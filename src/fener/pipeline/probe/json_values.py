"""Conditions on values of an answer in JSON: each is found by its path and compared."""

from functools import lru_cache

import msgspec

from fener.domain import json_path
from fener.domain.check import Failure
from fener.domain.failure import FailureReason
from fener.domain.kinds.http import BODY_LIMIT, JsonAssertion
from fener.pipeline.probe.body import Body

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LONGEST_SHOWN = 200
_steps = lru_cache(maxsize=4_096)(json_path.parse)


def json_broken(assertions: tuple[JsonAssertion, ...], body: Body) -> Failure | None:
    """The first value that is not as wanted. Raises ValueError for a bad path."""
    if body.is_cut:
        return _wrong(f"the answer has more than {BODY_LIMIT:,} bytes, too many to read as JSON")
    try:
        document: object = msgspec.json.decode(body.kept().removeprefix(_BYTE_ORDER_MARK))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return _wrong(f"the answer is no JSON: {error}")
    said = (_complaint(one, json_path.find(document, _steps(one.path))) for one in assertions)
    return next((_wrong(one) for one in said if one is not None), None)


def _complaint(assertion: JsonAssertion, found: tuple[object, ...]) -> str | None:
    if not found:
        return f"{assertion.path} is missing"
    value, wanted = found[0], assertion.wanted
    if wanted is None or value == wanted or _is_same(value, _read(wanted)):
        return None
    shown = msgspec.json.encode(value).decode()[:_LONGEST_SHOWN]
    return f"{assertion.path} is {shown}, wanted {wanted}"


@lru_cache(maxsize=4_096)
def _read(wanted: str) -> object:
    """As JSON; a text that is none stands for itself."""
    try:
        return msgspec.json.decode(wanted.encode())
    except (msgspec.DecodeError, RecursionError):
        return wanted


def _is_same(one: object, other: object) -> bool:
    """Equal as JSON is: 1 and 1.0 are the same number, but 1 is not true."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_is_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_is_same, one, other))
    return isinstance(one, bool) is isinstance(other, bool) and one == other


def _wrong(said: str) -> Failure:
    return Failure(FailureReason.WRONG_JSON, said)
