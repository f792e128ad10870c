"""The front of the house: which application answers which path."""

import msgspec

from fener.api.asgi import App, Receive, Scope, Send
from fener.faults import FaultBoard


class Front:
    """Sends each request to the APIs, the pings, the health page, or else to the web app."""

    def __init__(self, *, api: App, pings: App, health: App, web: App) -> None:
        self._rooms = (
            ("/api/", api),
            ("/ping/", pings),
            ("/webhook-heartbeat/", pings),
            ("/healthz", health),
            ("/", web),
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"] + "/"
        room = next(app for prefix, app in self._rooms if path.startswith(prefix))
        await room(scope, receive, send)


class HealthPage:
    """`GET /healthz`: 200 while it serves, with the names of what is faulty with Fener itself."""

    def __init__(self, faults: FaultBoard) -> None:
        self._faults = faults

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        faulty = [fault.source for fault in self._faults.all()]
        body = msgspec.json.encode({"status": "faulty" if faulty else "ok", "faults": faulty})
        headers = [
            (b"content-type", b"application/json"),
            (b"cache-control", b"no-store"),
            (b"content-length", str(len(body)).encode()),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})
