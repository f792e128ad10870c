"""Service monitors in the organization API: one design for all their kinds.

A form becomes that of a website, so that both mean the same; a kind's own fields stand in
`<kind>Config`, and in `config` again. What Fener has beyond the contract stands in `settings`.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from fener.actions.checks import Line
from fener.api.organization.kind_shapes import dns_config_of, settings_of
from fener.api.organization.times import time_or_none
from fener.api.organization.website_forms import WebsiteForm
from fener.api.organization.website_shapes import COUNTRIES
from fener.api.spans import minutes_up, seconds
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.monitor import Monitor
from fener.domain.shown import Shown
from fener.domain.time import iso_text

HOST_WANTED = "hostname must be a valid hostname (no protocol, no path)"
_STATUSES = {
    "active": "active",
    "disabled": "inactive",
    "paused": "inactive",
    "inactive": "inactive",
    "maintenance": "maintenance",
}


class ServiceMonitor(Struct, rename="camel", kw_only=True):
    """What monitors of every kind show. `state` says how it is, `status` whether it is watched;
    `config` stands there once more under the name of its kind.
    """

    id: int
    public_id: str
    organization_id: int
    customer_id: int
    customer_public_id: str
    customer_name: str
    name: str
    hostname: str
    port: int | None
    status: str
    state: Shown
    check_interval: int
    check_interval_seconds: int | float
    timeout_seconds: int | float
    allowed_check_country_codes: list[str] | None
    notification_phone_number: None = None
    notification_email: None = None
    location_ids: tuple[int, ...]
    notification_channel_ids: tuple[int, ...] | None
    last_checked_at: str | None
    created_at: str
    updated_at: str
    config: dict[str, Any]
    settings: dict[str, Any] | None


class IcmpMonitor(ServiceMonitor, rename="camel", kw_only=True):
    icmp_config: dict[str, Any]


class DnsMonitor(ServiceMonitor, rename="camel", kw_only=True):
    dns_config: dict[str, Any]


class ServiceForm(Struct, rename="camel", kw_only=True):
    """Creating needs `customerId`, `name` and `hostname`. What an update leaves out stays as it
    was. `config` is another name for the config of the kind.
    """

    customer_id: int | str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    hostname: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    check_interval: int | UnsetType = UNSET
    check_interval_seconds: float | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    allowed_check_country_codes: list[str] | UnsetType | None = UNSET
    location_ids: list[int] | UnsetType | None = UNSET
    notification_channel_ids: list[int] | UnsetType | None = UNSET
    settings: dict[str, Any] | UnsetType | None = UNSET
    config: dict[str, Any] | UnsetType | None = UNSET


class IcmpForm(ServiceForm, rename="camel", kw_only=True):
    icmp_config: dict[str, Any] | UnsetType | None = UNSET


class DnsForm(ServiceForm, rename="camel", kw_only=True):
    dns_config: dict[str, Any] | UnsetType | None = UNSET


class Service(Struct, frozen=True, kw_only=True):
    """One kind of service monitor. `word` is how sentences call it, `slug` how addresses do."""

    kind: Kind
    word: str
    slug: str
    monitoring_type: str
    form: type[ServiceForm]
    record: type[ServiceMonitor]
    config_name: str
    """The attribute of form and record that holds the config."""
    show: Callable[[Any], dict[str, Any]]
    """The config of settings."""
    read: Callable[[dict[str, Any]], dict[str, Any]]
    """What a website's form says with a config."""
    timing: str
    """The name of its time in the check history."""
    wants_config: bool = False
    """Whether a new one cannot do without."""

    @property
    def path(self) -> str:
        return f"/api/{self.slug}-monitors"

    @property
    def id_name(self) -> str:
        return f"{self.slug}_monitor_public_id"

    @property
    def id_wanted(self) -> str:
        return f"{self.word} monitor ID is required"

    @property
    def not_found(self) -> str:
        return f"{self.word} monitor not found"

    @property
    def number_name(self) -> str:
        """What its number is called beside a check that was triggered."""
        return f"{self.slug}MonitorId"


def website_form(service: Service, form: ServiceForm, *, is_new: bool) -> WebsiteForm:
    """What the same wishes are of a website. Raises Invalid."""
    return WebsiteForm(
        name=form.name,
        url=_url(form, is_new=is_new),
        monitoring_type=service.monitoring_type,
        status=_status(form.status),
        check_interval=form.check_interval,
        check_interval_seconds=form.check_interval_seconds,
        timeout_seconds=form.timeout_seconds,
        allowed_check_country_codes=form.allowed_check_country_codes,
        location_ids=form.location_ids,
        notification_channel_ids=form.notification_channel_ids,
        **_told(service, form, is_new=is_new),
    )


