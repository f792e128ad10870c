"""Tokens of organizations and keys of accounts: made, shown once, listed, revoked.

Only people manage tokens, signed in or at the command line; tokens and keys never do.
"""

from msgspec import Struct

from fener.actions import secret_texts
from fener.actions.context import Context, audit
from fener.domain.errors import Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.people import Credential, Identity, Permission, Token, TokenKind
from fener.domain.time import DAY
from fener.storage import people
from fener.storage.database import Session
from fener.storage.queries import statements

SQL = statements("tokens")
CUSTOMERS = statements("customers")
LONGEST_NAME = 255
LONGEST_LIFE = 365
_PERSONAL = frozenset({Credential.SESSION, Credential.COMMAND_LINE})


class Issued(Struct, frozen=True):
    """A new token with its secret, which is never shown again."""

    token: Token
    secret: str


class NewToken(Struct, frozen=True, kw_only=True):
    """What is wanted of a new token."""

    name: str
    customer_id: int | None = None
    expires_in_days: int | None = None
    """From 1 to 365; None for ever."""


async def create_token(context: Context, who: Identity, new: NewToken) -> Issued:
    """A token of the organization, or of one customer of it.

    Who manages people may give out either; other members that may watch monitors only those of
    customers that they reach.
    """
    _require_person(who)
    if not _may_issue(who, new.customer_id):
        raise NotPermitted("Your role may not make this token.")
    secret = secret_texts.organization_token()
    return await _issue(context, who, TokenKind.ORGANIZATION, new, secret)


async def create_account_key(
    context: Context, who: Identity, name: str, expires_in_days: int | None = None
) -> Issued:
    """A key that acts as the user who asks."""
    _require_person(who)
    new = NewToken(name=name, expires_in_days=expires_in_days)
    return await _issue(context, who, TokenKind.ACCOUNT, new, secret_texts.account_key())


async def list_tokens(context: Context, who: Identity) -> list[Token]:
    """The tokens of the organization that the caller may manage, newest first."""
    _require_person(who)
    if not who.may(Permission.WATCH):
        raise NotPermitted("Your role may not see tokens.")
    async with context.database.read() as session:
        rows = await session.all(
            f"{SQL['columns']} WHERE t.organization_id = :organization_id ORDER BY t.id DESC",
            {"organization_id": who.organization_id},
        )
    return [token for token in map(people.token, rows) if _may_issue(who, token.customer_id)]


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


async def revoke(context: Context, who: Identity, token_id: int) -> None:
    """End a token or one's own account key at once.

    Raises NotFound, OutOfReach for another organization's or user's, NotPermitted.
    """
    _require_person(who)
    async with context.database.write() as session:
        token = await _find(session, token_id)
        _require_own(who, token)
        await session.run(SQL["delete"], {"id": token_id})
        await audit(
            session, who, context.clock.now(), "token.revoke", f"token:{token_id}", name=token.name
        )


def _require_person(who: Identity) -> None:
    if who.credential not in _PERSONAL:
        raise NotPermitted("Tokens are managed by people who signed in, not by tokens.")


def _may_issue(who: Identity, customer_id: int | None) -> bool:
    """A token of a customer may do there what a `user` may; one of the organization far more."""
    if customer_id is None:
        return who.may(Permission.MANAGE_PEOPLE)
    return who.may(Permission.WATCH, customer_id)


def _require_own(who: Identity, token: Token) -> None:
    if token.kind is TokenKind.ACCOUNT:
        if token.user_id != who.user_id:
            raise OutOfReach("This key is somebody else's.")
        return
    if token.organization_id != who.organization_id:
        raise OutOfReach("This token belongs to another organization.")
    if not _may_issue(who, token.customer_id):
        raise NotPermitted("Your role may not revoke this token.")


async def _issue(
    context: Context, who: Identity, kind: TokenKind, new: NewToken, secret: str
) -> Issued:
    name = _checked_name(new.name)
    now = context.clock.now()
    days = _checked_days(new.expires_in_days)
    is_organizations = kind is TokenKind.ORGANIZATION
    async with context.database.write() as session:
        await _require_customer(session, who, new.customer_id)
        token_id = await session.insert(
            SQL["insert"],
            {
                "kind": kind,
                "name": name,
                "hint": secret_texts.hint(secret),
                "hash": secret_texts.hashed(secret),
                "organization_id": who.organization_id if is_organizations else None,
                "user_id": who.user_id,
                "customer_id": new.customer_id,
                "now": now,
                "expires_at": None if days is None else now + days * DAY,
            },
        )
        subject = f"token:{token_id}"
        await audit(session, who, now, "token.create", subject, name=name, kind=kind)
        return Issued(await _find(session, token_id), secret)


def _checked_name(name: str) -> str:
    stripped = name.strip()
    if not 1 <= len(stripped) <= LONGEST_NAME:
        raise Invalid(f"A token needs a name of 1 to {LONGEST_NAME} characters.", "name")
    return stripped


def _checked_days(days: int | None) -> int | None:
    if days is not None and not 1 <= days <= LONGEST_LIFE:
        raise Invalid(f"A token lives for 1 to {LONGEST_LIFE} days.", "expiresInDays")
    return days


async def _require_customer(session: Session, who: Identity, customer_id: int | None) -> None:
    if customer_id is None:
        return
    found = None
    if people.is_id(customer_id):
        found = await session.value(CUSTOMERS["organization_of"], {"id": customer_id})
    if found != who.organization_id:
        raise Invalid("Invalid customer ID", "customerId")


async def _find(session: Session, token_id: int) -> Token:
    row = None
    if people.is_id(token_id):
        row = await session.one(f"{SQL['columns']} WHERE t.id = :id", {"id": token_id})
    if row is None:
        raise NotFound("Token not found")
    return people.token(row)
