"""What a person may ask of an HTTP monitor: everything is checked here, and made uniform.

Refusals are `fener.domain.errors.Invalid` with a sentence that says what would be right.
"""

import re
from typing import NamedTuple
from urllib.parse import urlsplit, urlunsplit

from msgspec.structs import replace

from fener.actions import http_answers
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    Credentials,
    DigestCredentials,
    HeaderCredentials,
    OAuthCredentials,
)
from fener.domain.errors import Invalid
from fener.domain.kinds.http import HttpSettings
from fener.net.url import BadUrl, parse, proxy_origin

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
LONGEST_URL = 2_048
LONGEST_BODY = 64 * 1024
LONGEST_CREDENTIAL = 4_096
LONGEST_HEADER = 8_192
MOST_HEADERS = 50
_OURS = frozenset({"connection", "content-length", "transfer-encoding", "upgrade", "te", "trailer"})
"""Headers that belong to the connection, which is made by the prober."""
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")
_STATUS_PART = re.compile(r"(\d{3})(?:-(\d{3}))?|([1-5])[xX]{2}")
_LEAST_STATUS, _MOST_STATUS = 100, 599


class Request(NamedTuple):
    """Settings with the secrets apart, which are stored sealed."""

    settings: HttpSettings
    credentials: Credentials | None


def checked(settings: HttpSettings, credentials: Credentials | None) -> Request:
    """The same, uniform. Raises Invalid.

    User and password in the address, or an `Authorization` header, become credentials.
    """
    url, in_url = checked_url(settings.url)
    headers, in_headers = _without_authorization(checked_headers(settings.headers, "headers"))
    given = [one for one in (credentials, in_url, in_headers) if one is not None]
    if len(given) > 1:
        raise Invalid(
            "The credentials are given twice: keep one of the address's user, the Authorization "
            "header and the credentials' own fields.",
            "credentials",
        )
    uniform = replace(
        http_answers.checked(settings),
        url=url,
        method=_method(settings.method),
        headers=headers,
        body=_body(settings),
        expected_status=checked_status(settings.expected_status),
        proxy=_proxy(settings.proxy),
        expected_headers=checked_headers(settings.expected_headers, "expected_headers"),
    )
    return Request(uniform, _checked_credentials(given[0]) if given else None)


def checked_url(text: str) -> tuple[str, BasicCredentials | None]:
    """An address as it was typed, without user, password and fragment; https where it says none."""
    typed = text.strip()
    if not typed:
        raise Invalid("An address is needed, such as https://example.com/.", "url")
    whole = typed if "://" in typed else f"https://{typed}"
    if len(whole) > LONGEST_URL:
        raise Invalid(f"The address is longer than {LONGEST_URL} characters.", "url")
    if re.search(r"\s", whole):
        raise Invalid("The address holds a space; write %20 for it.", "url")
    try:
        credentials = parse(whole).credentials
    except BadUrl as error:
        raise Invalid(f"The address cannot be watched: {error}.", "url") from error
    parts = urlsplit(whole)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, host, parts.path, parts.query, "")), credentials


