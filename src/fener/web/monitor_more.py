"""The part of an HTTP monitor's form that few need and that stays folded: from its settings into
the fields, and back.
"""

from enum import StrEnum
from typing import Any, TypeVar

from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.http import BODY_LIMIT, HttpSettings, HttpVersion, JsonAssertion
from fener.web.forms import UNFIT, Form
from fener.web.languages import Words, marked

HEADERS = marked("One header a line, as Name: value.")
_SIZE = marked("A whole number of bytes up to 1048576 is wanted, the least not above the most.")
TOLD = {
    "keyword_absent": marked("At most 1000 characters are wanted, and no HEAD request."),
    "pattern": marked("A regular expression of at most 1000 characters is wanted."),
    "json": marked("One value a line is wanted, such as $.status = ok."),
    "least_size": _SIZE,
    "most_size": _SIZE,
    "expected_headers": HEADERS,
    "client_certificate": marked("A certificate and its own key in PEM are wanted, the key open."),
    "proxy": marked("A proxy such as http://proxy.example.com:3128 is wanted, without a user."),
    "ip_version": UNFIT,
    "http_version": UNFIT,
}
E = TypeVar("E", bound=StrEnum)


def of(settings: HttpSettings) -> dict[str, Any]:
    return {
        "keyword_absent": settings.keyword_absent,
        "pattern": settings.pattern,
        "json": "\n".join(one.text for one in settings.json),
        "least_size": settings.least_size,
        "most_size": settings.most_size,
        "expected_headers": header_lines(settings.expected_headers),
        "ip_version": settings.ip_version,
        "http_version": settings.http_version,
        "proxy": settings.proxy,
        "cache_buster": settings.cache_buster,
        "keep_cookies": settings.keep_cookies,
    }


def settings(form: Form, words: Words) -> dict[str, Any]:
    """The settings by their names; what is wrong with them the form then says."""
    return {
        "keyword_absent": form.text("keyword_absent") or None,
        "pattern": form.raw("pattern").strip("\n") or None,
        "json": tuple(
            JsonAssertion.read(line) for line in form.raw("json").split("\n") if line.strip()
        ),
        "least_size": _size(form, words, "least_size"),
        "most_size": _size(form, words, "most_size"),
        "expected_headers": headers(form, words, "expected_headers"),
        "ip_version": _one_of(form, words, "ip_version", IpVersion.ANY),
        "http_version": _one_of(form, words, "http_version", HttpVersion.AUTO),
        "proxy": form.text("proxy") or None,
        "cache_buster": form.ticked("cache_buster"),
        "keep_cookies": form.ticked("keep_cookies"),
    }


def headers(form: Form, words: Words, field: str) -> tuple[tuple[str, str], ...]:
    pairs = []
    for line in form.raw(field).split("\n"):
        name, colon, value = line.partition(":")
        if colon and name.strip():
            pairs.append((name.strip(), value.strip()))
        elif line.strip():
            form.refuse(field, words(HEADERS))
    return tuple(pairs)


def header_lines(pairs: tuple[tuple[str, str], ...]) -> str:
    return "\n".join(f"{name}: {value}" for name, value in pairs)


def _size(form: Form, words: Words, field: str) -> int | None:
    if not form.text(field):
        return None
    size = form.number(field, 0, BODY_LIMIT)
    if size is None:
        form.refuse(field, words(_SIZE))
    return size


def _one_of(form: Form, words: Words, field: str, default: E) -> E:
    try:
        return type(default)(form.text(field) or default)
    except ValueError:
        form.refuse(field, words(UNFIT))
        return default