def _url(form: ServiceForm, *, is_new: bool) -> str | UnsetType:
    if form.hostname is UNSET and not is_new:
        return UNSET
    if not form.hostname or any(one in form.hostname for one in "/?#@[]"):
        raise Invalid(HOST_WANTED, "hostname")
    return f"[{form.hostname}]" if ":" in form.hostname else form.hostname


def _status(given: str | UnsetType) -> str | UnsetType:
    if given is UNSET:
        return UNSET
    if given not in _STATUSES:
        raise Invalid("Invalid status", "status")
    return _STATUSES[given]


def _told(service: Service, form: ServiceForm, *, is_new: bool) -> dict[str, Any]:
    named = getattr(form, service.config_name)
    config = form.config if named is UNSET else named
    settings = dict(form.settings or {}) if form.settings is not UNSET else {}
    if {"host", "port"} & settings.keys():
        raise Invalid("settings has no host: hostname names it", "settings")
    if config is UNSET or config is None:
        if is_new and service.wants_config:
            raise Invalid(f"{service.slug}Config is required", f"{service.slug}Config")
        return {"settings": settings}
    read = service.read(config)
    return read | {"settings": settings | read.get("settings", {})}


def shown(service: Service, line: Line, monitor: Monitor) -> ServiceMonitor:
    asked: Any = monitor.settings
    config = service.show(asked)
    countries = asked.extra.get(COUNTRIES)
    settings = settings_of(asked) or {}
    own: dict[str, Any] = {service.config_name: config}
    return service.record(
        id=line.id,
        public_id=str(line.public_id),
        organization_id=line.organization_id,
        customer_id=line.customer_id,
        customer_public_id=line.customer_public_id,
        customer_name=line.customer_name,
        name=line.name,
        hostname=asked.host,
        port=None,
        status="active" if line.paused_at is None else "disabled",
        state=line.shown,
        check_interval=minutes_up(line.interval),
        check_interval_seconds=seconds(line.interval),
        timeout_seconds=seconds(monitor.timeout),
        allowed_check_country_codes=countries if isinstance(countries, list) else None,
        location_ids=monitor.location_ids,
        notification_channel_ids=monitor.channel_ids,
        last_checked_at=time_or_none(line.last_checked_at),
        created_at=iso_text(line.created_at),
        updated_at=iso_text(line.updated_at),
        config=config,
        settings={name: value for name, value in settings.items() if name != "host"},
        **own,
    )


def triggered(service: Service, number: int, codes: list[str]) -> dict[str, Any]:
    """The answer to a check that was ordered; it is made here, in no queue."""
    return {
        "success": True,
        "message": "Checks triggered successfully",
        service.number_name: number,
        "locationCodes": codes,
        "queueNames": [],
    }


def timed(service: Service, check: Any) -> dict[str, Any]:
    """A check of the history, with its time once more under the name of the kind."""
    told: dict[str, Any] = msgspec.to_builtins(check)
    return {**told, service.timing: told["timingTotal"]}


_ICMP_KEYS = {"packetSize": "size", "count": "count"}


def _icmp_config(settings: IcmpSettings) -> dict[str, Any]:
    return {shown: getattr(settings, name) for shown, name in _ICMP_KEYS.items()}


def _icmp_read(config: dict[str, Any]) -> dict[str, Any]:
    unknown = sorted(config.keys() - _ICMP_KEYS.keys())
    if unknown:
        there = ", ".join(_ICMP_KEYS)
        raise Invalid(f"icmpConfig has no {unknown[0]}: there are {there}", "icmpConfig")
    return {"settings": {_ICMP_KEYS[name]: value for name, value in config.items()}}


def _dns_read(config: dict[str, Any]) -> dict[str, Any]:
    return {"dns_config": config}


ICMP = Service(
    kind=Kind.ICMP,
    word="ICMP",
    slug="icmp",
    monitoring_type="icmp",
    form=IcmpForm,
    record=IcmpMonitor,
    config_name="icmp_config",
    show=_icmp_config,
    read=_icmp_read,
    timing="timingIcmp",
)
DNS = Service(
    kind=Kind.DNS,
    word="DNS",
    slug="dns",
    monitoring_type="dns",
    form=DnsForm,
    record=DnsMonitor,
    config_name="dns_config",
    show=dns_config_of,
    read=_dns_read,
    timing="timingDns",
    wants_config=True,
)
SERVICES = (ICMP, DNS)
