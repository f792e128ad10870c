"""How the organization API shows a policy: as a package, of which it is the part that Fener has.

Limits and switches that a package names and Fener does not have are shown as they are here, and
refused where they are to be otherwise, so that nothing is silently without effect.
"""

from typing import Any

from msgspec import UNSET, Struct, UnsetType

from fener.actions.policies import Change
from fener.api.spans import minutes_up, seconds, span_of
from fener.domain.errors import Invalid
from fener.domain.policy import NamedPolicy, Quorum
from fener.domain.time import MINUTE, Span, iso_text

FIXED: dict[str, int | bool | str | None] = {
    "max_urls": None,
    "data_retention_months": None,
    "check_interval_minutes": None,
    "check_locations": None,
    "notification_delay_minutes": 0,
    "reminder_delay_minutes": None,
    "enable_ssl_check": True,
    "enable_https_check": True,
    "enable_status_check": True,
    "enable_size_check": True,
    "enable_response_time_check": True,
    "enable_keyword_check": True,
    "enable_email_alerts": True,
    "enable_sms_alerts": False,
    "enable_webhook_alerts": True,
    "enable_integration_alerts": False,
    "enable_post_request_escalation": False,
    "enable_maintenance_windows": False,
    "enable_pdf_reports": False,
    "notes": None,
}
"""What is the same for every package."""
SPANS = {
    "recheck_interval_seconds": "recheck_every",
    "certificate_warning_seconds": "certificate_warn_before",
    "certificate_critical_seconds": "certificate_critical_before",
    "flap_window_seconds": "flap_window",
    "flap_hold_seconds": "flap_hold",
    "flap_calm_seconds": "flap_calm",
}
COUNTS = {
    "alert_consecutive_checks": "confirm_after",
    "recovery_consecutive_checks": "recover_after",
    "alert_location_threshold": "quorum",
    "alert_location_threshold_count": "quorum_count",
    "flap_turns": "flap_turns",
}
"""Fields and what they are called in the rules of a policy."""


class Fixed(Struct, rename="camel", kw_only=True):
    """Null is no limit."""

    max_urls: None = None
    data_retention_months: None = None
    check_interval_minutes: None = None
    check_locations: None = None
    notification_delay_minutes: int = 0
    reminder_delay_minutes: None = None
    enable_ssl_check: bool = True
    enable_https_check: bool = True
    enable_status_check: bool = True
    enable_size_check: bool = True
    enable_response_time_check: bool = True
    enable_keyword_check: bool = True
    enable_email_alerts: bool = True
    enable_sms_alerts: bool = False
    enable_webhook_alerts: bool = True
    enable_integration_alerts: bool = False
    enable_post_request_escalation: bool = False
    enable_maintenance_windows: bool = False
    enable_pdf_reports: bool = False
    notes: None = None


class Package(Fixed, kw_only=True):
    """The thresholds by which the monitors of its customers are judged.

    A monitor is down after `alertConsecutiveChecks` failing checks in a row, with
    `recheckIntervalSeconds` between them, at as many of its locations as `alertLocationThreshold`
    says: `any`, `majority`, `all`, or `count`: `alertLocationThresholdCount`. It is up again
    after `recoveryConsecutiveChecks` good ones. `alertReminderInterval` is in minutes, rounded up;
    null reminds nobody. What turns more often than `flapTurns` within its window is flapping. The
    `certificate` fields say how long before its end a certificate is a problem.
    """

    id: int
    package_type: str
    display_name: str
    alert_consecutive_checks: int
    recovery_consecutive_checks: int
    recheck_interval_seconds: int | float
    alert_location_threshold: Quorum
    alert_location_threshold_count: int
    alert_reminder_interval: int | None
    alert_reminder_interval_seconds: int | float | None
    flap_turns: int
    flap_window_seconds: int | float
    flap_hold_seconds: int | float
    flap_calm_seconds: int | float
    certificate_warning_seconds: int | float
    certificate_critical_seconds: int | float
    created_at: str
    updated_at: str
    used_by_customer_count: int
    used_by_monitor_count: int


