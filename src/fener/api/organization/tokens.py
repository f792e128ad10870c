"""Tokens in the organization API: for people who signed in, never for tokens."""

from litestar import delete, get, post
from msgspec import Struct

from fener.actions import tokens
from fener.actions.tokens import Issued, NewToken
from fener.api.described import Parameter, described
from fener.api.organization.asking import OrganizationAsking
from fener.api.organization.references import path_number, reference
from fener.api.organization.success import SUCCESS_EXAMPLE, Success
from fener.api.organization.times import time_or_none
from fener.api.routes import Routes
from fener.domain.people import Token, TokenKind
from fener.domain.time import iso_text

OF_ORGANIZATION = "/api/organization/tokens"
OF_CUSTOMER = "/api/customer/tokens"
TAG = "Tokens"
WANTED = "Invalid token ID"
BAD_CUSTOMER = "Invalid customer ID"
ID = Parameter(name="token_id", type="integer", description="Number of the token.")
SIGNED_IN = "Needs a session: tokens do not manage tokens."


class TokenCreation(Struct, rename="camel"):
    """`expiresInDays` is 1 to 365, or null for ever; `customerId` a number or a UUID."""

    name: str
    expires_in_days: int | None = None
    customer_id: int | str | None = None


class CreatedToken(Struct, rename="camel"):
    """`token` is shown this once."""

    id: int
    name: str
    token: str
    last_used_at: str | None
    expires_at: str | None
    created_at: str


class ListedToken(Struct, rename="camel"):
    """`tokenHint` is how the token begins."""

    id: int
    organization_id: int | None
    name: str
    customer_id: int | None
    customer_name: str | None
    last_used_at: str | None
    expires_at: str | None
    created_at: str
    token_hint: str


_TIMES = {
    "lastUsedAt": None,
    "expiresAt": "2027-02-26T12:10:00.000Z",
    "createdAt": "2026-02-26T12:10:00.000Z",
}
CREATED_EXAMPLE = {"id": 3, "name": "Deploy", "token": "wsm_4b1e...", **_TIMES}
LISTED_EXAMPLE = {
    "id": 3,
    "organizationId": 1,
    "name": "Deploy",
    "customerId": 7,
    "customerName": "Lakeside Books",
    **_TIMES,
    "tokenHint": "wsm_4b1e...",
}


@get(
    OF_ORGANIZATION,
    opt=described(
        summary="List tokens",
        tag=TAG,
        description=SIGNED_IN,
        answer=list[ListedToken],
        example=[LISTED_EXAMPLE],
    ),
)
async def list_tokens(request: OrganizationAsking) -> list[ListedToken]:
    who = await request.identity()
    return [_listed(one) for one in await tokens.list_tokens(request.world, who)]


@post(
    OF_ORGANIZATION,
    status_code=200,
    opt=described(
        summary="Create a token",
        tag=TAG,
        description=f"{SIGNED_IN} With `customerId` it is limited to that customer.",
        body=TokenCreation,
        answer=CreatedToken,
        example=CREATED_EXAMPLE,
    ),
)
async def create_token(request: OrganizationAsking) -> CreatedToken:
    new = _wanted(request)
    who = await request.identity()
    return _created(await tokens.create_token(request.world, who, new))


@get(
    OF_CUSTOMER,
    opt=described(
        summary="List tokens of customers",
        tag=TAG,
        description=SIGNED_IN,
        answer=list[ListedToken],
        example=[LISTED_EXAMPLE],
    ),
)
async def list_customer_tokens(request: OrganizationAsking) -> list[ListedToken]:
    who = await request.identity()
    return [_listed(one) for one in await tokens.list_customer_tokens(request.world, who)]


@post(
    OF_CUSTOMER,
    status_code=200,
    opt=described(
        summary="Create a token of a customer",
        tag=TAG,
        description=f"{SIGNED_IN} Only admins may leave `customerId` out.",
        body=TokenCreation,
        answer=CreatedToken,
        example=CREATED_EXAMPLE,
    ),
)
async def create_customer_token(request: OrganizationAsking) -> CreatedToken:
    new = _wanted(request)
    who = await request.identity()
    return _created(await tokens.create_customer_token(request.world, who, new))


@delete(
    [f"{OF_ORGANIZATION}/{{token_id:str}}", f"{OF_CUSTOMER}/{{token_id:str}}"],
    status_code=200,
    opt=described(
        summary="Revoke a token",
        tag=TAG,
        description=SIGNED_IN,
        path=(ID,),
        answer=Success,
        example=SUCCESS_EXAMPLE,
    ),
)
async def revoke_token(request: OrganizationAsking) -> Success:
    number = path_number(request, ID.name, WANTED)
    who = await request.identity()
    await tokens.revoke(request.world, who, number, TokenKind.ORGANIZATION)
    return Success()


def _wanted(request: OrganizationAsking) -> NewToken:
    body = request.read(TokenCreation)
    named = body.customer_id
    return NewToken(
        name=body.name,
        expires_in_days=body.expires_in_days,
        customer_id=None if named is None else reference(named, BAD_CUSTOMER),
    )


def _created(issued: Issued) -> CreatedToken:
    token = issued.token
    return CreatedToken(
        id=token.id,
        name=token.name,
        token=issued.secret,
        last_used_at=time_or_none(token.last_used_at),
        expires_at=time_or_none(token.expires_at),
        created_at=iso_text(token.created_at),
    )


def _listed(token: Token) -> ListedToken:
    return ListedToken(
        id=token.id,
        organization_id=token.organization_id,
        name=token.name,
        customer_id=token.customer_id,
        customer_name=token.customer_name,
        last_used_at=time_or_none(token.last_used_at),
        expires_at=time_or_none(token.expires_at),
        created_at=iso_text(token.created_at),
        token_hint=token.hint,
    )


ROUTES: Routes = (
    list_tokens,
    create_token,
    list_customer_tokens,
    create_customer_token,
    revoke_token,
)
