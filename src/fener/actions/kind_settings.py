"""What a person may ask of a probed monitor, by kind: checked here, and made uniform.

Bounds are those that the kinds' fields name themselves; here stands what bounds cannot say.
Refusals are `fener.domain.errors.Invalid` with a sentence that says what would be right.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import msgspec
from msgspec.structs import replace

from fener.actions import http_settings
from fener.domain.credentials import Credentials
from fener.domain.errors import Invalid
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.dns import PORT, DnsSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.names import hosted
from fener.domain.kinds.tcp import TcpSettings, unescaped
from fener.domain.kinds.tls import TlsSettings
from fener.domain.time import MINUTE
from fener.net.url import BadUrl, host_name, is_address

LONGEST_RECORD = 4_096
MOST_RECORDS = 50
_AT = re.compile(r" - at `\$\.?(\w*)[^`]*`")
_PATH = re.compile(r"/[!-~]*")


class Request(NamedTuple):
    """Settings with the secrets apart, which are stored sealed."""

    settings: ProbeSettings
    credentials: Credentials | None


def checked(settings: ProbeSettings, credentials: Credentials | None) -> Request:
    """The same, uniform; user and password of a web address apart. Raises Invalid."""
    _within_bounds(settings)
    _check_slow_after(settings)
    if isinstance(settings, HttpSettings):
        return Request(*http_settings.checked(settings, credentials))
    if credentials is not None:
        raise Invalid("Only websites and APIs take credentials.", "credentials")
    uniform = replace(settings, host=_host(settings.host, "host"))
    return Request(_CHECKS.get(type(uniform), _as_it_is)(uniform), None)


def _as_it_is(settings: Any) -> Any:
    return settings


def _within_bounds(settings: ProbeSettings) -> None:
    """Raises Invalid where a value is out of the bounds that its field names."""
    try:
        msgspec.convert(msgspec.to_builtins(settings), type(settings))
    except msgspec.ValidationError as error:
        field = _AT.search(str(error))
        raise Invalid(f"{_AT.sub('', str(error))}.", field[1] if field else None) from error


def _check_slow_after(settings: ProbeSettings) -> None:
    if settings.slow_after is not None and not 1 <= settings.slow_after <= MINUTE:
        raise Invalid("Slow is what takes longer than 1 ms up to 60 s.", "slow_after")


def _host(text: str, field: str) -> str:
    try:
        return host_name(text.strip())
    except BadUrl as error:
        raise Invalid(f"The host cannot be watched: {error}.", field) from error


def _tcp(settings: TcpSettings) -> TcpSettings:
    for field in ("send", "expect"):
        try:
            unescaped(getattr(settings, field) or "")
        except ValueError as error:
            raise Invalid(f"{error}.", field) from error
    return replace(settings, send=settings.send or None, expect=settings.expect or None)


def _tls(settings: TlsSettings) -> TlsSettings:
    name = (settings.server_name or "").strip()
    return replace(settings, server_name=_host(name, "server_name") if name else None)


def _redirect(settings: HttpsRedirectSettings) -> HttpsRedirectSettings:
    if not _PATH.fullmatch(settings.path):
        raise Invalid("A path begins with / and holds no space, such as /login.", "path")
    return settings


def _dns(settings: DnsSettings) -> DnsSettings:
    if settings.notice_changes and settings.upside_down:
        raise Invalid(
            "What is good while it fails has no records whose changes could be noticed.",
            "notice_changes",
        )
    types = tuple(dict.fromkeys(settings.record_types))
    return replace(
        settings,
        record_types=types,
        resolver=_resolver(settings.resolver),
        expected={kind: _records(values) for kind, values in settings.expected.items() if values},
    )


def _records(values: tuple[str, ...]) -> tuple[str, ...]:
    kept = tuple(dict.fromkeys(value.strip() for value in values if value.strip()))
    if len(kept) > MOST_RECORDS or any(len(value) > LONGEST_RECORD for value in kept):
        raise Invalid(f"At most {MOST_RECORDS} records of a type can be expected.", "expected")
    return kept


def _resolver(text: str | None) -> str | None:
    """An address, with its port where that is not the usual one."""
    given = (text or "").strip()
    if not given:
        return None
    address, port = _parted(given)
    if not is_address(address) or not port.isdigit() or not 0 < int(port) < 2**16:
        raise Invalid(
            "A name server is given by its address, such as 9.9.9.9 or [2620:fe::fe]:53.",
            "resolver",
        )
    return hosted(address, int(port), PORT)


def _parted(given: str) -> tuple[str, str]:
    """Address and port of `9.9.9.9`, `9.9.9.9:53`, `2620:fe::fe` or `[2620:fe::fe]:53`."""
    if given.startswith("["):
        address, _, port = given[1:].partition("]")
        return address, port.removeprefix(":") or str(PORT)
    if given.count(":") == 1:
        address, _, port = given.partition(":")
        return address, port
    return given, str(PORT)


_CHECKS = cast(
    "Mapping[type[ProbeSettings], Callable[[Any], Any]]",
    {
        TcpSettings: _tcp,
        TlsSettings: _tls,
        HttpsRedirectSettings: _redirect,
        DnsSettings: _dns,
    },
)
