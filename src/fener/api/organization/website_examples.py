"""The answers about websites that the API's page shows."""

from typing import Any

LISTED: dict[str, Any] = {
    "id": 101,
    "publicId": "019c2f6b-1d00-7b7e-8c11-6a2e4d5f7081",
    "customerId": 12,
    "customerPublicId": "019b7a2c-5a00-7c3e-9d11-0a8f5e2b7c41",
    "customerName": "Acme Corp",
    "name": "Main Marketing Site",
    "url": "https://example.com",
    "status": "active",
    "monitoringType": "combined",
    "checkInterval": 30,
    "createdAt": "2026-02-26T12:10:00.000Z",
    "checkIntervalSeconds": 1800,
    "kind": "http",
    "state": "up",
    "stateSince": "2026-02-26T12:10:01.000Z",
    "lastCheckedAt": "2026-02-26T12:40:00.000Z",
    "lastMessage": None,
    "lastResponseTimeMs": 48.131,
    "lastPingAt": None,
    "expectedAt": None,
    "openIncidentId": None,
}
LIST = {"items": [LISTED], "total": 1, "page": 1, "perPage": 50}
WEBSITE: dict[str, Any] = {
    **LISTED,
    "organizationId": 1,
    "timeoutSeconds": 30,
    "expectedStatusCodes": "200,301,302",
    "allowedCheckCountryCodes": None,
    "searchTerm": None,
    "customFields": {"contract": "L-204"},
    "authMode": "none",
    "authorizationHeader": None,
    "basicAuthUsername": None,
    "basicAuthPassword": None,
    "oauthTokenUrl": None,
    "oauthClientId": None,
    "oauthClientSecret": None,
    "oauthScope": None,
    "hasSecret": False,
    "httpMethod": "GET",
    "customHeaders": None,
    "requestBody": None,
    "followRedirects": True,
    "unwantedTerm": None,
    "searchPattern": None,
    "jsonValues": None,
    "minResponseBytes": None,
    "maxResponseBytes": None,
    "expectedHeaders": None,
    "ipVersion": "any",
    "httpVersion": "auto",
    "cacheBuster": False,
    "proxyUrl": None,
    "slowAfterMs": None,
    "upsideDown": False,
    "cookieHandling": "none",
    "mtlsEnabled": False,
    "mtlsClientCert": None,
    "mtlsClientKey": None,
    "dnsConfig": None,
    "heartbeatConfig": None,
    "pingUrl": None,
    "packageId": None,
    "locationsNeeded": 1,
    "locationStates": [
        {"locationId": 1, "name": "Local", "state": "up", "since": None, "checksAgainst": 0}
    ],
    "locationIds": [1],
    "notificationChannelIds": None,
    "updatedAt": "2026-02-26T12:10:00.000Z",
}
TRIGGERED = {"success": True, "message": "Check triggered successfully", "websiteId": 101}
CHECKS = {
    "data": [
        {
            "id": "9001",
            "status": "failure",
            "errorMessage": "status 503, wanted 200-299",
            "warningMessage": None,
            "statusCode": 503,
            "responseTimeMs": 1203.4,
            "timingTotal": 1203,
            "timingDns": 12,
            "timingConnect": 30,
            "timingTls": 41,
            "timingFirstByte": 1118,
            "timingTransfer": 2,
            "diagnostics": {"request": "GET https://example.com/", "phase": "done"},
            "checkedAt": "2026-02-26T12:10:00.000Z",
            "locationId": 1,
            "locationName": "Local",
            "locationCode": "local",
        }
    ]
}
INCIDENTS = {
    "incidents": [
        {
            "id": 123,
            "type": "http_status",
            "status": "resolved",
            "startedAt": "Feb 26, 2026, 12:10:00",
            "endedAt": "Feb 26, 2026, 12:12:30",
            "duration": "2m 30s",
            "durationMs": 150000,
            "details": "HTTP 503 - Response time: 1.20s",
            "isOngoing": False,
        }
    ],
    "total": 1,
}
ALERTS = {
    "alerts": [
        {
            "id": 77,
            "incidentId": 123,
            "type": "email",
            "status": "sent",
            "channelName": "On call",
            "sentAt": "2026-02-26T12:11:00.000Z",
            "errorMessage": None,
        }
    ],
    "total": 1,
}
UPTIME = {
    "day": 99.83,
    "week": 99.98,
    "month": 100.0,
    "quarter": 100.0,
    "year": 99.99,
    "dayAvgResponse": 48.1,
    "monthAvgResponse": 47.9,
    "yearAvgResponse": 51.3,
}
