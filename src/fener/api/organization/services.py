"""The kinds of service monitors in the organization API: one design for all, and what is a kind's
own.

A form becomes that of a website, so that both mean the same.
"""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import UNSET, Struct, UnsetType

from fener.actions.checks import Line
from fener.api.described import Parameter
from fener.api.organization.detail_shapes import DnsDetails, IcmpDetails, ServiceDetails
from fener.api.organization.history_shapes import Check
from fener.api.organization.kind_shapes import dns_config_of
from fener.api.organization.resources import Resource
from fener.api.organization.service_shapes import (
    DnsForm,
    DnsMonitor,
    IcmpForm,
    IcmpMonitor,
    ServiceForm,
    ServiceMonitor,
    common,
)
from fener.api.organization.website_forms import WebsiteForm
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.monitor import Monitor

HOST_WANTED = "hostname must be a valid hostname (no protocol, no path)"
_STATUSES = {
    "active": "active",
    "disabled": "inactive",
    "paused": "inactive",
    "inactive": "inactive",
    "maintenance": "maintenance",
}


class Service(Struct, frozen=True, kw_only=True):
    """One kind of service monitor. `word` is how sentences call it, `slug` how addresses do."""

    kind: Kind
    word: str
    slug: str
    monitoring_type: str
    form: type[ServiceForm]
    record: type[ServiceMonitor]
    details: type[ServiceDetails]
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
    def resource(self) -> Resource:
        article = "an" if self.word[0] in "AEIO" else "a"
        id_name = f"{self.slug}_monitor_public_id"
        return Resource(
            path=f"/api/{self.slug}-monitors",
            tag=f"{self.word} monitors",
            called=f"{article} {self.word} monitor",
            id=Parameter(name=id_name, type="string", description="UUID of the monitor."),
            id_wanted=f"{self.word} monitor ID is required",
            not_found=f"{self.word} monitor not found",
            kind=self.kind,
        )

    @property
    def number_name(self) -> str:
        """What its number is called beside a check that was triggered."""
        return f"{self.slug}MonitorId"

    def shown(self, line: Line, monitor: Monitor) -> ServiceMonitor:
        config = self.show(monitor.settings)
        own: dict[str, Any] = {self.config_name: config}
        return self.record(**common(line, monitor, config), **own)

    def triggered(self, number: int, codes: list[str]) -> dict[str, Any]:
        """The answer to a check that was ordered; it is made here, in no queue."""
        return {
            "success": True,
            "message": "Checks triggered successfully",
            self.number_name: number,
            "locationCodes": codes,
            "queueNames": [],
        }

    def timed(self, check: Check) -> dict[str, Any]:
        """A check of the history, with its time once more under the name of the kind."""
        return {**msgspec.to_builtins(check), self.timing: check.timing_total}


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
    details=IcmpDetails,
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
    details=DnsDetails,
    config_name="dns_config",
    show=dns_config_of,
    read=_dns_read,
    timing="timingDns",
    wants_config=True,
)
SERVICES = (ICMP, DNS)
