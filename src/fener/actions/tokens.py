"""Tokens of organizations and keys of accounts: made, shown once, listed, revoked.

Only people manage tokens, signed in or at the command line; tokens and keys never do.
"""

from uuid import UUID

from msgspec import Struct

from fener.actions import secret_texts
from fener.actions.context import Context, audit
from fener.actions.names import checked_name
from fener.actions.rights import require
from fener.domain.errors import Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.people import Credential, Identity, Permission, Token, TokenKind
from fener.domain.time import DAY
from fener.storage import customers, people
from fener.storage.database import Session
from fener.storage.ids import is_id
from fener.storage.queries import statements

SQL = statements("tokens")
LONGEST_LIFE = 365
_PERSONAL = frozenset({Credential.SESSION, Credential.COMMAND_LINE})


class Issued(Struct, frozen=True):
    """A new token with its secret, which is never shown again."""

    token: Token
    secret: str


class NewToken(Struct, frozen=True, kw_only=True):
    """What is wanted of a new token."""

    name: str
    customer_id: int | UUID | None = None
    """The one customer it is limited to, by id or public id."""
    expires_in_days: int | None = None
    """From 1 to 365; None for ever."""


async def create_token(context: Context, who: Identity, new: NewToken) -> Issued:
    """A token of the organization, or of one customer of it, by who manages people."""
    _require_person(who)
    require(who, Permission.MANAGE_PEOPLE)
    return await _issue(context, who, TokenKind.ORGANIZATION, new)


async def create_customer_token(context: Context, who: Identity, new: NewToken) -> Issued:
    """A token of a customer, by anybody who may add monitors there; who manages people may leave
    the customer out.
    """
    _require_person(who)
    require(who, Permission.WATCH)
    if new.customer_id is None and not who.may(Permission.MANAGE_PEOPLE):
        raise Invalid("customerId is required", "customerId")
    return await _issue(context, who, TokenKind.ORGANIZATION, new)


async def create_account_key(
    context: Context, who: Identity, name: str, expires_in_days: int | None = None
) -> Issued:
    """A key that acts as the user who asks."""
    _require_person(who)
    new = NewToken(name=name, expires_in_days=expires_in_days)
    return await _issue(context, who, TokenKind.ACCOUNT, new)


async def list_tokens(context: Context, who: Identity) -> list[Token]:
    """Every token of the organization, newest first."""
    _require_person(who)
    require(who, Permission.MANAGE_PEOPLE)
    return await _of_organization(context, who)


async def list_customer_tokens(context: Context, who: Identity) -> list[Token]:
    """The tokens of single customers that the caller may revoke, newest first."""
    _require_person(who)
    require(who, Permission.WATCH)
    listed = await _of_organization(context, who)
    return [one for one in listed if one.customer_id is not None and _may_issue(who, one)]


async def _of_organization(context: Context, who: Identity) -> list[Token]:
    async with context.database.read() as session:
        rows = await session.all(
            f"{SQL['columns']} WHERE t.organization_id = :organization_id ORDER BY t.id DESC",
            {"organization_id": who.organization_id},
        )
    return [people.token(row) for row in rows]


async def list_account_keys(context: Context, who: Identity) -> list[Token]:
    """The keys of the user who asks, newest first."""
    _require_person(who)
    async with context.database.read() as session:
        rows = await session.all(
            f"{SQL['columns']} WHERE t.kind = 'account' AND t.user_id = :user_id"
            " ORDER BY t.id DESC",
            {"user_id": who.user_id},
        )
    return [people.token(row) for row in rows]


async def revoke(
    context: Context, who: Identity, token_id: int, kind: TokenKind | None = None
) -> None:
    """End a token or one's own account key at once; a `kind` says which of the two it must be.

    Raises NotFound, OutOfReach for another organization's or user's, NotPermitted.
    """
    _require_person(who)
    async with context.database.write() as session:
        token = await _find(session, token_id)
        if kind not in (None, token.kind):
            raise NotFound("Token not found")
        _require_own(who, token)
        await session.run(SQL["delete"], {"id": token_id})
        await audit(
            session, who, context.clock.now(), "token.revoke", f"token:{token_id}", name=token.name
        )


def _require_person(who: Identity) -> None:
    if who.credential not in _PERSONAL:
        raise NotPermitted("Tokens are managed by people who signed in, not by tokens.")


def _may_issue(who: Identity, token: Token) -> bool:
    """A token of a customer may do there what a `user` may; one of the organization far more."""
    if token.customer_id is None:
        return who.may(Permission.MANAGE_PEOPLE)
    return who.may(Permission.WATCH, token.customer_id)


def _require_own(who: Identity, token: Token) -> None:
    if token.kind is TokenKind.ACCOUNT:
        if token.user_id != who.user_id:
            raise OutOfReach("This key is somebody else's.")
        return
    if token.organization_id != who.organization_id:
        raise OutOfReach("This token belongs to another organization.")
    if not _may_issue(who, token):
        raise NotPermitted("Your role may not revoke this token.")


async def _issue(context: Context, who: Identity, kind: TokenKind, new: NewToken) -> Issued:
    name = checked_name(new.name)
    days = _checked_days(new.expires_in_days)
    is_account = kind is TokenKind.ACCOUNT
    secret = secret_texts.account_key() if is_account else secret_texts.organization_token()
    now = context.clock.now()
    async with context.database.write() as session:
        token_id = await session.insert(
            SQL["insert"],
            {
                "kind": kind,
                "name": name,
                "hint": secret_texts.hint(secret),
                "hash": secret_texts.hashed(secret),
                "organization_id": None if is_account else who.organization_id,
                "user_id": who.user_id,
                "customer_id": await _customer(session, who, new.customer_id),
                "now": now,
                "expires_at": None if days is None else now + days * DAY,
            },
        )
        subject = f"token:{token_id}"
        await audit(session, who, now, "token.create", subject, name=name, kind=kind)
        return Issued(await _find(session, token_id), secret)


def _checked_days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= LONGEST_LIFE:
        raise Invalid(f"A token lives for 1 to {LONGEST_LIFE} days.", "expiresInDays")
    return days


async def _customer(session: Session, who: Identity, reference: int | UUID | None) -> int | None:
    if reference is None:
        return None
    found = await customers.find(session, reference)
    if found is None or found.organization_id != who.organization_id:
        raise Invalid("Invalid customer ID", "customerId")
    require(who, Permission.WATCH, found.organization_id, found.id)
    return found.id


async def _find(session: Session, token_id: int) -> Token:
    row = None
    if is_id(token_id):
        row = await session.one(f"{SQL['columns']} WHERE t.id = :id", {"id": token_id})
    if row is None:
        raise NotFound("Token not found")
    return people.token(row)