def checked_status(text: str) -> str:
    """`200, 3xx` becomes `200,300-399`."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if not parts:
        raise _bad_status(text)
    return ",".join(_status_part(part) for part in parts)


def _status_part(part: str) -> str:
    found = _STATUS_PART.fullmatch(part)
    if found is None:
        raise _bad_status(part)
    low, high, hundred = found.groups()
    if hundred:
        return f"{hundred}00-{hundred}99"
    first, last = int(low), int(high or low)
    if not _LEAST_STATUS <= first <= last <= _MOST_STATUS:
        raise _bad_status(part)
    return part


def _bad_status(part: str) -> Invalid:
    return Invalid(
        f"{part[:50]!r} is no HTTP status to expect: write codes from {_LEAST_STATUS} to "
        f"{_MOST_STATUS} and ranges with commas between, such as 200,301-308.",
        "expected_status",
    )


def checked_headers(
    headers: tuple[tuple[str, str], ...], field: str
) -> tuple[tuple[str, str], ...]:
    if len(headers) > MOST_HEADERS:
        raise Invalid(f"At most {MOST_HEADERS} headers can be given.", field)
    return tuple(_header(name.strip(), value.strip(), field) for name, value in headers)


def _header(name: str, value: str, field: str) -> tuple[str, str]:
    if not _TOKEN.fullmatch(name):
        raise Invalid(f"{name[:50]!r} is no header name.", field)
    if field == "headers" and name.lower() in _OURS:
        raise Invalid(f"The header {name} is set by the connection itself.", field)
    if _CONTROL.search(value):
        raise Invalid(f"The value of the header {name} holds a line break or control sign.", field)
    if len(name) + len(value) > LONGEST_HEADER:
        raise Invalid(f"The header {name} is longer than {LONGEST_HEADER} characters.", field)
    return name, value


def _without_authorization(
    headers: tuple[tuple[str, str], ...],
) -> tuple[tuple[tuple[str, str], ...], HeaderCredentials | None]:
    """Headers are stored in the open; what proves an identity is a secret."""
    kept = tuple(one for one in headers if one[0].lower() != "authorization")
    secret = [value for name, value in headers if name.lower() == "authorization"]
    if len(secret) > 1:
        raise Invalid("The Authorization header is given twice.", "headers")
    return kept, HeaderCredentials(secret[0]) if secret else None


def _proxy(text: str | None) -> str | None:
    typed = (text or "").strip()
    if not typed:
        return None
    try:
        return proxy_origin(typed if "://" in typed else f"http://{typed}").text
    except BadUrl as error:
        raise Invalid(f"The proxy cannot be used: {error}.", "proxy") from error


def _method(text: str) -> str:
    method = text.strip().upper()
    if method not in METHODS:
        raise Invalid(f"{text[:50]!r} is no method: one of {', '.join(METHODS)}.", "method")
    return method


def _body(settings: HttpSettings) -> str | None:
    body = settings.body or None
    if body is None:
        return None
    if len(body.encode()) > LONGEST_BODY:
        raise Invalid(f"The request body is longer than {LONGEST_BODY} bytes.", "body")
    if "\x00" in body:
        raise Invalid("The request body holds a NUL character.", "body")
    return body


def _checked_credentials(credentials: Credentials) -> Credentials:
    match credentials:
        case BasicCredentials(username, password) | DigestCredentials(username, password):
            if ":" in username:
                raise Invalid("The user name holds a colon.", "credentials")
            texts = [username, password]
        case OAuthCredentials():
            return _checked_oauth(credentials)
        case BearerCredentials(token):
            texts = [token]
        case HeaderCredentials(value):
            texts = [value]
    _refuse_unfit(texts)
    return credentials


def _checked_oauth(given: OAuthCredentials) -> OAuthCredentials:
    try:
        token_url, in_url = checked_url(given.token_url)
    except Invalid as error:
        raise Invalid(f"The token endpoint: {error.message}", "token_url") from None
    if in_url is not None:
        raise Invalid("The address of the token endpoint holds a user: leave it out.", "token_url")
    if not given.client_secret:
        raise Invalid("The secret of the client is empty.", "credentials")
    _refuse_unfit([given.client_id, given.client_secret, given.scope])
    scope = " ".join(given.scope.split())
    return OAuthCredentials(token_url, given.client_id, given.client_secret, scope)


def _refuse_unfit(texts: list[str]) -> None:
    if not texts[0]:
        raise Invalid("The credentials are empty.", "credentials")
    if any(len(text) > LONGEST_CREDENTIAL or _CONTROL.search(text) for text in texts):
        raise Invalid(
            f"Credentials may have {LONGEST_CREDENTIAL} characters, and no line break.",
            "credentials",
        )
