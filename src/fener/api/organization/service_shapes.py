"""Service monitors in the organization API: one design for all their kinds.

A kind's own fields stand in `<kind>Config`, and in `config` again; what Fener has beyond the
contract stands in `settings`.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from fener.actions.checks import Line
from fener.api.organization.kind_shapes import settings_of
from fener.api.organization.times import time_or_none
from fener.api.organization.website_shapes import COUNTRIES
from fener.api.spans import minutes_up, seconds
from fener.domain.monitor import Monitor
from fener.domain.shown import Shown
from fener.domain.time import iso_text


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


def common(line: Line, monitor: Monitor, config: dict[str, Any]) -> dict[str, Any]:
    """What a record of any kind shows."""
    asked: Any = monitor.settings
    countries = asked.extra.get(COUNTRIES)
    settings = settings_of(asked) or {}
    return {
        "id": line.id,
        "public_id": str(line.public_id),
        "organization_id": line.organization_id,
        "customer_id": line.customer_id,
        "customer_public_id": line.customer_public_id,
        "customer_name": line.customer_name,
        "name": line.name,
        "hostname": asked.host,
        "port": None,
        "status": "active" if line.paused_at is None else "disabled",
        "state": line.shown,
        "check_interval": minutes_up(line.interval),
        "check_interval_seconds": seconds(line.interval),
        "timeout_seconds": seconds(monitor.timeout),
        "allowed_check_country_codes": countries if isinstance(countries, list) else None,
        "location_ids": monitor.location_ids,
        "notification_channel_ids": monitor.channel_ids,
        "last_checked_at": time_or_none(line.last_checked_at),
        "created_at": iso_text(line.created_at),
        "updated_at": iso_text(line.updated_at),
        "config": config,
        "settings": {name: value for name, value in settings.items() if name != "host"},
    }
