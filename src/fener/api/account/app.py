"""The application that answers in the account API. A resource is a file beside this one with a
list `ROUTES`, entered here.
"""

from litestar import Litestar

from fener.api.account import (
    dns_monitors,
    heartbeats,
    incidents,
    monitors,
    notification_handlers,
    user,
    words,
)
from fener.api.account.asking import FORM_TYPES, AccountAsking
from fener.api.documents import Form
from fener.api.errors import handler
from fener.api.routes import Routes

ROUTES: Routes = [
    *incidents.ROUTES,
    *monitors.ROUTES,
    *heartbeats.ROUTES,
    *dns_monitors.ROUTES,
    *notification_handlers.ROUTES,
    *user.ROUTES,
]

FORM = Form(
    title="Fener account API",
    introduction=(
        "What the key of a user account sees and changes: `data`, `meta` and `links`, integer ids, "
        "times as `Y-m-d H:i:s` in UTC. Bodies are forms or JSON; updating is POST."
    ),
    body_types=FORM_TYPES,
    error=words.Errors,
    refusals={
        400: "What makes no sense, and in which field.",
        401: "Unauthorized",
        403: "The role may not do this.",
        429: "Too many requests",
        500: "Internal server error",
    },
    lists_end_with_slash=True,
    credentials={"key": {"type": "http", "scheme": "bearer"}},
)


def create_app() -> Litestar:
    return Litestar(
        ROUTES,
        request_class=AccountAsking,
        exception_handlers={Exception: handler(words.WORDS)},
        openapi_config=None,
        logging_config=None,
    )
