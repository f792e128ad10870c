"""Both REST APIs as one ASGI application, and their OpenAPI documents."""

from functools import cache
from typing import Any

import msgspec
from litestar import Litestar
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fener.actions.context import Context
from fener.api.account import app as account
from fener.api.account.words import WORDS as ACCOUNT_WORDS
from fener.api.asgi import App, Receive, Scope, Send
from fener.api.dispatch import Contract, Dispatcher
from fener.api.documents import document
from fener.api.door import Door
from fener.api.errors import Words
from fener.api.limits import RateLimit
from fener.api.options import ApiOptions
from fener.api.organization import app as organization
from fener.api.organization.words import WORDS as ORGANIZATION_WORDS


class Api:
    """Answers everything below `/api/`."""

    def __init__(self, app: App, documents: dict[Contract, dict[str, Any]]) -> None:
        self.documents = documents
        """The OpenAPI documents, for the readable pages."""
        self._app = app
        self._files = {
            f"/api/openapi/{contract}.json": msgspec.json.encode(described)
            for contract, described in documents.items()
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        file = self._files.get(scope["path"]) if scope["method"] in {"GET", "HEAD"} else None
        if file is None:
            await self._app(scope, receive, send)
        else:
            await _send_file(file, scope, send)


def create_api(context: Context, options: ApiOptions) -> Api:
    """The account API and the organization API behind their dispatcher."""
    limit = RateLimit(options.rate_limit, context.clock)

    def behind_door(contract: Contract, words: Words) -> Door:
        return Door(_asgi(_apps()[contract]), words, context, options, limit)

    dispatcher = Dispatcher(
        account=behind_door(Contract.ACCOUNT, ACCOUNT_WORDS),
        organization=behind_door(Contract.ORGANIZATION, ORGANIZATION_WORDS),
        context=context,
        options=options,
    )
    return Api(_believing(options.trusted_proxies, dispatcher), documents())


@cache
def _apps() -> dict[Contract, Litestar]:
    """Made once: they keep nothing, all that they need comes with the request."""
    return {
        Contract.ACCOUNT: account.create_app(),
        Contract.ORGANIZATION: organization.create_app(),
    }


@cache
def documents() -> dict[Contract, dict[str, Any]]:
    """The OpenAPI document of each contract."""
    forms = {Contract.ACCOUNT: account.FORM, Contract.ORGANIZATION: organization.FORM}
    return {contract: document(app, forms[contract]) for contract, app in _apps().items()}


def _asgi(app: Litestar) -> App:
    """Litestar types the same protocol more narrowly."""
    untyped: Any = app
    return untyped  # type: ignore[no-any-return]


def _believing(proxies: tuple[str, ...], app: App) -> App:
    """Takes the client's address and scheme from X-Forwarded headers of these proxies alone."""
    untyped: Any = app
    believing: Any = ProxyHeadersMiddleware(untyped, list(proxies))
    return believing  # type: ignore[no-any-return]


async def _send_file(file: bytes, scope: Scope, send: Send) -> None:
    headers = [
        (b"content-type", b"application/json"),
        (b"content-length", str(len(file)).encode()),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else file})
