"""What the APIs are told at start, beside the world that actions see."""

from collections.abc import Awaitable
from typing import Protocol

from msgspec import Struct

from fener.actions import identify
from fener.actions.context import Context
from fener.actions.identify import Caller
from fener.domain.people import Identity


class Recognizer(Protocol):
    """Who asks; `fener.actions.identify` is one."""

    def by_bearer(self, context: Context, secret: str) -> Awaitable[Caller | None]: ...
    def by_session(self, context: Context, cookie: str) -> Awaitable[Caller | None]: ...
    def identity_for(
        self, context: Context, caller: Caller, organization_id: int | None = None
    ) -> Awaitable[Identity]: ...


class ApiOptions(Struct, frozen=True, kw_only=True):
    """`public_url` is empty where links are to repeat the address of the request."""

    public_url: str = ""
    rate_limit: int = 100
    """Requests a minute of one address and credential; 0: as many as they like."""
    trusted_proxies: tuple[str, ...] = ()
    session_cookie: str = "fener_session"
    recognizer: Recognizer = identify
