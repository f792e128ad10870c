"""Members of an organization: added, listed, changed, removed.

An admin manages everybody but owners; only owners make, change and remove owners. A user who is a
member elsewhere too keeps their own name, address and password: those are nobody else's to change.
"""

from uuid import UUID

from msgspec import UNSET, Struct, UnsetType
from msgspec.structs import asdict, replace

from fener.actions import birth, passwords
from fener.actions.context import Context, audit
from fener.actions.profile import checked_part
from fener.actions.rights import require
from fener.domain.email import normal_address
from fener.domain.errors import Conflict, Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.people import LIMITABLE, Identity, Member, Permission, Role
from fener.domain.time import Instant
from fener.storage import customers
from fener.storage import members as stored
from fener.storage.database import Session
from fener.storage.queries import statements

PEOPLE = statements("people")
SESSIONS = statements("sessions")
TAKEN = "There is a user with this e-mail address already."
LAST_OWNER = "An organization needs an owner: make somebody else one first."


class NewMember(Struct, frozen=True, kw_only=True):
    """Somebody to be added. `customer_ids` None: every customer, of a `readonly` none."""

    email: str
    role: str
    first_name: str = ""
    last_name: str = ""
    password: str | None = None
    customer_ids: tuple[int | UUID, ...] | None = None


class MemberChange(Struct, frozen=True, kw_only=True):
    """What is to be other than it was."""

    email: str | UnsetType = UNSET
    role: str | UnsetType = UNSET
    first_name: str | UnsetType = UNSET
    last_name: str | UnsetType = UNSET
    password: str | UnsetType = UNSET
    customer_ids: tuple[int | UUID, ...] | UnsetType | None = UNSET
    is_enabled: bool | UnsetType = UNSET


async def add(context: Context, who: Identity, new: NewMember) -> Member:
    """Add somebody, making their user where the address is new.

    Raises Conflict for a member, and for a user of elsewhere who is given a password.
    """
    require(who, Permission.MANAGE_PEOPLE)
    role = _role(new.role)
    _require_rank(who, role)
    email = normal_address(new.email)
    password_hash = None if new.password is None else await passwords.hashed(new.password)
    wanted = birth.NewUser(
        email=email,
        first_name=checked_part(new.first_name, "firstName"),
        last_name=checked_part(new.last_name, "lastName"),
        password_hash=password_hash,
        organization_id=who.organization_id,
    )
    now = context.clock.now()
    async with context.database.write() as session:
        limit = await _limit(session, who, role, new.customer_ids)
        user_id = await _user(context, session, who, wanted, now)
        joined = stored.NewMembership(who.organization_id, user_id, role, limit)
        await stored.insert(session, joined, now)
        await audit(session, who, now, "member.add", _subject(user_id), email=email, role=role)
        return await _found(session, who, user_id)


async def list_all(context: Context, who: Identity) -> list[Member]:
    """Everybody in the organization, who joined first, first."""
    require(who, Permission.MANAGE_PEOPLE)
    async with context.database.read() as session:
        return await stored.of_organization(session, who.organization_id)


async def get(context: Context, who: Identity, reference: int | UUID) -> Member:
    """A member by the id or public id of their user. Raises NotFound, OutOfReach."""
    require(who, Permission.MANAGE_PEOPLE)
    async with context.database.read() as session:
        return await _found(session, who, reference)


async def change(
    context: Context, who: Identity, reference: int | UUID, change: MemberChange
) -> Member:
    """Change what is given. A new password, or being disabled, ends their sessions."""
    require(who, Permission.MANAGE_PEOPLE)
    given = None if change.password is UNSET else await passwords.hashed(change.password)
    now = context.clock.now()
    async with context.database.write() as session:
        before = await _found(session, who, reference)
        _require_rank(who, before.role)
        after = await _changed(session, who, before, change)
        _require_theirs(before, after, is_password_given=given is not None)
        await _keep_an_owner(session, before, after)
        await _require_free(session, before, after)
        await stored.update(session, after)
        if given is not None:
            kept = {"id": before.user_id, "password_hash": given}
            await session.run(PEOPLE["keep_password"], kept)
        if given is not None or not after.is_enabled:
            await _end_sessions(session, before.user_id)
        changed = _differences(before, after) + (["password"] if given else [])
        await audit(session, who, now, "member.change", _subject(before.user_id), changed=changed)
        return await _found(session, who, before.user_id)


