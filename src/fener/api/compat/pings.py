"""The pinging API: `/ping/{uuid}[/start|/fail|/log|/{status}]` and `/webhook-heartbeat/{code}`.

Speaks as the Healthchecks pinging API does, so that jobs can move by changing a host name. Each
ping is answered after the commit that holds it. A small ASGI application of its own: it has to
answer a thousand pings a second.
"""

from collections.abc import Awaitable, Callable
from urllib.parse import parse_qs
from uuid import UUID

from msgspec import Struct

from fener.api.asgi import Receive, Scope, Send, read_body, send_text
from fener.domain.heartbeat import BODY_LIMIT, Ping, PingAction
from fener.ports import Clock, StoreUnavailable

Hear = Callable[[Ping], Awaitable[None]]
FindHeartbeat = Callable[[UUID], Awaitable[int | None]]
SourceOf = Callable[[Scope], str]

_METHODS = frozenset({"GET", "HEAD", "POST"})
_WORDS = {"start": PingAction.START, "fail": PingAction.FAIL, "log": PingAction.LOG}
_MOST_EXIT_STATUS = 255
_USER_AGENT_LIMIT = 200
_HEADERS = (
    (b"content-type", b"text/plain; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"access-control-allow-origin", b"*"),
    (b"ping-body-limit", str(BODY_LIMIT).encode()),
)


class _Refused(Exception):
    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status
        self.text = text


class _Call(Struct, frozen=True):
    """What the path and the query say."""

    key: UUID
    action: PingAction = PingAction.SUCCESS
    exit_status: int | None = None
    run_id: str | None = None


class Pings:
    """The ASGI application."""

    def __init__(self, hear: Hear, find: FindHeartbeat, clock: Clock, source_of: SourceOf) -> None:
        self._hear = hear
        self._find = find
        self._clock = clock
        self._source_of = source_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._take(scope, receive)
        except _Refused as refused:
            await send_text(send, refused.status, refused.text, _HEADERS)
        except StoreUnavailable:
            await send_text(send, 503, "not stored, try again", _HEADERS)
        else:
            await send_text(send, 200, "" if scope["method"] == "HEAD" else "OK", _HEADERS)

    async def _take(self, scope: Scope, receive: Receive) -> None:
        arrived_at = self._clock.now()
        if scope["method"] not in _METHODS:
            raise _Refused(405, "ping with GET, HEAD or POST")
        call = _parse(scope["path"], scope["query_string"].decode("latin-1"))
        monitor_id = await self._find(call.key)
        if monitor_id is None:
            raise _Refused(404, "not found")
        body = await read_body(receive, BODY_LIMIT)
        await self._hear(
            Ping(
                monitor_id=monitor_id,
                at=arrived_at,
                action=call.action,
                exit_status=call.exit_status,
                run_id=call.run_id,
                body=body.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")
                or None,
                source=self._source_of(scope),
                user_agent=_user_agent(scope),
            )
        )


def _parse(path: str, query: str) -> _Call:
    parts = path.strip("/").split("/")
    match parts:
        case ["webhook-heartbeat", code]:
            return _Call(_uuid(code, _Refused(404, "not found")))
        case ["ping", key]:
            return _Call(_uuid(key, _Refused(400, "invalid url format")), run_id=_run_id(query))
        case ["ping", key, word]:
            called = _uuid(key, _Refused(400, "invalid url format"))
            action, exit_status = _action(word)
            return _Call(called, action, exit_status, _run_id(query))
    raise _Refused(404, "not found")


def _action(word: str) -> tuple[PingAction, int | None]:
    if word in _WORDS:
        return _WORDS[word], None
    if not (word.isascii() and word.isdigit()) or int(word[:4]) > _MOST_EXIT_STATUS:
        raise _Refused(400, "invalid url format")
    status = int(word)
    return (PingAction.FAIL if status else PingAction.SUCCESS), status


def _run_id(query: str) -> str | None:
    given = parse_qs(query).get("rid")
    return str(_uuid(given[0], _Refused(400, "invalid uuid format"))) if given else None


def _uuid(text: str, otherwise: _Refused) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise otherwise from None


def _user_agent(scope: Scope) -> str:
    for name, value in scope["headers"]:
        if name == b"user-agent":
            return str(value.decode("latin-1"))[:_USER_AGENT_LIMIT]
    return ""
