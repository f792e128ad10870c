"""What people do with their own account: see and change it, choose where they work."""

from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict

from fener.actions import passwords
from fener.actions.context import Context, audit
from fener.actions.identify import Caller, identity_for
from fener.domain.errors import Invalid, NotPermitted, NotSignedIn
from fener.domain.people import Credential, Language, Membership, User
from fener.storage import people
from fener.storage.database import Session
from fener.storage.queries import statements

SQL = statements("people")
SESSIONS = statements("sessions")
LONGEST_NAME = 100


class ProfileChange(Struct, frozen=True, kw_only=True):
    """What is to be other than it was."""

    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    language: str | UnsetType = UNSET
    timezone: str | UnsetType = UNSET


async def get_profile(context: Context, caller: Caller) -> User:
    """The user who asks. Raises NotPermitted for an organization's token, which is nobody."""
    user_id = _user_of(caller)
    async with context.database.read() as session:
        return await _user(session, user_id)


async def change_profile(context: Context, caller: Caller, change: ProfileChange) -> User:
    user_id = _user_of(caller)
    wanted = _checked(change)
    async with context.database.write() as session:
        before = asdict(await _user(session, user_id))
        await session.run(SQL["update_profile"], {**_columns(before), **wanted, "id": user_id})
        return await _user(session, user_id)


async def change_password(context: Context, caller: Caller, current: str, wanted: str) -> None:
    """Set a new password and end the user's other sessions.

    Raises NotPermitted for all but people who signed in, Invalid naming the field.
    """
    if caller.credential is not Credential.SESSION:
        raise NotPermitted("Sign in to change the password.")
    async with context.database.read() as session:
        stored = await session.value(SQL["password_of"], {"id": caller.user_id})
    if not await passwords.matches(stored, current):
        raise Invalid("The current password is wrong.", "currentPassword")
    renewed = await passwords.hashed(wanted)
    who = await identity_for(context, caller)
    async with context.database.write() as session:
        await session.run(SQL["keep_password"], {"id": caller.user_id, "password_hash": renewed})
        kept = {"user_id": caller.user_id, "kept_id": caller.session_id}
        await session.run(SESSIONS["delete_others"], kept)
        subject = f"user:{caller.user_id}"
        await audit(session, who, context.clock.now(), "user.password", subject)


async def list_memberships(context: Context, caller: Caller) -> list[Membership]:
    """The organizations of the user who asks, by name."""
    user_id = _user_of(caller)
    async with context.database.read() as session:
        rows = await session.all(SQL["memberships_by_name"], {"user_id": user_id})
    return [people.membership(row) for row in rows]


async def choose_organization(context: Context, caller: Caller, organization_id: int) -> None:
    """Make this the organization the user works in. Raises OutOfReach."""
    user_id = _user_of(caller)
    who = await identity_for(context, caller, organization_id)
    async with context.database.write() as session:
        chosen = {"organization_id": who.organization_id, "user_id": user_id}
        await session.run(SQL["choose_organization"], chosen)


def _user_of(caller: Caller) -> int:
    if caller.credential is Credential.TOKEN:
        raise NotPermitted("A token of an organization has no user account.")
    if caller.user_id is None:
        raise NotSignedIn("Sign in first.")
    return caller.user_id


async def _user(session: Session, user_id: int) -> User:
    row = await session.one(SQL["user"], {"id": user_id})
    if row is None:
        raise NotSignedIn("This user is no more.")
    return people.user(row)


def _columns(user: dict[str, object]) -> dict[str, object]:
    return {name: user[name] for name in ("first_name", "last_name", "language", "timezone")}


def _checked(change: ProfileChange) -> dict[str, object]:
    given = {name: value for name, value in asdict(change).items() if value is not UNSET}
    for name in ("first_name", "last_name"):
        if name in given:
            given[name] = checked_part(given[name], name)
    if "language" in given:
        given["language"] = Language.of(given["language"])
    if "timezone" in given:
        given["timezone"] = _zone(given["timezone"])
    return given


def checked_part(name: str, field: str) -> str:
    """A first or last name, which may be empty. Raises Invalid."""
    stripped = name.strip()
    if len(stripped) > LONGEST_NAME or not stripped.isprintable():
        raise Invalid(f"A name has at most {LONGEST_NAME} printable characters.", field)
    return stripped


def _zone(text: str) -> str:
    try:
        return str(ZoneInfo(text))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Invalid(
            f"{text!r} is no time zone, wanted one as Europe/Istanbul.", "timezone"
        ) from None
