"""The form that writes an uptime monitor in the account API, laid over what is stored."""

from typing import Any

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import replace

from fener.actions.monitors import Change
from fener.api.account.monitor_kinds import WEBSITE, hosted, kind_of_type
from fener.api.account.monitor_shapes import first_status
from fener.api.spans import span_of
from fener.domain.credentials import BasicCredentials, Credentials
from fener.domain.errors import Invalid
from fener.domain.kinds import Kind, ProbeSettings
from fener.domain.kinds.heartbeat import HeartbeatSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import Monitor as Stored
from fener.domain.time import Span


class MonitorForm(Struct, kw_only=True):
    """What can be written. In an update what is left out stays as it was."""

    name: str | UnsetType = UNSET
    target: str | UnsetType = UNSET
    port: str | int | UnsetType | None = UNSET
    type: str | UnsetType = UNSET
    project_id: int | UnsetType | None = UNSET
    ping_servers_ids: list[int] | UnsetType = UNSET
    check_interval_seconds: float | UnsetType = UNSET
    timeout_seconds: float | UnsetType = UNSET
    request_method: str | UnsetType = UNSET
    request_body: str | UnsetType | None = UNSET
    request_basic_auth_username: str | UnsetType | None = UNSET
    request_basic_auth_password: str | UnsetType | None = UNSET
    request_header_name: list[str] | UnsetType = UNSET
    request_header_value: list[str] | UnsetType = UNSET
    response_status_code: int | str | UnsetType = UNSET
    response_body: str | UnsetType | None = UNSET
    response_header_name: list[str] | UnsetType = UNSET
    response_header_value: list[str] | UnsetType = UNSET
    slow_after_ms: int | UnsetType | None = UNSET
    upside_down: bool | UnsetType = UNSET
    is_ok_notifications: list[int] | UnsetType = UNSET
    is_enabled: bool | UnsetType = UNSET

    @property
    def places(self) -> tuple[int, ...] | None:
        return tuple(self.ping_servers_ids) if self.ping_servers_ids else None

    @property
    def told(self) -> tuple[int, ...] | None:
        """None chooses every handler."""
        chosen = self.is_ok_notifications
        return None if chosen is UNSET else tuple(chosen)

    @property
    def spans(self) -> dict[str, Span]:
        """Interval and timeout, those that were given."""
        spans = {}
        if self.check_interval_seconds is not UNSET:
            spans["interval"] = span_of(self.check_interval_seconds, "check_interval_seconds")
        if self.timeout_seconds is not UNSET:
            spans["timeout"] = span_of(self.timeout_seconds, "timeout_seconds")
        return spans

    def laid_over(self, change: Change) -> Change:
        """The change with what stands outside of the request's settings."""
        named = {} if self.name is UNSET else {"name": self.name}
        placed = {} if self.places is None else {"location_ids": self.places}
        told = {} if self.told is None else {"channel_ids": self.told}
        return replace(change, **named, **placed, **told, **self.spans)


def merged(form: MonitorForm, before: Stored | None) -> tuple[ProbeSettings, Credentials | None]:
    """The form laid over what was stored. Raises Invalid."""
    kind = _kind(form, before)
    if kind is Kind.HTTP:
        settings, credentials = _merged_website(form, before)
        return _merged_ways(form, settings), credentials
    known = before.settings if before else None
    assert not isinstance(known, HeartbeatSettings)  # noqa: S101 - those are no uptime monitors
    return _merged_ways(form, hosted(kind, known, form.target, form.port)), None


def _merged_ways(form: MonitorForm, settings: ProbeSettings) -> ProbeSettings:
    """What all types share."""
    given: dict[str, Any] = {"slow_after": form.slow_after_ms, "upside_down": form.upside_down}
    return replace(settings, **{name: one for name, one in given.items() if one is not UNSET})


def _kind(form: MonitorForm, before: Stored | None) -> Kind:
    if before is None:
        return kind_of_type(WEBSITE if form.type is UNSET else form.type)
    if form.type is not UNSET and kind_of_type(form.type) is not before.kind:
        raise Invalid("a monitor keeps its type: create another one", "type")
    return before.kind


def _merged_website(
    form: MonitorForm, before: Stored | None
) -> tuple[HttpSettings, Credentials | None]:
    known = before.settings if before else None
    settings = known if isinstance(known, HttpSettings) else HttpSettings(url="")
    given: dict[str, Any] = {
        "url": form.target,
        "method": form.request_method,
        "body": form.request_body,
        "keyword": form.response_body,
        "headers": _pairs(form.request_header_name, form.request_header_value, "request_header"),
        "expected_headers": _pairs(
            form.response_header_name, form.response_header_value, "response_header"
        ),
        "expected_status": _status(form, settings, is_new=before is None),
    }
    told = {name: value for name, value in given.items() if value is not UNSET}
    return replace(settings, **told), _credentials(form, before.credentials if before else None)


def _pairs(
    names: list[str] | UnsetType, values: list[str] | UnsetType, what: str
) -> tuple[tuple[str, str], ...] | UnsetType:
    if names is UNSET and values is UNSET:
        return UNSET
    first, second = names or [], values or []
    if len(first) != len(second):
        raise Invalid(f"{what}_name and {what}_value must have as many entries", f"{what}_value")
    return tuple(zip(first, second, strict=True))


def _status(form: MonitorForm, before: HttpSettings, *, is_new: bool) -> str | UnsetType:
    """Sending back the one code that is shown of several changes nothing."""
    given = form.response_status_code
    if given is UNSET or (not is_new and str(given) == str(first_status(before))):
        return UNSET
    return str(given)


def _credentials(form: MonitorForm, before: Credentials | None) -> Credentials | None:
    """An empty password keeps the one of the same user: it is never shown, so it cannot be sent."""
    if form.request_basic_auth_username is UNSET and form.request_basic_auth_password is UNSET:
        return before
    known = before if isinstance(before, BasicCredentials) else BasicCredentials("", "")
    given = form.request_basic_auth_username
    username = known.username if given is UNSET else given or ""
    if not username and not form.request_basic_auth_password:
        return None if known.username else before
    same = username == known.username
    password = form.request_basic_auth_password or (known.password if same else "")
    return BasicCredentials(username, password)
