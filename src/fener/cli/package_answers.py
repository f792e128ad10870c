"""Packages as the organization API answers them, and the views and forms made of them."""

from msgspec import UNSET, Struct
from msgspec.structs import asdict

from fener.actions.policy_rules import Change
from fener.cli.views import PolicyView
from fener.domain.time import SECOND


class Package(Struct, frozen=True, rename="camel"):
    """A policy, as the API calls it."""

    id: int
    package_type: str
    display_name: str
    alert_consecutive_checks: int
    recovery_consecutive_checks: int
    recheck_interval_seconds: float
    alert_location_threshold: str
    alert_location_threshold_count: int
    alert_reminder_interval_seconds: float | None
    flap_turns: int
    flap_window_seconds: float
    flap_hold_seconds: float
    flap_calm_seconds: float
    certificate_warning_seconds: float
    certificate_critical_seconds: float
    used_by_customer_count: int
    used_by_monitor_count: int

    def is_called(self, name: str) -> bool:
        """Whether this is its number, or its key or name in any case."""
        wanted = name.strip().casefold()
        known = (self.package_type, self.display_name)
        return wanted == str(self.id) or wanted in map(str.casefold, known)

    def view(self) -> PolicyView:
        return PolicyView(
            id=self.id,
            key=self.package_type,
            title=self.display_name,
            down_after=self.alert_consecutive_checks,
            up_after=self.recovery_consecutive_checks,
            recheck_seconds=self.recheck_interval_seconds,
            quorum=self.alert_location_threshold,
            quorum_count=self.alert_location_threshold_count,
            reminder_seconds=self.alert_reminder_interval_seconds,
            flap_turns=self.flap_turns,
            flap_window_seconds=self.flap_window_seconds,
            flap_hold_seconds=self.flap_hold_seconds,
            flap_calm_seconds=self.flap_calm_seconds,
            certificate_warning_seconds=self.certificate_warning_seconds,
            certificate_critical_seconds=self.certificate_critical_seconds,
            customers=self.used_by_customer_count,
            monitors=self.used_by_monitor_count,
        )


_COUNTS = {
    "title": "displayName",
    "confirm_after": "alertConsecutiveChecks",
    "recover_after": "recoveryConsecutiveChecks",
    "quorum": "alertLocationThreshold",
    "quorum_count": "alertLocationThresholdCount",
    "flap_turns": "flapTurns",
}
_SPANS = {
    "recheck_every": "recheckIntervalSeconds",
    "reminder_every": "alertReminderIntervalSeconds",
    "certificate_warn_before": "certificateWarningSeconds",
    "certificate_critical_before": "certificateCriticalSeconds",
    "flap_window": "flapWindowSeconds",
    "flap_hold": "flapHoldSeconds",
    "flap_calm": "flapCalmSeconds",
}


def form_of(change: Change) -> dict[str, object]:
    """What shall be otherwise, by the names of the API."""
    given = {name: value for name, value in asdict(change).items() if value is not UNSET}
    counts = {field: given[name] for name, field in _COUNTS.items() if name in given}
    spans = {field: given[name] for name, field in _SPANS.items() if name in given}
    return counts | {
        field: None if span is None else span / SECOND for field, span in spans.items()
    }
