"""The front of a serving process: APIs, pings, health page and web app over one context."""

from typing import Any
from uuid import UUID

from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fener.actions.context import Context
from fener.api.app import create_api
from fener.api.asgi import App, Scope
from fener.api.compat.pings import Pings
from fener.api.front import Front, HealthPage
from fener.api.options import ApiOptions
from fener.bootstrap.stages import Stages
from fener.faults import FaultBoard
from fener.settings import Settings
from fener.storage import monitors
from fener.web.app import create_web
from fener.web.options import WebOptions


def assembled_front(
    settings: Settings, context: Context, stages: Stages, faults: FaultBoard
) -> App:
    """Everything that the web server answers."""
    proxies = settings.trusted_proxies
    api = create_api(
        context,
        ApiOptions(
            public_url=settings.public_url,
            rate_limit=settings.rate_limit,
            trusted_proxies=proxies,
        ),
    )
    web = create_web(
        context,
        WebOptions(
            publisher=stages.publisher,
            faults=faults,
            documents={str(contract): one for contract, one in api.documents.items()},
            public_url=settings.public_url,
            can_mail=bool(settings.smtp_url),
            trusted_proxies=proxies,
        ),
    )

    async def heartbeat_of(key: UUID) -> int | None:
        async with context.database.read() as session:
            return await monitors.id_by_ping_key(session, key)

    pings: Any = Pings(stages.hearing.hear, heartbeat_of, context.clock, _client_address)
    believing: Any = ProxyHeadersMiddleware(pings, list(proxies))
    return Front(api=api, pings=believing, health=HealthPage(faults), web=web)


def _client_address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else ""
