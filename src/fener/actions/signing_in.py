"""Signing in with e-mail and password, the sessions this makes, and their end."""

from msgspec import Struct, json

from fener.actions import passwords, secret_texts
from fener.actions.context import Context
from fener.actions.identify import SESSION_LIFE, Caller
from fener.actions.throttle import SignInThrottle
from fener.domain.email import spelled
from fener.domain.errors import NotFound, NotPermitted, NotSignedIn, OutOfReach
from fener.domain.people import BrowserSession, Credential, Language
from fener.domain.time import Instant
from fener.storage import people
from fener.storage.database import Row, Session
from fener.storage.ids import is_id
from fener.storage.queries import statements

SQL = statements("sessions")
AUDIT = statements("audit")
PEOPLE = statements("people")
WRONG = "The e-mail address or the password is wrong."
_AGENT_LENGTH = 300


class Attempt(Struct, frozen=True):
    """What somebody typed, and from where."""

    email: str
    password: str
    address: str
    user_agent: str = ""


class SignedIn(Struct, frozen=True):
    """A new session. `cookie` is what the browser is given; only its hash is stored."""

    cookie: str
    csrf_token: str
    user_id: int
    language: Language
    expires_at: Instant


async def sign_in(context: Context, throttle: SignInThrottle, attempt: Attempt) -> SignedIn:
    """Make a session for whoever this is.

    Raises TooMany, and NotSignedIn in the same words and after the same work whether the address
    is unknown, the user disabled or the password wrong.
    """
    throttle.admit(attempt.email, attempt.address)
    found = await _credentials(context, attempt.email)
    stored = found["password_hash"] if found else None
    if not await passwords.matches(stored, attempt.password) or found is None:
        async with context.database.write() as session:
            await _note(session, context, "login.failed", found, attempt)
        raise NotSignedIn(WRONG)
    throttle.succeeded(attempt.email, attempt.address)
    return await _open(context, found, attempt)


async def sign_out(context: Context, caller: Caller) -> None:
    """End the session that asks."""
    if caller.session_id is not None:
        async with context.database.write() as session:
            await session.run(SQL["delete"], {"id": caller.session_id})


async def list_sessions(context: Context, caller: Caller) -> list[BrowserSession]:
    """Where the caller's user is signed in, the last used first."""
    _require_session(caller)
    now = context.clock.now()
    async with context.database.read() as session:
        rows = await session.all(SQL["of_user"], {"user_id": caller.user_id, "now": now})
    return [people.browser_session(row, caller.session_id) for row in rows]


async def end_session(context: Context, caller: Caller, session_id: int) -> None:
    """End one of one's own sessions. Raises NotFound, OutOfReach."""
    _require_session(caller)
    if not is_id(session_id):
        raise NotFound("There is no such session.")
    async with context.database.write() as session:
        owner = await session.value(SQL["owner_of"], {"id": session_id})
        if owner is None:
            raise NotFound("There is no such session.")
        if owner != caller.user_id:
            raise OutOfReach("This session is somebody else's.")
        await session.run(SQL["delete"], {"id": session_id})


async def end_other_sessions(context: Context, caller: Caller) -> int:
    """End every session of the caller's user but the one that asks; gives how many."""
    _require_session(caller)
    kept = {"user_id": caller.user_id, "kept_id": caller.session_id}
    async with context.database.write() as session:
        return await session.run(SQL["delete_others"], kept)


def _require_session(caller: Caller) -> None:
    if caller.credential is not Credential.SESSION:
        raise NotPermitted("Sign in to see or end sessions.")


async def _credentials(context: Context, email: str) -> Row | None:
    # Half a surrogate pair, which JSON can carry, is in no address and no database text.
    known = spelled(email).encode(errors="replace").decode()
    async with context.database.read() as session:
        return await session.one(SQL["credentials"], {"email": known})


async def _open(context: Context, found: Row, attempt: Attempt) -> SignedIn:
    now = context.clock.now()
    renewed = await _renewed_hash(found["password_hash"], attempt.password)
    made = SignedIn(
        cookie=secret_texts.link_secret(),
        csrf_token=secret_texts.link_secret(),
        user_id=found["id"],
        language=Language(found["language"]),
        expires_at=now + SESSION_LIFE,
    )
    async with context.database.write() as session:
        await session.run(SQL["delete_expired"], {"now": now})
        await session.insert(
            SQL["insert"],
            {
                "hash": secret_texts.hashed(made.cookie),
                "user_id": made.user_id,
                "csrf_token": made.csrf_token,
                "user_agent": attempt.user_agent[:_AGENT_LENGTH],
                "address": attempt.address,
                "now": now,
                "expires_at": made.expires_at,
            },
        )
        await session.run(SQL["count_login"], {"user_id": made.user_id, "now": now})
        if renewed is not None:
            kept = {"id": made.user_id, "password_hash": renewed}
            await session.run(PEOPLE["keep_password"], kept)
        await _note(session, context, "login.success", found, attempt)
    return made


async def _renewed_hash(stored: str, password: str) -> str | None:
    """The password hashed with today's parameters, where its hash has older ones."""
    return await passwords.hashed_again(password) if passwords.is_outdated(stored) else None


async def _note(
    session: Session, context: Context, action: str, found: Row | None, attempt: Attempt
) -> None:
    """The address that was typed is not kept: people type passwords into that field."""
    detail = {"address": attempt.address, "user_agent": attempt.user_agent[:_AGENT_LENGTH]}
    await session.run(
        AUDIT["insert"],
        {
            "organization_id": found["active_organization_id"] if found else None,
            "at": context.clock.now(),
            "user_id": found["id"] if found else None,
            "token_id": None,
            "credential": Credential.SESSION,
            "action": action,
            "subject": f"user:{found['id']}" if found else "user",
            "detail": json.encode(detail).decode(),
        },
    )
