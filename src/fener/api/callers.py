"""From the headers of a request to the caller, and whether a cookie may be believed here."""

import hmac
from typing import cast

from fener.actions.context import Context
from fener.actions.identify import Caller
from fener.api.asgi import Scope
from fener.api.options import ApiOptions
from fener.domain.errors import NotPermitted
from fener.domain.people import Credential

CSRF_HEADER = b"x-csrf-token"
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_BEARER = "bearer "
_STATE = "fener.caller"


async def recognized(context: Context, options: ApiOptions, scope: Scope) -> Caller | None:
    """Who sent this request, asked of the store once however often it is wanted."""
    state = scope.setdefault("state", {})
    if _STATE not in state:
        state[_STATE] = await _recognized(context, options, scope)
    return cast("Caller | None", state[_STATE])


async def _recognized(context: Context, options: ApiOptions, scope: Scope) -> Caller | None:
    authorization = header(scope, b"authorization") or ""
    if authorization.lower().startswith(_BEARER):
        secret = authorization[len(_BEARER) :].strip()
        return await options.recognizer.by_bearer(context, secret) if secret else None
    cookie = _cookie(scope, options.session_cookie)
    return await options.recognizer.by_session(context, cookie) if cookie else None


def require_same_origin(caller: Caller, scope: Scope, site: str) -> None:
    """A cookie is sent by the browser whoever asks it to, so an unsafe method needs a sign that it
    was one of our own pages: its origin, or the token that only they can read.
    """
    if caller.credential is not Credential.SESSION or scope["method"] in _SAFE:
        return
    own = {site, f"{scope['scheme']}://{header(scope, b'host')}"}
    if header(scope, b"origin") in own or header(scope, b"sec-fetch-site") == "same-origin":
        return
    given, wanted = header(scope, CSRF_HEADER), caller.csrf_token
    if given and wanted and hmac.compare_digest(given.encode(), wanted.encode()):
        return
    raise NotPermitted("The request comes from another site.")


def header(scope: Scope, name: bytes) -> str | None:
    """The first header of a lower-case name."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), None)


def _cookie(scope: Scope, name: str) -> str | None:
    """Read by hand: the library's parser stops at the first cookie of others that it dislikes."""
    for key, value in scope["headers"]:
        if key == b"cookie":
            for pair in value.decode("latin-1").split(";"):
                given, _, content = pair.strip().partition("=")
                if given == name:
                    return str(content)
    return None
