"""Who asks, and for which organization: from a bearer secret or a session cookie to an Identity.

Nothing tells an unknown secret from an expired or revoked one.
"""

from weakref import WeakKeyDictionary

import structlog
from msgspec import Struct

from fener.actions import secret_texts
from fener.actions.context import Context
from fener.domain.errors import NoOrganization, OutOfReach
from fener.domain.people import Credential, Identity, Role, TokenKind
from fener.domain.time import DAY, MINUTE, Instant, Span
from fener.ports import StoreUnavailable
from fener.storage.database import Database, Row
from fener.storage.ids import split_ids
from fener.storage.queries import statements

LOG = structlog.get_logger()
PEOPLE = statements("people")
TOKENS = statements("tokens")
SESSIONS = statements("sessions")

SESSION_LIFE: Span = 30 * DAY
"""Counted from the last time a session was used."""
_NOTE_EVERY: Span = MINUTE


class Caller(Struct, frozen=True):
    """Somebody who proved who they are; for which organization they ask is not yet settled."""

    credential: Credential
    user_id: int | None = None
    """Of a token: who made it."""
    token_id: int | None = None
    organization_id: int | None = None
    """A token's own."""
    customer_id: int | None = None
    """The one customer to which a token is limited."""
    session_id: int | None = None
    csrf_token: str | None = None


async def by_bearer(context: Context, secret: str) -> Caller | None:
    """The holder of an account key or a `wsm_` token; None for anything that is not in force."""
    now = context.clock.now()
    async with context.database.read() as session:
        row = await session.one(
            TOKENS["by_hash"], {"hash": secret_texts.hashed(secret), "now": now}
        )
    if row is None:
        return None
    await _note_use(context, f"token:{row['id']}", row["last_used_at"], _Use.token(row, now))
    return Caller(
        credential=_CREDENTIALS[TokenKind(row["kind"])],
        user_id=row["user_id"],
        token_id=row["id"],
        organization_id=row["organization_id"],
        customer_id=row["customer_id"],
    )


_CREDENTIALS = {
    TokenKind.ACCOUNT: Credential.ACCOUNT_KEY,
    TokenKind.ORGANIZATION: Credential.TOKEN,
}


async def by_session(context: Context, cookie: str) -> Caller | None:
    """Whoever signed in and was given this cookie; being used prolongs the session."""
    now = context.clock.now()
    async with context.database.read() as session:
        row = await session.one(
            SESSIONS["by_hash"], {"hash": secret_texts.hashed(cookie), "now": now}
        )
    if row is None:
        return None
    await _note_use(context, f"session:{row['id']}", row["last_seen_at"], _Use.session(row, now))
    return Caller(
        credential=Credential.SESSION,
        user_id=row["user_id"],
        session_id=row["id"],
        csrf_token=row["csrf_token"],
    )


async def identity_for(
    context: Context, caller: Caller, organization_id: int | None = None
) -> Identity:
    """The caller in one organization: the one they name, else their own or active one.

    Raises NoOrganization where there is none, OutOfReach for one that is not theirs or unknown.
    """
    if organization_id is not None and organization_id <= 0:
        raise NoOrganization("Organization ID is required")
    if caller.credential is Credential.TOKEN:
        return _identity_of_token(caller, organization_id)
    async with context.database.read() as session:
        rows = await session.all(PEOPLE["memberships"], {"user_id": caller.user_id})
    if organization_id is not None:
        rows = [row for row in rows if row["organization_id"] == organization_id]
        if not rows:
            raise OutOfReach("You are no member of this organization.")
    if not rows:
        raise NoOrganization("Organization ID is required")
    return _identity_of_member(caller, rows[0])


def _identity_of_token(caller: Caller, organization_id: int | None) -> Identity:
    own = caller.organization_id
    if own is None:
        raise NoOrganization("Organization ID is required")
    if organization_id not in (None, own):
        raise OutOfReach("This token belongs to another organization.")
    limit = caller.customer_id
    return Identity(
        organization_id=own,
        role=Role.ADMIN if limit is None else Role.USER,
        credential=caller.credential,
        user_id=caller.user_id,
        token_id=caller.token_id,
        customer_ids=None if limit is None else frozenset({limit}),
    )


def _identity_of_member(caller: Caller, row: Row) -> Identity:
    return Identity(
        organization_id=row["organization_id"],
        role=Role(row["role"]),
        credential=caller.credential,
        user_id=caller.user_id,
        token_id=caller.token_id,
        customer_ids=frozenset(split_ids(row["customer_ids"])) if row["is_limited"] else None,
    )


class _Use(Struct, frozen=True):
    """The changes that note a use."""

    at: Instant
    changes: tuple[tuple[str, dict[str, int]], ...]

    @classmethod
    def token(cls, row: Row, now: Instant) -> "_Use":
        return cls(now, ((TOKENS["touch"], {"id": row["id"], "now": now}),))

    @classmethod
    def session(cls, row: Row, now: Instant) -> "_Use":
        prolonged = {"id": row["id"], "now": now, "expires_at": now + SESSION_LIFE}
        seen = {"user_id": row["user_id"], "now": now}
        return cls(now, ((SESSIONS["touch"], prolonged), (SESSIONS["touch_user"], seen)))


_tried: WeakKeyDictionary[Database, dict[str, Instant]] = WeakKeyDictionary()
"""When a use was last tried to be noted, by store: one that cannot be written is not asked again
with every request."""
_TRIED_MAX = 10_000


async def _note_use(context: Context, name: str, noted_at: Instant | None, use: _Use) -> None:
    """Once a minute at most. A store that can only be read must not turn people away."""
    tried = _tried.setdefault(context.database, {})
    last = max(noted_at or 0, tried.get(name, 0))
    if use.at - last < _NOTE_EVERY:
        return
    if len(tried) >= _TRIED_MAX:
        tried.clear()
    tried[name] = use.at
    try:
        async with context.database.write() as session:
            for sql, parameters in use.changes:
                await session.run(sql, parameters)
    except StoreUnavailable as error:
        LOG.warning("a use could not be noted", used=name, error=str(error))
