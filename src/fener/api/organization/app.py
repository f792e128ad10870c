"""The application that answers in the organization API. A resource is a file beside this one with
a list `ROUTES`, entered here.
"""

from litestar import Litestar

from fener.api.documents import Form
from fener.api.errors import handler
from fener.api.organization import (
    customers,
    incidents,
    notification_channels,
    organization,
    packages,
    service_details,
    service_histories,
    service_monitors,
    tokens,
    users,
    website_histories,
    websites,
    words,
)
from fener.api.organization.asking import ORGANIZATION_ID, OrganizationAsking
from fener.api.routes import Routes

ROUTES: Routes = [
    *incidents.ROUTES,
    *websites.ROUTES,
    *website_histories.ROUTES,
    *service_monitors.ROUTES,
    *service_histories.ROUTES,
    *service_details.ROUTES,
    *notification_channels.ROUTES,
    *customers.ROUTES,
    *users.ROUTES,
    *organization.ROUTES,
    *packages.ROUTES,
    *tokens.ROUTES,
]

FORM = Form(
    title="Fener organization API",
    introduction=(
        "What a member or a token of an organization sees and changes: JSON, a UUID `publicId` "
        "beside each numeric `id`, times in ISO 8601 with milliseconds. Updating is PATCH."
    ),
    body_types=("application/json",),
    error=words.Error,
    refusals={
        400: "Organization ID is required",
        401: "Unauthorized",
        403: "Forbidden",
        429: "Too many requests",
        500: "Internal server error",
    },
    credentials={"token": {"type": "http", "scheme": "bearer"}},
    everywhere=(ORGANIZATION_ID,),
)


def create_app() -> Litestar:
    return Litestar(
        ROUTES,
        request_class=OrganizationAsking,
        exception_handlers={Exception: handler(words.WORDS)},
        openapi_config=None,
        logging_config=None,
    )
