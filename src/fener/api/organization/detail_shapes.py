"""All that happened to a service monitor within a time, as the organization API shows it."""

from typing import Any

from msgspec import Struct

from fener.api.organization.history_shapes import HistoricAlert, HistoricIncident, UptimeStats
from fener.api.organization.service_shapes import DnsMonitor, IcmpMonitor


class DataPoint(Struct, rename="camel"):
    """Some checks put together, or one. Times are milliseconds."""

    timestamp: str
    checks: int
    failed: int
    avg_response: float | None
    max_response: float | None


class Meta(Struct, rename="camel"):
    """The time that was asked for, and the percentage of it in which the target was up."""

    range: str
    start_date: str
    end_date: str
    step_seconds: int | float | None
    """How long a point lasts; null where each is one check."""
    uptime: float | None


class Maintenance(Struct, rename="camel"):
    """Fener has no maintenance windows yet, so there are none."""

    in_maintenance: bool = False
    active_windows: list[dict[str, Any]] = []
    all_windows: list[dict[str, Any]] = []


class ServiceDetails(Struct, rename="camel", kw_only=True):
    """`uptimeStats` are up to now; all that follows, but for maintenance, is of the time that was
    asked for. `latestCheck` is the last one ever.
    """

    latest_check: dict[str, Any] | None
    uptime_stats: UptimeStats
    uptime_stats_meta: Meta
    monitoring_data: list[DataPoint]
    incidents: list[HistoricIncident]
    alerts: list[HistoricAlert]
    test_result_log: list[dict[str, Any]]
    maintenance: Maintenance


class IcmpDetails(ServiceDetails, rename="camel", kw_only=True):
    icmp_monitor_id: int
    monitor: IcmpMonitor


class DnsDetails(ServiceDetails, rename="camel", kw_only=True):
    dns_monitor_id: int
    monitor: DnsMonitor
