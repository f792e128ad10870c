"""Makes the requests of a probe: the first one from the order, each next one from a redirect.

What is secret goes only to the origin it was meant for.
"""

import re
from base64 import b64encode

import msgspec
from msgspec import Struct

from fener import __version__
from fener.domain.check import CheckOrder
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    Credentials,
    DigestCredentials,
    HeaderCredentials,
    OAuthCredentials,
)
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import Instant
from fener.net.url import Url, join, parse, proxy_origin
from fener.net.wire import Request

USER_AGENT = f"Fener/{__version__}"
_USUAL_HEADERS = (f"User-Agent: {USER_AGENT}",)
_HARMLESS = frozenset(
    {"accept", "accept-language", "accept-encoding", "cache-control", "expect", "user-agent"}
)
"""The headers that may follow a redirect to another origin: none of them can be a secret."""
_OF_THE_BODY = frozenset({"content-type", "content-length", "content-encoding"})
_SENSITIVE = ("auth", "cookie", "token", "secret", "key", "password", "session", "signature")
_SEE_OTHER = 303
_MOVED = frozenset({301, 302})
_WORTH_HIDING = 4
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)


class Plan(Struct, frozen=True):
    """The first request, and the texts that must never be shown."""

    request: Request
    secrets: tuple[str, ...]


def plan(order: CheckOrder, settings: HttpSettings) -> Plan:
    """What an order asks for. Raises ValueError or fener.net.url.BadUrl for a bad setting."""
    url = parse(settings.url)
    credentials = order.credentials or url.credentials
    proof = authorization(credentials)
    headers = _headers(settings, proof)
    if not _TOKEN.fullmatch(settings.method):
        raise ValueError(f"{settings.method!r} is no method")
    request = Request(
        method=settings.method.upper(),
        url=_unseen(url, order.at) if settings.cache_buster else url,
        headers=headers,
        body=None if settings.body is None else settings.body.encode(),
        verify_tls=settings.verify_tls,
        decode=reads_text(settings),
        http_version=settings.http_version,
        client_certificate=order.client_certificate,
        proxy=None if settings.proxy is None else proxy_origin(settings.proxy),
        digest=credentials if isinstance(credentials, DigestCredentials) else None,
        cookies=() if settings.keep_cookies else None,
    )
    return Plan(request, _secrets(settings, credentials, proof))


def reads_text(settings: HttpSettings) -> bool:
    """Whether the body is looked into, and must come unpacked."""
    texts = (settings.keyword, settings.keyword_absent, settings.pattern)
    return texts != (None, None, None) or settings.json != ()


def redirected(request: Request, status: int, location: str) -> Request:
    """The request that a redirect asks for. Raises fener.net.url.BadUrl."""
    url = join(request.url, location)
    method, body, headers = request.method, request.body, request.headers
    becomes_get = status == _SEE_OTHER or (status in _MOVED and method == "POST")
    if becomes_get and method != "HEAD":
        method, body = "GET", None
        headers = _without(headers, _OF_THE_BODY)
    hop = msgspec.structs.replace(request, method=method, url=url, headers=headers, body=body)
    return hop if request.url.origin.may_share_secrets_with(url.origin) else _without_secrets(hop)


def _without_secrets(request: Request) -> Request:
    harmless = _HARMLESS | _OF_THE_BODY
    headers = tuple(line for line in request.headers if _name(line) in harmless)
    return msgspec.structs.replace(request, headers=headers, digest=None, client_certificate=None)


def authorization(credentials: Credentials | None) -> str | None:
    """The value of the `Authorization` header, where it is known before anything is asked."""
    match credentials:
        case BasicCredentials(username, password):
            return "Basic " + b64encode(f"{username}:{password}".encode()).decode()
        case BearerCredentials(token):
            return f"Bearer {token}"
        case HeaderCredentials(value):
            return value
        case DigestCredentials() | OAuthCredentials() | None:
            return None


def _unseen(url: Url, at: Instant) -> Url:
    """The address with a parameter that changes with every check."""
    return msgspec.structs.replace(
        url, path=f"{url.path}{'&' if '?' in url.path else '?'}fener={at}"
    )


def is_sensitive(header: str) -> bool:
    """Whether a header of this name may carry a secret."""
    name = header.lower()
    return any(word in name for word in _SENSITIVE)


def _headers(settings: HttpSettings, proof: str | None) -> tuple[str, ...]:
    if not settings.headers and settings.body is None and proof is None:
        return _USUAL_HEADERS
    given = {name.lower() for name, _ in settings.headers}
    lines = [_line(name, value) for name, value in settings.headers]
    if proof is not None and "authorization" not in given:
        lines.append(_line("Authorization", proof))
    if "user-agent" not in given:
        lines += _USUAL_HEADERS
    if settings.body is not None:
        # libcurl would wait a second for "100 Continue", and call every body a form.
        lines += [f"{name}:" for name in ("Expect", "Content-Type") if name.lower() not in given]
    return tuple(lines)


def _line(name: str, value: str) -> str:
    """A header line; libcurl sends an empty value only where a semicolon stands for the colon."""
    if not _TOKEN.fullmatch(name):
        raise ValueError(f"{name!r} is no name of a header")
    clean = value.replace("\r", " ").replace("\n", " ").replace("\0", "").strip()
    return f"{name}: {clean}" if clean else f"{name};"


def _without(headers: tuple[str, ...], names: frozenset[str]) -> tuple[str, ...]:
    return tuple(line for line in headers if _name(line) not in names)


def _name(line: str) -> str:
    return line.partition(":")[0].rstrip(";").strip().lower()


def _secrets(
    settings: HttpSettings, credentials: Credentials | None, proof: str | None
) -> tuple[str, ...]:
    if not settings.headers and credentials is None:
        return ()
    parts = [value for name, value in settings.headers if is_sensitive(name)]
    if isinstance(credentials, BasicCredentials | DigestCredentials):
        parts.append(credentials.password)
    if proof is not None:
        parts += [proof, proof.partition(" ")[2]]
    longest_first = sorted(set(parts), key=len, reverse=True)
    return tuple(part for part in longest_first if len(part) >= _WORTH_HIDING)
