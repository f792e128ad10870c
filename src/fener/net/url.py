"""Reads http and https addresses strictly, so that what is shown, resolved, guarded and dialled is
one and the same host. Forms that parsers disagree about are refused, not guessed.
"""

import re
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from msgspec import Struct

from fener.domain.credentials import BasicCredentials

DEFAULT_PORTS = {"http": 80, "https": 443}
_LONGEST_URL = 8_192
_LONGEST_NAME = 253
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?", re.ASCII)
_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.ASCII)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_AMBIGUOUS = frozenset("\u00df\u03c2\u200c\u200d")
"""Letters that IDNA 2003 and 2008 turn into different names."""
_PATH_SAFE = "/%:@!$&'()*+,;=-._~?[]|"


class BadUrl(Exception):
    """The text is no http or https address that we would dial; the message says why."""


class Origin(Struct, frozen=True):
    """Scheme, host (lower-case ASCII name or plain address without brackets) and port."""

    scheme: str
    host: str
    port: int

    @property
    def text(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        port = "" if DEFAULT_PORTS[self.scheme] == self.port else f":{self.port}"
        return f"{self.scheme}://{host}{port}"

    def may_share_secrets_with(self, other: "Origin") -> bool:
        """True for the same origin, and for the step from http to https of one host."""
        return self == other or (
            self.host == other.host
            and (self.scheme, self.port) == ("http", DEFAULT_PORTS["http"])
            and (other.scheme, other.port) == ("https", DEFAULT_PORTS["https"])
        )


class Url(Struct, frozen=True):
    """An address to dial. `text` is safe to show: user and password stand apart."""

    origin: Origin
    path: str
    """Path and query as they are sent."""
    credentials: BasicCredentials | None = None

    @property
    def text(self) -> str:
        return self.origin.text + self.path


@lru_cache(maxsize=4_096)
def parse(text: str) -> Url:
    """Read an absolute address. Raises BadUrl."""
    stripped = text.strip()
    if len(stripped) > _LONGEST_URL:
        raise BadUrl(f"the address is longer than {_LONGEST_URL} characters")
    if _CONTROL.search(stripped) or "\\" in stripped:
        raise BadUrl("the address holds a control character or a backslash")
    parts = _split(stripped)
    if parts.scheme not in DEFAULT_PORTS:
        raise BadUrl(f"{parts.scheme or 'no scheme'} where http or https was wanted")
    host = f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname
    origin = Origin(parts.scheme, host_name(host or ""), _port(parts))
    query = f"?{parts.query}" if parts.query else ""
    return Url(origin, quote((parts.path or "/") + query, safe=_PATH_SAFE), _credentials(parts))


def proxy_origin(text: str) -> Origin:
    """The proxy at an address such as `http://proxy.example:3128`. Raises BadUrl."""
    url = parse(text)
    if url.origin.scheme != "http" or url.path != "/" or url.credentials is not None:
        raise BadUrl("a proxy is written as http://host:port, without user and path")
    return url.origin


def join(base: Url, location: str) -> Url:
    """The address that a redirect from `base` leads to. Raises BadUrl."""
    try:
        target = urljoin(base.text, location.strip())
    except ValueError as error:
        raise BadUrl(str(error)) from error
    return parse(target)


def host_name(text: str) -> str:
    """A host as it is resolved and dialled: an address in its plain form, or a name in ASCII.

    Raises BadUrl for numbers that only some programs take for an address: `0x7f.1`, `127.1`, `017`.
    """
    host = text.removeprefix("[").removesuffix("]")
    if is_address(host):
        return ip_address(host).compressed
    if host != text:
        raise BadUrl(f"{text} is no IPv6 address")
    labels = _ascii(host).removesuffix(".").split(".")
    if _NUMBER.fullmatch(labels[-1]):
        raise BadUrl(f"{host} is neither a name nor an address in its plain form")
    if len(".".join(labels)) > _LONGEST_NAME or not all(map(_LABEL.fullmatch, labels)):
        raise BadUrl(f"{host!r} is no host name")
    return ".".join(labels)


def is_address(host: str) -> bool:
    """Whether it is an IP address, rather than a name. One with a zone is neither."""
    if ":" not in host and not host[-1:].isdigit():
        return False  # at a glance: most are names
    return _reads_as_address(host)


@lru_cache(maxsize=4_096)
def _reads_as_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return "%" not in host


def is_ipv6(address: str) -> bool:
    """Of two kinds of addresses, which."""
    return ":" in address


def _ascii(host: str) -> str:
    if host.isascii():
        return host.lower()
    if _AMBIGUOUS & set(host):
        raise BadUrl(f"{host} can be read in two ways: write it in its xn-- form")
    try:
        return host.encode("idna").decode("ascii").lower()
    except UnicodeError as error:
        raise BadUrl(f"{host!r} is no host name") from error


def _split(text: str) -> SplitResult:
    try:
        return urlsplit(text)
    except ValueError as error:
        raise BadUrl(f"the address cannot be read: {error}") from error


def _port(parts: SplitResult) -> int:
    try:
        port = parts.port
    except ValueError as error:
        raise BadUrl("the port is no number from 1 to 65535") from error
    if port == 0:
        raise BadUrl("the port is no number from 1 to 65535")
    return port or DEFAULT_PORTS[parts.scheme]


def _credentials(parts: SplitResult) -> BasicCredentials | None:
    if parts.username is None and parts.password is None:
        return None
    return BasicCredentials(unquote(parts.username or ""), unquote(parts.password or ""))
