"""What a person may expect of an HTTP answer: texts, a pattern, values in JSON, a size.

Refusals are `fener.domain.errors.Invalid` with a sentence that says what would be right.
"""

import re
import warnings

from msgspec.structs import replace

from fener.domain import json_path
from fener.domain.errors import Invalid
from fener.domain.kinds.http import BODY_LIMIT, HttpSettings, JsonAssertion

LONGEST_KEYWORD = LONGEST_PATTERN = LONGEST_WANTED = 1_000
LONGEST_PATH = 500
MOST_JSON = 20


def checked(settings: HttpSettings) -> HttpSettings:
    """The same, uniform: what is empty expects nothing. Raises Invalid."""
    uniform = replace(
        settings,
        keyword=_keyword(settings.keyword, "keyword"),
        keyword_absent=_keyword(settings.keyword_absent, "keyword_absent"),
        pattern=_pattern(settings.pattern or None),
        json=_json(settings.json),
        least_size=_size(settings.least_size, "least_size") or None,
        most_size=_size(settings.most_size, "most_size"),
    )
    if uniform.method.strip().upper() == "HEAD":
        _refuse_without_body(uniform)
    least, most = uniform.least_size, uniform.most_size
    if least is not None and most is not None and least > most:
        raise Invalid("The least size is larger than the most size.", "least_size")
    return uniform


def _refuse_without_body(settings: HttpSettings) -> None:
    asked = {
        "keyword": settings.keyword,
        "keyword_absent": settings.keyword_absent,
        "pattern": settings.pattern,
        "json": settings.json or None,
        "least_size": settings.least_size,
    }
    field = next((name for name, value in asked.items() if value is not None), None)
    if field is not None:
        raise Invalid(
            "An answer to HEAD has no body to look into: use GET, or ask nothing of the body.",
            field,
        )


def _keyword(keyword: str | None, field: str) -> str | None:
    if keyword and (len(keyword) > LONGEST_KEYWORD or "\x00" in keyword):
        raise Invalid(f"The keyword may have {LONGEST_KEYWORD} characters, and no NUL.", field)
    return keyword or None


def _pattern(pattern: str | None) -> str | None:
    if pattern is None:
        return None
    if len(pattern) > LONGEST_PATTERN or "\x00" in pattern:
        raise Invalid(f"The pattern may have {LONGEST_PATTERN} characters, and no NUL.", "pattern")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            re.compile(pattern)
    except (re.error, OverflowError, RecursionError) as error:
        raise Invalid(f"The pattern is no regular expression: {error}.", "pattern") from None
    return pattern


def _json(assertions: tuple[JsonAssertion, ...]) -> tuple[JsonAssertion, ...]:
    if len(assertions) > MOST_JSON:
        raise Invalid(f"At most {MOST_JSON} JSON values can be expected.", "json")
    return tuple(map(_json_value, assertions))


def _json_value(assertion: JsonAssertion) -> JsonAssertion:
    path, wanted = assertion.path.strip(), assertion.wanted
    if len(path) > LONGEST_PATH or len(wanted or "") > LONGEST_WANTED:
        raise Invalid(
            f"A JSON path may have {LONGEST_PATH} characters, and its value {LONGEST_WANTED}.",
            "json",
        )
    if "\x00" in path or "\x00" in (wanted or ""):
        raise Invalid("A JSON path or its value holds a NUL character.", "json")
    try:
        json_path.parse(path)
    except ValueError as error:
        raise Invalid(f"This JSON value cannot be found: {error}.", "json") from None
    return JsonAssertion(path, wanted)


def _size(size: int | None, field: str) -> int | None:
    if size is not None and not 0 <= size <= BODY_LIMIT:
        raise Invalid(f"The size may be from 0 to {BODY_LIMIT} bytes, which are read.", field)
    return size
