"""Conditions on an answer that explain themselves: `status 500, wanted 200-299`."""

from functools import lru_cache

from fener.domain.check import Failure
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds.http import BODY_LIMIT, HttpSettings
from fener.pipeline.probe.body import Body, Head
from fener.pipeline.probe.json_values import json_broken
from fener.pipeline.probe.requests import is_sensitive

_LOWEST, _HIGHEST = 100, 999


@lru_cache(maxsize=1_024)
def status_ranges(text: str) -> tuple[range, ...]:
    """Comma-separated codes and ranges: `200,301-308`. Raises ValueError with a sentence."""
    return tuple(_range(part.strip()) for part in text.split(","))


def first_broken(settings: HttpSettings, status: int, head: Head, body: Body) -> Failure | None:
    """The first condition that the answer does not meet, but for its pattern, which is searched for
    elsewhere. Raises ValueError for a bad setting.
    """
    return (
        _status(settings, status)
        or (_headers(settings, head) if settings.expected_headers else None)
        or _size(settings, body)
        or _keyword(settings, body)
        or (json_broken(settings.json, body) if settings.json else None)
    )


def _range(part: str) -> range:
    first, dash, last = part.partition("-")
    try:
        low, high = int(first), int(last if dash else first)
    except ValueError as error:
        raise ValueError(
            f"{part!r} is neither a status code nor a range such as 200-299"
        ) from error
    if not _LOWEST <= low <= high <= _HIGHEST:
        raise ValueError(f"{part} is no range of status codes from {_LOWEST} to {_HIGHEST}")
    return range(low, high + 1)


def _status(settings: HttpSettings, status: int) -> Failure | None:
    for expected in status_ranges(settings.expected_status):
        if status in expected:
            return None
    wanted = settings.expected_status
    facts = Facts(got=str(status), wanted=wanted)
    return Failure(FailureReason.WRONG_STATUS, f"status {status}, wanted {wanted}", facts)


def _headers(settings: HttpSettings, head: Head) -> Failure | None:
    fields = [(name.lower(), value) for name, value in head.fields()]
    for name, wanted in settings.expected_headers:
        values = [value for given, value in fields if given == name.lower()]
        if wanted not in values:
            return Failure(FailureReason.WRONG_HEADER, _header_message(name, values, wanted))
    return None


def _header_message(name: str, values: list[str], wanted: str) -> str:
    if not values:
        return f"header {name} is missing"
    if is_sensitive(name):
        return f"header {name} is not as expected"
    return f"header {name} is {', '.join(values)[:200]!r}, wanted {wanted!r}"


def _size(settings: HttpSettings, body: Body) -> Failure | None:
    least, most = settings.least_size, settings.most_size
    if least is not None and body.size < least:
        said = f"the body has {body.size:,} bytes, wanted {least:,} at least"
        facts = Facts(got=f"{body.size:,}", wanted=f"≥ {least:,}")
        return Failure(FailureReason.WRONG_SIZE, said, facts)
    if most is not None and body.size > most:
        size = f"more than {BODY_LIMIT:,}" if body.is_cut else f"{body.size:,}"
        said = f"the body has {size} bytes, wanted {most:,} at most"
        facts = Facts(got=f"{body.size:,}", wanted=f"≤ {most:,}")
        return Failure(FailureReason.WRONG_SIZE, said, facts)
    return None


def _keyword(settings: HttpSettings, body: Body) -> Failure | None:
    if not body.has_keyword:
        read = f"{body.size:,} bytes read"
        said = f"keyword {settings.keyword!r} not found, {read}"
        facts = Facts(name=settings.keyword or "", detail=read if body.is_cut else "")
        return Failure(FailureReason.KEYWORD_MISSING, said, facts)
    if body.has_unwanted:
        unwanted = settings.keyword_absent or ""
        said = f"unwanted keyword {unwanted!r} found"
        return Failure(FailureReason.KEYWORD_PRESENT, said, Facts(name=unwanted))
    return None