async def remove(context: Context, who: Identity, reference: int | UUID) -> None:
    """End a membership; what the member made stays. Raises Conflict for the last owner."""
    require(who, Permission.MANAGE_PEOPLE)
    async with context.database.write() as session:
        member = await _found(session, who, reference)
        _require_rank(who, member.role)
        await _keep_an_owner(session, member, None)
        await stored.delete(session, member)
        if not member.is_elsewhere:
            await _end_sessions(session, member.user_id)
        subject = _subject(member.user_id)
        await audit(session, who, context.clock.now(), "member.remove", subject, email=member.email)


async def _found(session: Session, who: Identity, reference: int | UUID) -> Member:
    user_id = await stored.user_id_of(session, reference)
    if user_id is None:
        raise NotFound("User not found")
    member = await stored.find(session, who.organization_id, user_id)
    if member is None:
        raise OutOfReach("This user is in another organization.")
    return member


async def _user(
    context: Context, session: Session, who: Identity, wanted: birth.NewUser, now: Instant
) -> int:
    known = await session.value(PEOPLE["user_of_email"], {"email": wanted.email})
    if known is None:
        return await birth.insert_user(session, context, wanted, now)
    if await stored.find(session, who.organization_id, known) is not None:
        raise Conflict("This user is a member of the organization already.")
    if wanted.password_hash is not None:
        raise Conflict(f"{TAKEN} Leave the password out to make them a member.")
    return int(known)


async def _changed(session: Session, who: Identity, before: Member, change: MemberChange) -> Member:
    after = before
    if change.email is not UNSET:
        after = replace(after, email=normal_address(change.email))
    if change.first_name is not UNSET:
        after = replace(after, first_name=checked_part(change.first_name, "firstName"))
    if change.last_name is not UNSET:
        after = replace(after, last_name=checked_part(change.last_name, "lastName"))
    if change.is_enabled is not UNSET:
        after = replace(after, is_enabled=change.is_enabled)
    role = before.role if change.role is UNSET else _role(change.role)
    _require_rank(who, role)
    limit = await _changed_limit(session, who, before, role, change)
    return replace(after, role=role, customer_ids=limit)


async def _changed_limit(
    session: Session, who: Identity, before: Member, role: Role, change: MemberChange
) -> frozenset[int] | None:
    if change.customer_ids is not UNSET:
        return await _limit(session, who, role, change.customer_ids)
    if role not in LIMITABLE:
        return None
    return (
        frozenset()
        if role is Role.READONLY and before.customer_ids is None
        else (before.customer_ids)
    )


async def _limit(
    session: Session, who: Identity, role: Role, wanted: tuple[int | UUID, ...] | None
) -> frozenset[int] | None:
    """The customers that were named; a `readonly` member reaches none that is not named."""
    if role not in LIMITABLE:
        if wanted:
            raise Invalid(f"The role {role} is not limited to customers.", "customerIds")
        return None
    if wanted is None:
        return frozenset() if role is Role.READONLY else None
    return frozenset([await _customer(session, who, one) for one in wanted])


async def _customer(session: Session, who: Identity, reference: int | UUID) -> int:
    found = await customers.find(session, reference)
    if found is None or found.organization_id != who.organization_id:
        raise Invalid("Invalid customer ID", "customerIds")
    return found.id


def _role(text: str) -> Role:
    try:
        return Role(text)
    except ValueError:
        known = ", ".join(Role)
        raise Invalid(f"{text!r} is no role: {known}.", "role") from None


def _require_rank(who: Identity, role: Role) -> None:
    if role is Role.OWNER and who.role is not Role.OWNER:
        raise NotPermitted("Only an owner may make, change or remove an owner.")


def _require_theirs(before: Member, after: Member, *, is_password_given: bool) -> None:
    if not before.is_elsewhere:
        return
    theirs = {"email", "first_name", "last_name", "is_enabled"}
    if is_password_given or theirs.intersection(_differences(before, after)):
        raise NotPermitted("This user belongs to other organizations too: only they may do this.")


async def _keep_an_owner(session: Session, before: Member, after: Member | None) -> None:
    stays = after is not None and after.role is Role.OWNER and after.is_enabled
    if before.role is not Role.OWNER or not before.is_enabled or stays:
        return
    if await stored.owners(session, before.organization_id) == 1:
        raise Conflict(LAST_OWNER)


async def _require_free(session: Session, before: Member, after: Member) -> None:
    if after.email == before.email:
        return
    if await session.value(PEOPLE["user_of_email"], {"email": after.email}) is not None:
        raise Conflict(TAKEN)


async def _end_sessions(session: Session, user_id: int) -> None:
    await session.run(SESSIONS["delete_others"], {"user_id": user_id, "kept_id": 0})


def _differences(before: Member, after: Member) -> list[str]:
    old = asdict(before)
    return sorted(name for name, value in asdict(after).items() if value != old[name])


def _subject(user_id: int) -> str:
    return f"user:{user_id}"
