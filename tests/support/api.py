"""Speaks to an ASGI application as a client would, with the raw path and bytes that tests want."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec
from msgspec import Struct

from fener.api.asgi import App, Message

HOST = "fener.example"


class Answer(Struct):
    """A whole answer. Header names are lower-case."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.body)


class Client:
    """One caller of an application; `headers` go with every request."""

    def __init__(self, app: App, headers: Mapping[str, str] | None = None) -> None:
        self._app = app
        self._headers = dict(headers or {})

    def bearing(self, secret: str) -> "Client":
        """The same application, asked with a bearer credential."""
        return Client(self._app, {**self._headers, "authorization": f"Bearer {secret}"})

    def of(self, app: App) -> "Client":
        """The same caller before another application."""
        return Client(app, self._headers)

    async def get(self, target: str, **more: Any) -> Answer:
        return await self.ask("GET", target, **more)

    async def post(self, target: str, **more: Any) -> Answer:
        return await self.ask("POST", target, **more)

    async def put(self, target: str, **more: Any) -> Answer:
        return await self.ask("PUT", target, **more)

    async def patch(self, target: str, **more: Any) -> Answer:
        return await self.ask("PATCH", target, **more)

    async def delete(self, target: str, **more: Any) -> Answer:
        return await self.ask("DELETE", target, **more)

    async def ask(
        self,
        method: str,
        target: str,
        *,
        json: Any = msgspec.UNSET,
        form: Mapping[str, str] | None = None,
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
        address: str = "127.0.0.1",
    ) -> Answer:
        """`target` is sent as it is spelled; `form` goes as multipart, as curl's --form does."""
        sent = {"host": HOST, **self._headers, **(headers or {})}
        if json is not msgspec.UNSET:
            body = msgspec.json.encode(json)
            sent.setdefault("content-type", "application/json")
        if form is not None:
            body = multipart(form)
            sent.setdefault("content-type", f"multipart/form-data; boundary={_BOUNDARY}")
        messages = await self._exchange(_scope(method, target, sent, address), body)
        return _answer(messages)

    async def _exchange(self, scope: dict[str, Any], body: bytes) -> list[Message]:
        waiting = [{"type": "http.request", "body": body, "more_body": False}]
        sent: list[Message] = []

        async def receive() -> Message:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        return sent


_BOUNDARY = "------------------------d74496d66958873e"


def multipart(fields: Mapping[str, str]) -> bytes:
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return "".join([*parts, f"--{_BOUNDARY}--\r\n"]).encode("utf-8", "surrogateescape")


def _scope(method: str, target: str, headers: Mapping[str, str], address: str) -> dict[str, Any]:
    raw_path, _, query = target.encode("latin-1").partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote_to_bytes(raw_path).decode("utf-8", "replace"),
        "raw_path": raw_path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.encode(), value.encode("latin-1")) for name, value in headers.items()],
        "client": (address, 50_000),
        "server": (HOST, 80),
        "state": {},
    }


def _answer(messages: list[Message]) -> Answer:
    start, *parts = messages
    headers = {name.decode().lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(part.get("body", b"") for part in parts))
