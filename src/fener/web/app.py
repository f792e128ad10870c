"""The web app: assembled from its views, as one ASGI application."""

from typing import Any, cast

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from fener.actions.context import Context
from fener.actions.throttle import SignInThrottle
from fener.domain.errors import FenerError
from fener.ports import StoreUnavailable
from fener.web.guard import App, OwnOrigin, guarded
from fener.web.options import Services, WebOptions
from fener.web.refusals import Refusals
from fener.web.views import VIEWS
from fener.web.visit import Inside, Visit, WebRequest, inside_of, visit_of

BODY_LIMIT = 1024 * 1024


def create_web(context: Context, options: WebOptions) -> App:
    """Answers every path that is no API's. Compile-time work is done when a page is first asked."""
    services = Services(context, options, SignInThrottle(context.clock))
    refusals = Refusals(services)

    async def visit(request: WebRequest) -> Visit:
        return await visit_of(services, request)

    async def inside(request: WebRequest) -> Inside:
        return await inside_of(services, request)

    app = Litestar(
        route_handlers=VIEWS,
        dependencies={"visit": Provide(visit), "inside": Provide(inside)},
        before_request=OwnOrigin(options.public_url),
        exception_handlers={
            FenerError: refusals.refused,
            StoreUnavailable: refusals.refused,
            HTTPException: refusals.http,
            Exception: refusals.fault,
        },
        openapi_config=None,
        logging_config=None,
        request_max_body_size=BODY_LIMIT,
    )
    untyped = cast("Any", app)
    return guarded(cast("App", ProxyHeadersMiddleware(untyped, list(options.trusted_proxies))))
