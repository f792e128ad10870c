"""Before and after every request: only our own pages may post, and nothing of others is loaded."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from litestar import Request

from fener.domain.errors import NotPermitted
from fener.web.languages import marked

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

FOREIGN = marked("The form was not sent from a page of this Fener.")
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS = (
    (b"content-security-policy", _POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    # not no-referrer: that would blank the Origin of our own forms
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=()"),
)


class OwnOrigin:
    """Refuses unsafe requests that a page of another site caused."""

    def __init__(self, public_url: str) -> None:
        self._public_url = public_url

    async def __call__(self, request: Request[Any, Any, Any]) -> None:
        """Raises NotPermitted. Every browser that we serve sends one of the two headers."""
        if request.method in _SAFE:
            return
        own = {f"{request.url.scheme}://{request.url.netloc}", self._public_url}
        origin = request.headers.get("origin")
        if origin in own or request.headers.get("sec-fetch-site") == "same-origin":
            return
        raise NotPermitted(FOREIGN)


def guarded(app: App) -> App:
    """The same application, each answer of it with the headers that keep others out."""

    async def answer(scope: Scope, receive: Receive, send: Send) -> None:
        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message.get("headers", ()), *_HEADERS]
            await send(message)

        await app(scope, receive, send_guarded)

    return answer