class PackageForm(Struct, rename="camel", kw_only=True):
    """What can be written; what is left out stays as it was, or is as usual for a new package.

    `alertReminderIntervalSeconds` stands beside `alertReminderInterval`, in minutes; the one that
    differs from what is stored counts. Limits and switches that Fener does not have can be sent as
    they are shown.
    """

    display_name: str | UnsetType = UNSET
    alert_consecutive_checks: int | UnsetType = UNSET
    recovery_consecutive_checks: int | UnsetType = UNSET
    recheck_interval_seconds: float | UnsetType = UNSET
    alert_location_threshold: Quorum | UnsetType = UNSET
    alert_location_threshold_count: int | UnsetType = UNSET
    alert_reminder_interval: int | UnsetType | None = UNSET
    alert_reminder_interval_seconds: float | UnsetType | None = UNSET
    flap_turns: int | UnsetType = UNSET
    flap_window_seconds: float | UnsetType = UNSET
    flap_hold_seconds: float | UnsetType = UNSET
    flap_calm_seconds: float | UnsetType = UNSET
    certificate_warning_seconds: float | UnsetType = UNSET
    certificate_critical_seconds: float | UnsetType = UNSET
    max_urls: int | UnsetType | None = UNSET
    data_retention_months: int | UnsetType | None = UNSET
    check_interval_minutes: int | UnsetType | None = UNSET
    check_locations: int | UnsetType | None = UNSET
    notification_delay_minutes: int | UnsetType | None = UNSET
    reminder_delay_minutes: int | UnsetType | None = UNSET
    enable_ssl_check: bool | UnsetType = UNSET
    enable_https_check: bool | UnsetType = UNSET
    enable_status_check: bool | UnsetType = UNSET
    enable_size_check: bool | UnsetType = UNSET
    enable_response_time_check: bool | UnsetType = UNSET
    enable_keyword_check: bool | UnsetType = UNSET
    enable_email_alerts: bool | UnsetType = UNSET
    enable_sms_alerts: bool | UnsetType = UNSET
    enable_webhook_alerts: bool | UnsetType = UNSET
    enable_integration_alerts: bool | UnsetType = UNSET
    enable_post_request_escalation: bool | UnsetType = UNSET
    enable_maintenance_windows: bool | UnsetType = UNSET
    enable_pdf_reports: bool | UnsetType = UNSET
    notes: str | UnsetType | None = UNSET


def change_of(form: PackageForm, before: NamedPolicy | None) -> Change:
    """Raises Invalid, also for what no package of Fener can be."""
    for name, value in FIXED.items():
        given = getattr(form, name)
        if given is not UNSET and given != value:
            field = _camel(name)
            raise Invalid(f"{field} is not supported yet: leave it out", field)
    told: dict[str, Any] = {"title": form.display_name}
    told |= {name: getattr(form, field) for field, name in COUNTS.items()}
    told |= {name: _span(form, field) for field, name in SPANS.items()}
    told["reminder_every"] = _reminder(form, before.rules.reminder_every if before else UNSET)
    return Change(**told)


def _span(form: PackageForm, field: str) -> Span | UnsetType:
    given = getattr(form, field)
    return UNSET if given is UNSET else span_of(given, _camel(field))


def _reminder(form: PackageForm, before: Span | UnsetType | None) -> Span | UnsetType | None:
    if form.alert_reminder_interval_seconds is not UNSET:
        wanted = _seconds(form.alert_reminder_interval_seconds)
        if wanted != before or form.alert_reminder_interval is UNSET:
            return wanted
    minutes = form.alert_reminder_interval
    if minutes is UNSET or minutes is None:
        return minutes
    is_shown = isinstance(before, int) and minutes == minutes_up(before)
    return before if is_shown else minutes * MINUTE


def _seconds(given: float | None) -> Span | None:
    return None if given is None else span_of(given, "alertReminderIntervalSeconds")


def shown(policy: NamedPolicy) -> Package:
    rules, every = policy.rules, policy.rules.reminder_every
    told: dict[str, Any] = {field: getattr(rules, name) for field, name in COUNTS.items()}
    told |= {field: seconds(getattr(rules, name)) for field, name in SPANS.items()}
    return Package(
        id=policy.id,
        package_type=policy.key,
        display_name=policy.title,
        alert_reminder_interval=None if every is None else minutes_up(every),
        alert_reminder_interval_seconds=None if every is None else seconds(every),
        created_at=iso_text(policy.created_at),
        updated_at=iso_text(policy.updated_at),
        used_by_customer_count=policy.customers,
        used_by_monitor_count=policy.monitors,
        **told,
    )


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(map(str.capitalize, others))


EXAMPLE = {
    **{_camel(name): value for name, value in FIXED.items()},
    "id": 1,
    "packageType": "standard",
    "displayName": "Standard",
    "alertConsecutiveChecks": 3,
    "recoveryConsecutiveChecks": 2,
    "recheckIntervalSeconds": 10,
    "alertLocationThreshold": "majority",
    "alertLocationThresholdCount": 1,
    "alertReminderInterval": 60,
    "alertReminderIntervalSeconds": 3600,
    "flapTurns": 6,
    "flapWindowSeconds": 3600,
    "flapHoldSeconds": 300,
    "flapCalmSeconds": 1800,
    "certificateWarningSeconds": 1_209_600,
    "certificateCriticalSeconds": 259_200,
    "createdAt": "2026-02-26T12:10:00.000Z",
    "updatedAt": "2026-02-26T12:10:00.000Z",
    "usedByCustomerCount": 1,
    "usedByMonitorCount": 0,
}
