"""The door before each contract's application: who asks, how often, how much, and in what text.

Refusals come in the order 429, 401, 413, 400, 403 and are worded by the contract. Behind the door
stands a whole, readable request of somebody known.
"""

from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from fener.actions.context import Context
from fener.actions.identify import Caller
from fener.api.asgi import App, Message, Receive, Scope, Send
from fener.api.callers import header, recognized, require_same_origin
from fener.api.errors import TooLarge, Words, note
from fener.api.limits import RateLimit
from fener.api.options import ApiOptions
from fener.api.texts import require_text
from fener.domain.errors import NotFound, NotSignedIn, TooMany

BODY_LIMIT = 1024 * 1024
TOO_LARGE = f"The body is longer than {BODY_LIMIT} bytes."
_SLASH = b"%2f"
"""No id holds one, and decoded it would make another path than the one that was dispatched."""
ASKED = "fener.asked"
"""Where in the scope's state the door leaves `Asked`."""


class Asked(Struct, frozen=True):
    """What is known of a request that came through the door."""

    context: Context
    options: ApiOptions
    caller: Caller
    body: bytes
    site: str
    """Scheme and host under which Fener is reached, without a slash at its end."""


class Door:
    """An ASGI application before another one."""

    def __init__(
        self, app: App, words: Words, context: Context, options: ApiOptions, limit: RateLimit
    ) -> None:
        self._app = app
        self._words = words
        self._context = context
        self._options = options
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            caller = await recognized(self._context, self._options, scope)
            send = self._limited(scope, caller, send)
            asked = await self._asked(scope, receive, caller)
        except _Gone:
            return
        except Exception as error:  # noqa: BLE001 - the edge: worded by the contract, and logged
            note(error, scope)
            refused = getattr(error, "send", send)
            await self._words.refusal(error, scope).send(refused)
            return
        scope["state"][ASKED] = asked
        if scope["method"] == "HEAD":
            scope, send = {**scope, "method": "GET"}, _without_body(send)
        await self._app(scope, _replayed(asked.body, receive), send)

    def _limited(self, scope: Scope, caller: Caller | None, send: Send) -> Send:
        """Count the request; gives a `send` that tells the caller what is left."""
        client = scope.get("client")
        allowance = self._limit.count(client[0] if client else "", caller)
        if allowance is None:
            return send
        telling = _with_headers(allowance.headers, send)
        if allowance.remaining < 0:
            raise _OverLimit(allowance.retry_after, telling)
        return telling

    async def _asked(self, scope: Scope, receive: Receive, caller: Caller | None) -> Asked:
        if caller is None:
            raise NotSignedIn("Unauthorized")
        site = site_of(scope, self._options)
        body = await _whole_body(scope, receive)
        require_text(raw_path(scope), "path", percent_encoded=True)
        if _SLASH in raw_path(scope).lower():
            raise NotFound("Not Found")
        require_text(scope["query_string"], "query", percent_encoded=True)
        require_same_origin(caller, scope, site)
        return Asked(self._context, self._options, caller, body, site)


class _Gone(Exception):
    """The client hung up before it had said everything."""


class _OverLimit(TooMany):
    def __init__(self, retry_after: int, send: Send) -> None:
        super().__init__("Too many requests", retry_after)
        self.send = send


def raw_path(scope: Scope) -> bytes:
    """The path as it was spelled; the decoded one has lost that."""
    raw: bytes | None = scope.get("raw_path")
    return scope["path"].encode() if raw is None else raw


def site_of(scope: Scope, options: ApiOptions) -> str:
    if options.public_url:
        return options.public_url.rstrip("/")
    return f"{scope['scheme']}://{header(scope, b'host') or 'localhost'}"


async def _whole_body(scope: Scope, receive: Receive) -> bytes:
    """Raises TooLarge, without waiting for the rest."""
    announced = header(scope, b"content-length") or "0"
    if announced.isdecimal() and int(announced[:20]) > BODY_LIMIT:
        raise _too_large()
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise _Gone
        parts.append(message.get("body", b""))
        length += len(parts[-1])
        if length > BODY_LIMIT:
            raise _too_large()
        if not message.get("more_body"):
            return b"".join(parts)


def _too_large() -> TooLarge:
    return TooLarge(TOO_LARGE)


def _replayed(body: bytes, receive: Receive) -> Receive:
    waiting: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return waiting.pop() if waiting else await receive()

    return replay


def _with_headers(headers: Iterable[tuple[bytes, bytes]], send: Send) -> Send:
    async def adding(message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], *headers]}
        await send(message)

    return adding


def _without_body(send: Send) -> Send:
    async def bare(message: Message) -> Any:
        empty = {"body": b""} if message["type"] == "http.response.body" else {}
        await send({**message, **empty})

    return bare
