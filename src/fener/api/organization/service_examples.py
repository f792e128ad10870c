"""The answers about service monitors that the API's page shows."""

from typing import Any

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
