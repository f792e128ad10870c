"""Targets as addresses that a person types: `tcp://host:port`, `tls://host`, `icmp://host`,
`dns://name?type=A,MX`, and http or https ones. Each kind's settings write themselves back as such.
"""

from collections.abc import Callable
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.dns import DnsSettings, RecordType
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import PORTS, StartTls, TlsSettings
from fener.net.url import BadUrl, host_name

_WEB = frozenset({"http", "https", ""})


def read_target(text: str) -> ProbeSettings:
    """The settings that an address asks for; what has no scheme is a website. Raises BadUrl."""
    typed = text.strip()
    scheme = typed.partition("://")[0].lower() if "://" in typed else ""
    if scheme in _WEB:
        return HttpSettings(url=typed)
    read = _READERS.get(scheme)
    if read is None:
        known = ", ".join(sorted({*_READERS, "http", "https"}))
        raise BadUrl(f"{scheme[:50]}:// is nothing that can be watched; there are {known}")
    return read(_split(typed))


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError as error:
        raise BadUrl(f"the address cannot be read: {error}") from error
    if not host:
        raise BadUrl("the address has no host")
    if "@" in parts.netloc or parts.fragment:
        raise BadUrl("the address holds a user or a fragment")
    return parts


def _host(parts: SplitResult) -> str:
    return host_name(f"[{parts.hostname}]" if "[" in parts.netloc else parts.hostname or "")


def _tcp(parts: SplitResult) -> TcpSettings:
    _refuse_more(parts, parts.path, parts.query)
    if not parts.port:
        raise BadUrl("a port is needed, such as tcp://db.example.com:5432")
    return TcpSettings(_host(parts), parts.port)


def _tls(parts: SplitResult) -> TlsSettings:
    _refuse_more(parts, parts.path, parts.query)
    before = parts.scheme.rpartition("+")[0]
    starttls = StartTls(before) if before else StartTls.NONE
    return TlsSettings(_host(parts), parts.port or PORTS[starttls], starttls)


def _icmp(parts: SplitResult) -> IcmpSettings:
    _refuse_more(parts, parts.path, parts.query, parts.port)
    return IcmpSettings(_host(parts))


def _dns(parts: SplitResult) -> DnsSettings:
    _refuse_more(parts, parts.path, parts.port)
    given = dict(parse_qsl(parts.query, keep_blank_values=True))
    types = given.pop("type", "A").upper().split(",")
    resolver = given.pop("resolver", None)
    if given:
        raise BadUrl(f"{next(iter(given))!r} is neither type nor resolver")
    unknown = [one for one in types if one not in set(RecordType)]
    if unknown:
        raise BadUrl(f"{unknown[0]!r} is no record type: one of {', '.join(RecordType)}")
    return DnsSettings(_host(parts), tuple(map(RecordType, types)), resolver)


def _redirect(parts: SplitResult) -> HttpsRedirectSettings:
    _refuse_more(parts, parts.query)
    return HttpsRedirectSettings(_host(parts), parts.port or 80, unquote(parts.path) or "/")


def _refuse_more(parts: SplitResult, *more: str | int | None) -> None:
    for one in more:
        if one and one != "/":
            raise BadUrl(f"{one} has no place in the address of a {parts.scheme} target")


_READERS: dict[str, Callable[[SplitResult], ProbeSettings]] = {
    "tcp": _tcp,
    "tls": _tls,
    **{f"{one}+tls": _tls for one in StartTls if one is not StartTls.NONE},
    "icmp": _icmp,
    "ping": _icmp,
    "dns": _dns,
    "redirect": _redirect,
}
