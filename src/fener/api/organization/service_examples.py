"""The answers about service monitors that the API's page shows."""

from typing import Any

from fener.api.organization.website_examples import ALERTS, INCIDENTS, UPTIME

_COMMON: dict[str, Any] = {
    "id": 103,
    "publicId": "019c2f6b-1d00-7b7e-8c11-6a2e4d5f7093",
    "organizationId": 1,
    "customerId": 12,
    "customerPublicId": "019b7a2c-5a00-7c3e-9d11-0a8f5e2b7c41",
    "customerName": "Acme Corp",
    "name": "Gateway",
    "hostname": "gw.example.com",
    "port": None,
    "status": "active",
    "state": "up",
    "checkInterval": 5,
    "checkIntervalSeconds": 300,
    "timeoutSeconds": 30,
    "allowedCheckCountryCodes": None,
    "notificationPhoneNumber": None,
    "notificationEmail": None,
    "locationIds": [1],
    "notificationChannelIds": None,
    "lastCheckedAt": "2026-02-26T12:40:00.000Z",
    "createdAt": "2026-02-26T12:10:00.000Z",
    "updatedAt": "2026-02-26T12:10:00.000Z",
}
_SHARED = {"ipVersion": "any", "slowAfter": None, "upsideDown": False}
_ICMP = {"packetSize": 56, "count": 3}
_DNS = {
    "rrtypes": ["A"],
    "matchMode": "exact",
    "expectedValues": {"A": ["192.0.2.10"]},
    "triggerOn": {"resolveError": True, "mismatch": True},
}
EXAMPLES: dict[str, dict[str, Any]] = {
    "icmp": {
        **_COMMON,
        "config": _ICMP,
        "icmpConfig": _ICMP,
        "settings": {"count": 3, "size": 56, "mostLoss": 50, "mostJitter": None, **_SHARED},
    },
    "dns": {
        **_COMMON,
        "config": _DNS,
        "dnsConfig": _DNS,
        "settings": {
            "recordTypes": ["A"],
            "resolver": None,
            "expected": {"A": ["192.0.2.10"]},
            "match": "exact",
            "noticeChanges": False,
            **_SHARED,
        },
    },
}
CHECK: dict[str, Any] = {
    "id": "9001",
    "status": "success",
    "errorMessage": None,
    "warningMessage": None,
    "statusCode": None,
    "responseTimeMs": 12.4,
    "timingTotal": 12,
    "timingDns": 4,
    "timingConnect": None,
    "timingTls": None,
    "timingFirstByte": None,
    "timingTransfer": None,
    "diagnostics": None,
    "checkedAt": "2026-02-26T12:10:00.000Z",
    "locationId": 1,
    "locationName": "Local",
    "locationCode": "local",
}


def details(slug: str) -> dict[str, Any]:
    """All that happened to a monitor within a day."""
    check = {**CHECK, f"timing{slug.capitalize()}": 12}
    return {
        f"{slug}MonitorId": 103,
        "monitor": EXAMPLES[slug],
        "latestCheck": check,
        "uptimeStats": UPTIME,
        "uptimeStatsMeta": {
            "range": "day",
            "startDate": "2026-02-25T12:40:00.000Z",
            "endDate": "2026-02-26T12:40:00.000Z",
            "stepSeconds": 300,
            "uptime": 99.83,
        },
        "monitoringData": [
            {
                "timestamp": "2026-02-26T12:10:00.000Z",
                "checks": 1,
                "failed": 0,
                "avgResponse": 12.4,
                "maxResponse": 12.4,
            }
        ],
        "incidents": INCIDENTS["incidents"],
        "alerts": ALERTS["alerts"],
        "testResultLog": [check],
        "maintenance": {"inMaintenance": False, "activeWindows": [], "allWindows": []},
    }
