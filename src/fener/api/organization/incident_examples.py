"""The answers that the API's pages show."""

from typing import Any

_PUBLIC_ID = "019c9a1e-4c80-7d3a-9a0e-5b1f0c2d3e4f"
_WEBSITE_ID = "019c2f6b-1d00-7b7e-8c11-6a2e4d5f7081"

_WEBSITE = {
    "id": 101,
    "name": "Main Marketing Site",
    "url": "https://example.com",
    "status": "active",
}
_CUSTOMER = {"id": 12, "email": "ops@example.com", "company": "Acme Corp"}

LIST = [
    {
        "id": 123,
        "websiteId": 101,
        "status": "open",
        "severity": "downtime",
        "started_at": "2026-02-26T12:10:00.000Z",
        "resolved_at": None,
        "last_notified_at": "2026-02-26T12:11:00.000Z",
        "error_message": "Timeout",
        "status_code": None,
        "response_time_ms": None,
        "website": _WEBSITE,
        "customer": _CUSTOMER,
        "publicId": _PUBLIC_ID,
        "websitePublicId": _WEBSITE_ID,
        "outageStartedAt": "2026-02-26T12:08:00.000Z",
        "acknowledgedAt": None,
        "failedChecksTotal": 2,
    }
]

_INCIDENT: dict[str, Any] = {
    "id": 123,
    "websiteId": 101,
    "type": "downtime",
    "status": "open",
    "startedAt": "2026-02-26T12:10:00.000Z",
    "resolvedAt": None,
    "statusCode": None,
    "errorMessage": "Timeout",
    "responseTimeMs": None,
    "publicId": _PUBLIC_ID,
    "websitePublicId": _WEBSITE_ID,
    "resolution": None,
    "acknowledgedAt": None,
    "acknowledgedBy": None,
    "comment": None,
    "postmortem": None,
    "outageStartedAt": "2026-02-26T12:08:00.000Z",
    "failedChecksTotal": 2,
    "website": _WEBSITE,
    "customer": _CUSTOMER,
}


def _check(identifier: str, at: str) -> dict[str, Any]:
    return {
        "id": identifier,
        "checkedAt": at,
        "status": "failure",
        "statusCode": None,
        "errorMessage": "Timeout",
        "responseTimeMs": None,
        "location": {"id": 1, "code": "local", "name": "Here"},
    }


_FIRST = _check("9001", "2026-02-26T12:08:00.000Z")
_CONFIRMING = _check("9002", "2026-02-26T12:10:00.000Z")
DETAILS = {
    "incident": _INCIDENT,
    "timeline": {
        "outageStartedAt": "2026-02-26T12:08:00.000Z",
        "outageStartedCheck": _FIRST,
        "confirmationAt": "2026-02-26T12:10:00.000Z",
        "failedChecks": [_FIRST, _CONFIRMING],
        "failedChecksTotal": 2,
        "alertEvents": [
            {
                "id": 77,
                "sentAt": "2026-02-26T12:11:00.000Z",
                "type": "email",
                "status": "sent",
                "channelName": "On call",
                "errorMessage": None,
            }
        ],
        "recoveryChecks": [],
        "recoveryChecksTotal": 0,
    },
    "evidenceCheck": {
        "id": "9002",
        "checkedAt": "2026-02-26T12:10:00.000Z",
        "diagnostics": {"request": "GET https://example.com/", "phase": "first_byte"},
        "hasScreenshot": False,
        "screenshotUrl": None,
    },
    "events": [
        {
            "id": 501,
            "kind": "first_failure",
            "at": "2026-02-26T12:08:00.000Z",
            "userId": None,
            "userName": None,
            "detail": {},
        }
    ],
}
ACKNOWLEDGED = {**_INCIDENT, "acknowledgedAt": "2026-02-26T12:15:00.000Z", "acknowledgedBy": 1}
RESOLVED = {
    **_INCIDENT,
    "status": "resolved",
    "resolvedAt": "2026-02-26T12:40:00.000Z",
    "resolution": "by_hand",
}
POSTMORTEM = {**RESOLVED, "postmortem": "The disk was full. It is watched now."}
COMMENTED = {
    "id": 502,
    "kind": "commented",
    "at": "2026-02-26T12:16:00.000Z",
    "userId": 1,
    "userName": "Ada Lovelace",
    "detail": {"text": "The provider is working on it.", "visibility": "internal"},
}
