"""Tokens of the organization and keys of one's own account: made, shown once, revoked."""

from typing import Any

from litestar import Response, get, post

from fener.actions import customers, tokens
from fener.actions.tokens import NewToken
from fener.domain.errors import Invalid
from fener.domain.people import Permission, Token, TokenKind
from fener.web.forms import Form, Wanted
from fener.web.inside import show
from fener.web.languages import marked
from fener.web.views.monitors import number_of
from fener.web.visit import Entered, Inside, PathText

HERE = "/tokens"
LIVES = {
    "": marked("for ever"),
    "30": marked("30 days"),
    "90": marked("90 days"),
    "365": marked("365 days"),
}
_WANTED = Wanted(
    told={
        "name": marked("A name of 1 to 255 characters is wanted."),
        "life": marked("From 1 to 365 days are wanted."),
        "customer": marked("A customer of this organization is wanted."),
    },
    names={"expiresInDays": "life", "customerId": "customer"},
)


@get("/tokens")
async def token_list(inside: Entered) -> Response[Any]:
    return await _page(inside, Form.filled(kind=TokenKind.ORGANIZATION))


@post("/tokens")
async def create(inside: Entered) -> Response[Any]:
    """The answer shows the secret; it is not redirected, so that it stands nowhere else."""
    form = await inside.form()
    try:
        issued = await _issue(inside, form)
    except Invalid as error:
        form.take(error, inside.words, _WANTED)
        return await _page(inside, form, status=422)
    return await _page(inside, Form.filled(kind=form.text("kind")), issued=issued)


async def _issue(inside: Inside, form: Form) -> tokens.Issued:
    life = form.number("life", 1, 365)
    name = form.text("name")
    if form.text("kind") == TokenKind.ACCOUNT:
        return await tokens.create_account_key(inside.context, inside.who, name, life)
    new = NewToken(
        name=name, customer_id=form.number("customer", 1, 2**63 - 1), expires_in_days=life
    )
    return await tokens.create_customer_token(inside.context, inside.who, new)


@get("/tokens/{number:str}/revoke")
async def ask_to_revoke(inside: Entered, number: PathText) -> Response[Any]:
    known = await _all(inside)
    token = next((one for one in known if one.id == number_of(number)), None)
    if token is None:
        return inside.redirect("/tokens")
    return await show(inside, "token_revoke.html", HERE, token=token)


@post("/tokens/{number:str}/revoke")
async def revoke(inside: Entered, number: PathText) -> Response[Any]:
    await inside.form()
    await tokens.revoke(inside.context, inside.who, number_of(number))
    return inside.redirect("/tokens", "token-revoked")


async def _all(inside: Inside) -> list[Token]:
    """The organization's or its customers', as the role may see them, and one's own keys."""
    own = await tokens.list_account_keys(inside.context, inside.who)
    if inside.who.may(Permission.MANAGE_PEOPLE):
        return [*await tokens.list_tokens(inside.context, inside.who), *own]
    if inside.who.may(Permission.WATCH):
        return [*await tokens.list_customer_tokens(inside.context, inside.who), *own]
    return own


async def _page(
    inside: Inside, form: Form, issued: tokens.Issued | None = None, status: int = 200
) -> Response[Any]:
    return await show(
        inside,
        "tokens.html",
        HERE,
        status=status,
        form=form,
        issued=issued,
        tokens=await _all(inside),
        customers=await customers.list_all(inside.context, inside.who),
        lives=LIVES,
        kinds=_kinds(inside),
        may_all=inside.who.may(Permission.MANAGE_PEOPLE),
    )


def _kinds(inside: Inside) -> list[TokenKind]:
    return list(TokenKind) if inside.who.may(Permission.WATCH) else [TokenKind.ACCOUNT]


HANDLERS = (token_list, create, ask_to_revoke, revoke)
