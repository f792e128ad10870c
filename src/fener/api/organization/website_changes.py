"""What a form for a website means: a new monitor, or a change of one."""

from typing import Any

from msgspec import UNSET

from fener.actions.monitors import Change, Location, New
from fener.api.organization.website_credentials import client_certificate, credentials
from fener.api.organization.website_forms import (
    HEARTBEAT,
    KINDS,
    WebsiteForm,
    chosen_channels,
    monitoring_type,
    paused,
)
from fener.api.organization.website_kinds import kind_of_new, probed_settings
from fener.api.organization.website_settings import (
    chosen_places,
    heartbeat_settings,
    http_settings,
    interval_of,
)
from fener.api.spans import span_of
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind, ProbeSettings
from fener.domain.kinds.heartbeat import EveryInterval, HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor
from fener.domain.time import SECOND, Span

DEFAULT_TIMEOUT: Span = 30 * SECOND
DEFAULT_STATUS = "200,301,302"


def of_new(form: WebsiteForm, customer_id: int, locations: list[Location]) -> New:
    """Raises Invalid."""
    kind = monitoring_type(form)
    if not form.name:
        raise Invalid("name is required", "name")
    interval = interval_of(form, None)
    shared: dict[str, Any] = {
        "name": form.name,
        "customer_id": customer_id,
        "interval": interval,
        "location_ids": chosen_places(form, locations, {}),
        "channel_ids": chosen_channels(form),
        "policy_id": None if form.package_id is UNSET else form.package_id,
        "paused": paused(form) is True,
    }
    if kind == HEARTBEAT:
        blank = HeartbeatSettings(EveryInterval(interval))
        return New(settings=heartbeat_settings(form, blank, interval), **shared)
    timeout = min(DEFAULT_TIMEOUT, interval)
    if form.timeout_seconds is not UNSET:
        timeout = span_of(form.timeout_seconds, "timeoutSeconds")
    return New(
        settings=_probed(form, kind_of_new(form, KINDS[kind])),
        timeout=timeout,
        credentials=credentials(form, None),
        client_certificate=client_certificate(form, None),
        **shared,
    )


def _probed(form: WebsiteForm, kind: Kind) -> ProbeSettings:
    if kind is not Kind.HTTP:
        return probed_settings(form, kind, None)
    if not form.url:
        raise Invalid("url is required", "url")
    return http_settings(form, HttpSettings(url=form.url, expected_status=DEFAULT_STATUS))


def of_update(form: WebsiteForm, before: Monitor, locations: list[Location]) -> Change:
    """Raises Invalid."""
    kind = monitoring_type(form)
    if form.monitoring_type is not UNSET and KINDS[kind] is not before.kind:
        raise Invalid(f"A website cannot become {kind}: create another one", "monitoringType")
    interval = interval_of(form, before.interval)
    told: dict[str, Any] = {"interval": interval}
    if isinstance(before.settings, HeartbeatSettings):
        told["settings"] = heartbeat_settings(form, before.settings, interval)
    else:
        told["settings"] = _changed(form, before.kind, before.settings)
        told["credentials"] = credentials(form, before.credentials)
        told["client_certificate"] = client_certificate(form, before.client_certificate)
        if form.timeout_seconds is not UNSET:
            told["timeout"] = span_of(form.timeout_seconds, "timeoutSeconds")
    if form.name is not UNSET:
        told["name"] = form.name
    told["policy_id"] = form.package_id
    if form.notification_channel_ids is not UNSET:
        told["channel_ids"] = chosen_channels(form)
    places = chosen_places(form, locations, before.settings.extra)
    if places is not None:
        told["location_ids"] = places
    return Change(paused=paused(form), **told)


def _changed(form: WebsiteForm, kind: Kind, before: ProbeSettings) -> ProbeSettings:
    if isinstance(before, HttpSettings):
        return http_settings(form, before)
    return probed_settings(form, kind, before)
