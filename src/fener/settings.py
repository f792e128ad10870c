"""Every setting of the environment, each declared once: name, type, default and help.

This table drives parsing, `fener serve --help` and `docs/settings.md`. Only `bootstrap` and `cli`
read settings; everything else is handed what it needs.
"""

from collections.abc import Callable, Mapping
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from msgspec import Struct


class SettingError(Exception):
    """A setting could not be read: says which, what stood there and what would be right."""


class Setting(Struct, frozen=True):
    """One environment variable. `field` is its name in `Settings`."""

    name: str
    field: str
    default: str
    help: str

    @property
    def wants(self) -> str:
        return _WANTED.get(self.field, "a text")


ENTRIES = (
    Setting("FENER_HOST", "host", "127.0.0.1", "Address to listen on."),
    Setting("FENER_PORT", "port", "8000", "Port to listen on; 0 takes a free one."),
    Setting("FENER_DATA", "data", "./data", "Folder of the embedded database and the key file."),
    Setting("FENER_PUBLIC_URL", "public_url", "", "Address under which people reach Fener."),
    Setting("FENER_SECRET_KEY", "secret_key", "", "Key for stored secrets, instead of a key file."),
    Setting("FENER_SMTP_URL", "smtp_url", "", "smtp:// or smtps:// server for e-mail."),
    Setting("FENER_MAIL_FROM", "mail_from", "", "Sender address of e-mail."),
    Setting(
        "FENER_TRUSTED_PROXIES",
        "trusted_proxies",
        "",
        "Comma-separated addresses or networks whose X-Forwarded headers are believed.",
    ),
    Setting("FENER_SETUP_EMAIL", "setup_email", "", "E-mail of the first owner, made at start."),
    Setting("FENER_SETUP_PASSWORD", "setup_password", "", "Password of the first owner."),
    Setting(
        "FENER_REFERENCE_TARGETS",
        "reference_targets",
        "",
        "Comma-separated address:port pairs that tell whether it is Fener that is cut off.",
    ),
    Setting(
        "FENER_PROBERS",
        "probers",
        "0",
        "Prober processes; 0: as many as the monitors ask for at start, and cores allow.",
    ),
    Setting("FENER_RATE_LIMIT", "rate_limit", "100", "API requests a minute per caller; 0: none."),
    Setting(
        "FENER_KEEP_RESULTS_DAYS",
        "keep_results_days",
        "30",
        "Days for which each check result and ping is kept.",
    ),
    Setting(
        "FENER_KEEP_HOURS_DAYS",
        "keep_hours_days",
        "365",
        "Days for which hourly response times are kept; no fewer than results.",
    ),
)


class Settings(Struct, frozen=True, kw_only=True):
    """The settings of one process, parsed."""

    host: str = "127.0.0.1"
    port: int = 8000
    data: Path = Path("data")
    public_url: str = ""
    secret_key: str = ""
    smtp_url: str = ""
    mail_from: str = ""
    trusted_proxies: tuple[str, ...] = ()
    setup_email: str = ""
    setup_password: str = ""
    probers: int = 0
    rate_limit: int = 100
    reference_targets: tuple[str, ...] = ()
    keep_results_days: int = 30
    keep_hours_days: int = 365


def site_at(host: str, port: int) -> str:
    """The address of who listens there; of who listens everywhere, that on the same machine."""
    reached = _ANYWHERE.get(host, host)
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"


_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with


def read(environment: Mapping[str, str]) -> Settings:
    """Parse the environment. Raises SettingError naming the first bad variable.

    A variable that begins with `FENER_` and is not in the table is refused too: it is a typing
    error that would otherwise be obeyed by nobody.
    """
    _refuse_unknown(environment)
    values: dict[str, Any] = {entry.field: _parsed(entry, environment) for entry in ENTRIES}
    if bool(values["setup_email"]) != bool(values["setup_password"]):
        raise SettingError("FENER_SETUP_EMAIL and FENER_SETUP_PASSWORD are wanted together")
    settings = Settings(**values)
    _require_longer_hours(settings)
    return settings


