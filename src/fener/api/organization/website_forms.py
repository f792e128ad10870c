"""What can be written of a website, and what a form says on its own, without a monitor before it.

What Fener cannot do yet is refused, so that nothing is silently without effect.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from fener.api.organization.website_shapes import HeartbeatConfig, JsonValue
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.http import HttpVersion

COMBINED, HTTP_STATUS, HEARTBEAT = "combined", "http_status", "heartbeat"
KINDS = {
    COMBINED: Kind.HTTP,
    HTTP_STATUS: Kind.HTTP,
    "ssl_check": Kind.TLS,
    HEARTBEAT: Kind.HEARTBEAT,
    "dns": Kind.DNS,
    "https_redirect": Kind.HTTPS_REDIRECT,
    "tcp": Kind.TCP,
    "icmp": Kind.ICMP,
}
"""The monitoring types that Fener knows; the last three are its additions."""
SUPPORTED = tuple(KINDS)
TYPES = (*SUPPORTED, "playwright")
_PAUSED = {"active": False, "inactive": True, "paused": True}


class WebsiteForm(Struct, rename="camel", kw_only=True):
    """Creating needs `customerId`, `name` and, but for heartbeats, `url`. What an update leaves out
    stays as it was. `checkIntervalSeconds` stands beside `checkInterval`, in minutes; the one that
    differs from what is stored counts. `settings` are the fields of a kind of monitor that has no
    fields of its own here.

    An answer is asked for: `searchTerm`, `unwantedTerm`, `searchPattern` (regular expression),
    `jsonValues` (each a JSONPath to one value), `minResponseBytes`, `maxResponseBytes` and
    `expectedHeaders`; the first MiB is read. `authMode` is `none`, `authorization_header`, `basic`,
    `digest` (with the user and password of `basic`) or `oauth2` (client credentials, with the four
    `oauth` fields). `cookieHandling` `jar` keeps cookies across redirects. With `mtlsEnabled` the
    client certificate and key, in PEM, are shown. `proxyUrl` is an HTTP proxy without a user.

    A good check that takes longer than `slowAfterMs` is a performance problem. With `upsideDown` it
    is good when the check fails. Both are fields of `settings`, too; there as here, the one that
    differs from what is stored counts. `packageId` chooses a package for it, null that of its
    customer.
    """

    customer_id: int | str | UnsetType = UNSET
    name: str | UnsetType = UNSET
    url: str | UnsetType | None = UNSET
    monitoring_type: str | UnsetType = UNSET
    status: str | UnsetType = UNSET
    check_interval: int | UnsetType = UNSET
    check_interval_seconds: float | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    expected_status_codes: str | UnsetType = UNSET
    allowed_check_country_codes: list[str] | UnsetType | None = UNSET
    search_term: str | UnsetType | None = UNSET
    custom_fields: dict[str, Any] | UnsetType | None = UNSET
    auth_mode: str | UnsetType = UNSET
    authorization_header: str | UnsetType | None = UNSET
    basic_auth_username: str | UnsetType | None = UNSET
    basic_auth_password: str | UnsetType | None = UNSET
    oauth_token_url: str | UnsetType | None = UNSET
    oauth_client_id: str | UnsetType | None = UNSET
    oauth_client_secret: str | UnsetType | None = UNSET
    oauth_scope: str | UnsetType | None = UNSET
    http_method: str | UnsetType = UNSET
    custom_headers: dict[str, str] | UnsetType | None = UNSET
    request_body: str | UnsetType | None = UNSET
    follow_redirects: bool | UnsetType = UNSET
    unwanted_term: str | UnsetType | None = UNSET
    search_pattern: str | UnsetType | None = UNSET
    json_values: list[JsonValue] | UnsetType | None = UNSET
    min_response_bytes: int | UnsetType | None = UNSET
    max_response_bytes: int | UnsetType | None = UNSET
    expected_headers: dict[str, str] | UnsetType | None = UNSET
    ip_version: IpVersion | UnsetType = UNSET
    http_version: HttpVersion | UnsetType = UNSET
    cache_buster: bool | UnsetType = UNSET
    proxy_url: str | UnsetType | None = UNSET
    slow_after_ms: int | UnsetType | None = UNSET
    upside_down: bool | UnsetType = UNSET
    cookie_handling: str | UnsetType | None = UNSET
    mtls_enabled: bool | UnsetType = UNSET
    mtls_client_cert: str | UnsetType | None = UNSET
    mtls_client_key: str | UnsetType | None = UNSET
    dns_config: Any = UNSET
    settings: dict[str, Any] | UnsetType | None = UNSET
    heartbeat_config: HeartbeatConfig | UnsetType | None = UNSET
    package_id: int | UnsetType | None = UNSET
    location_ids: list[int] | UnsetType | None = UNSET
    notification_channel_ids: list[int] | UnsetType | None = UNSET


def monitoring_type(form: WebsiteForm) -> str:
    kind = COMBINED if form.monitoring_type is UNSET else form.monitoring_type
    if kind not in TYPES:
        raise Invalid("Invalid monitoringType", "monitoringType")
    if kind not in SUPPORTED:
        raise Invalid(
            f"monitoringType {kind} is not supported yet: use {', '.join(SUPPORTED)}",
            "monitoringType",
        )
    return kind


def paused(form: WebsiteForm) -> bool | UnsetType:
    if form.status is UNSET:
        return UNSET
    if form.status == "maintenance":
        raise Invalid("status maintenance is not supported yet: use inactive", "status")
    if form.status not in _PAUSED:
        raise Invalid("Invalid status", "status")
    return _PAUSED[form.status]


def keeps_cookies(form: WebsiteForm) -> bool | UnsetType:
    if form.cookie_handling is UNSET:
        return UNSET
    if form.cookie_handling not in {"jar", "none", None}:
        raise Invalid("cookieHandling must be jar or none", "cookieHandling")
    return form.cookie_handling == "jar"


def chosen_channels(form: WebsiteForm) -> tuple[int, ...] | None:
    chosen = form.notification_channel_ids
    return None if chosen is UNSET or chosen is None else tuple(chosen)