def _require_longer_hours(settings: Settings) -> None:
    """Long charts are drawn from hours: ended sooner, they would show less than is kept."""
    results, hours = settings.keep_results_days, settings.keep_hours_days
    if hours < results:
        raise SettingError(
            f"FENER_KEEP_HOURS_DAYS is {hours}, wanted no fewer than the {results} of"
            " FENER_KEEP_RESULTS_DAYS"
        )


def _parsed(entry: Setting, environment: Mapping[str, str]) -> object:
    given = environment.get(entry.name, "").strip() or entry.default
    try:
        return _PARSERS.get(entry.field, str)(given)
    except ValueError as error:
        stood = "not usable" if entry.field in _SECRET else repr(given)
        raise SettingError(f"{entry.name} is {stood}, wanted {entry.wants}") from error


def _refuse_unknown(environment: Mapping[str, str]) -> None:
    known = {entry.name for entry in ENTRIES} | CLIENT_NAMES
    for name in environment:
        if name.startswith("FENER_") and not name.startswith("FENER_TEST_") and name not in known:
            raise SettingError(f"{name} is no setting of Fener, see fener serve --help")


def _whole(least: int, most: int | None = None) -> Callable[[str], int]:
    """Reads a whole number within bounds."""

    def read_number(text: str) -> int:
        number = int(text)
        if number < least or (most is not None and number > most):
            raise ValueError(text)
        return number

    return read_number


_HIGHEST_PORT = 65_535
_MOST_PROBERS = 64
_MOST_DAYS = 3_650
_port = _whole(0, _HIGHEST_PORT)
_BRACKETED = 6
"""The version of addresses that stand in brackets before a port."""


def _networks(text: str) -> tuple[str, ...]:
    networks = tuple(part.strip() for part in text.split(",") if part.strip())
    for network in networks:
        ip_network(network)
    return networks


def _doors(text: str) -> tuple[str, ...]:
    doors = tuple(part.strip() for part in text.split(",") if part.strip())
    for door in doors:
        host, _, port = door.rpartition(":")
        address = ip_address(host.removeprefix("[").removesuffix("]"))
        if (address.version == _BRACKETED) is not host.startswith("[") or _port(port) == 0:
            raise ValueError(door)
    return doors


def _url(text: str) -> str:
    parts = urlsplit(text)
    if text and (parts.scheme not in {"http", "https"} or not parts.hostname):
        raise ValueError(text)
    if parts.query or parts.fragment:
        raise ValueError(text)
    return text.rstrip("/")


_LEAST_KEY = 16


def _key(text: str) -> str:
    if text and len(text.encode()) < _LEAST_KEY:
        raise ValueError(text)
    return text


CLIENT_NAMES = frozenset({"FENER_URL", "FENER_TOKEN"})
"""Read by the command line where it speaks to a server through its API."""
_PARSERS: dict[str, Callable[[str], object]] = {
    "port": _port,
    "data": Path,
    "probers": _whole(0, _MOST_PROBERS),
    "rate_limit": _whole(0),
    "keep_results_days": _whole(1, _MOST_DAYS),
    "keep_hours_days": _whole(1, _MOST_DAYS),
    "trusted_proxies": _networks,
    "reference_targets": _doors,
    "public_url": _url,
    "secret_key": _key,
}
_WANTED = {
    "port": "a port from 0 to 65535",
    "probers": f"a whole number from 0 to {_MOST_PROBERS}",
    "rate_limit": "a whole number from 0",
    "keep_results_days": f"a whole number of days from 1 to {_MOST_DAYS}",
    "keep_hours_days": f"a whole number of days from 1 to {_MOST_DAYS}",
    "public_url": "an address that begins with http:// or https://",
    "trusted_proxies": "addresses or networks such as 10.0.0.0/8, with commas between them",
    "reference_targets": "pairs such as 192.0.2.1:53, [2001:db8::1]:53, with commas between them",
    "secret_key": f"{_LEAST_KEY} characters or more",
}
_SECRET = frozenset({"secret_key"})
