"""The first start: the one-time link, the first organization and its owner.

The command line may be first: it then gets an organization whose owner has no address and no
password yet, and whoever opens the set-up link completes that owner.
"""

import msgspec
from msgspec import Struct

from fener.actions import birth, passwords, secret_texts
from fener.actions.context import Context, audit
from fener.domain.email import name_after, normal_address
from fener.domain.errors import Conflict, NotPermitted
from fener.domain.people import Credential, Identity, Language, Role
from fener.domain.time import Instant
from fener.storage.database import Session
from fener.storage.monitors import raise_revision
from fener.storage.queries import statements

SQL = statements("people")
_SECRET = "setup_secret"  # noqa: S105 - the name of a fact
_DONE = "set_up_at"
_LOCAL_NAME = "Local"
_LOCAL_EMAIL = "owner@localhost"


class _NewOwner(Struct, frozen=True):
    """Who the first owner becomes."""

    email: str
    password_hash: str
    language: Language


async def is_set_up(context: Context) -> bool:
    """Whether the first owner has an address and a password."""
    async with context.database.read() as session:
        return await session.value(SQL["fact"], {"name": _DONE}) is not None


async def new_setup_secret(context: Context) -> str | None:
    """The secret of a new set-up link, which replaces any before it; None once Fener is set up."""
    secret = secret_texts.link_secret()
    async with context.database.write() as session:
        if await session.value(SQL["fact"], {"name": _DONE}) is not None:
            return None
        kept = {"name": _SECRET, "value": secret_texts.hashed(secret)}
        await session.run(SQL["keep_fact"], kept)
    return secret


async def is_setup_secret(context: Context, secret: str) -> bool:
    async with context.database.read() as session:
        return await _is_in_force(session, secret)


async def set_up(
    context: Context, secret: str, email: str, password: str, language: str = "en"
) -> Identity:
    """Make the first owner, by the one-time link, which is then used up.

    Raises NotPermitted for a wrong or used link, Invalid for an address, password or language
    that will not do, Conflict when somebody else has just done it.
    """
    if not await is_setup_secret(context, secret):
        raise NotPermitted(
            "This set-up link is not valid. Fener prints a new one each time it starts, "
            "until it is set up."
        )
    return await _set_up(context, await _owner(email, password, language))


async def set_up_unattended(
    context: Context, email: str, password: str, language: str = "en"
) -> Identity | None:
    """Make the first owner from the settings at start; None where Fener is set up already."""
    if await is_set_up(context):
        return None
    return await _set_up(context, await _owner(email, password, language))


async def ensure_local_owner(context: Context) -> Identity:
    """The identity of the command line: the owner of the first organization, made where needed."""
    async with context.database.write() as session:
        found = await session.one(SQL["first_owner"])
        if found is not None:
            return _command_line(found["organization_id"], found["user_id"])
        now = context.clock.now()
        user_id = await birth.insert_user(session, context, birth.NewUser(email=_LOCAL_EMAIL), now)
        first = birth.NewOrganization(owner_id=user_id, name=_LOCAL_NAME, email="")
        organization_id = await _first_organization(session, context, first, now)
        who = _command_line(organization_id, user_id)
        await audit(session, who, now, "organization.create", f"organization:{organization_id}")
        return who


async def _owner(email: str, password: str, language: str) -> _NewOwner:
    address = normal_address(email)
    return _NewOwner(address, await passwords.hashed(password), Language.of(language))


async def _set_up(context: Context, owner: _NewOwner) -> Identity:
    now = context.clock.now()
    async with context.database.write() as session:
        if await session.value(SQL["fact"], {"name": _DONE}) is not None:
            raise Conflict("Fener is set up already. Sign in instead.")
        found = await session.one(SQL["first_owner"])
        if found is None:
            who = await _create(session, context, owner, now)
        else:
            who = _by_session(found["organization_id"], found["user_id"])
            await _complete(session, who, owner, found["name"], now)
        await _insert_channel(session, who.organization_id, owner.email, now)
        await session.run(SQL["keep_fact"], {"name": _DONE, "value": str(now)})
        await session.run(SQL["forget_fact"], {"name": _SECRET})
        await audit(session, who, now, "setup", f"user:{who.user_id}")
        return who


async def _is_in_force(session: Session, secret: str) -> bool:
    known: str | None = await session.value(SQL["fact"], {"name": _SECRET})
    return known is not None and secret_texts.is_same(secret, known)


async def _create(session: Session, context: Context, owner: _NewOwner, now: Instant) -> Identity:
    new = birth.NewUser(
        email=owner.email, password_hash=owner.password_hash, language=owner.language
    )
    user_id = await birth.insert_user(session, context, new, now)
    name = name_after(owner.email)
    first = birth.NewOrganization(owner_id=user_id, name=name, email=owner.email)
    return _by_session(await _first_organization(session, context, first, now), user_id)


async def _first_organization(
    session: Session, context: Context, new: birth.NewOrganization, now: Instant
) -> int:
    await session.run(SQL["insert_local_location"])
    return await birth.insert_organization(session, context, new, now)


async def _complete(
    session: Session, who: Identity, owner: _NewOwner, name_before: str, now: Instant
) -> None:
    taken = await session.value(SQL["user_of_email"], {"email": owner.email})
    if taken not in (None, who.user_id):
        raise Conflict("There is a user with this e-mail address already.")
    await session.run(
        SQL["complete_owner"],
        {
            "user_id": who.user_id,
            "email": owner.email,
            "password_hash": owner.password_hash,
            "language": owner.language,
        },
    )
    if name_before != _LOCAL_NAME:
        return
    name = name_after(owner.email)
    await session.run(SQL["rename_organization"], {"id": who.organization_id, "name": name})
    await session.run(
        SQL["rename_customers"],
        {
            "organization_id": who.organization_id,
            "before": _LOCAL_NAME,
            "name": name,
            "email": owner.email,
            "now": now,
        },
    )


async def _insert_channel(session: Session, organization_id: int, email: str, now: Instant) -> None:
    settings = msgspec.json.encode({"to": email}).decode()
    await session.run(
        SQL["insert_email_channel"],
        {"organization_id": organization_id, "name": email, "settings": settings, "now": now},
    )
    await raise_revision(session)


def _command_line(organization_id: int, user_id: int) -> Identity:
    return Identity(
        organization_id=organization_id,
        role=Role.OWNER,
        credential=Credential.COMMAND_LINE,
        user_id=user_id,
    )


def _by_session(organization_id: int, user_id: int) -> Identity:
    """Opening the link, with its secret, is how the first owner proves who they are."""
    return Identity(
        organization_id=organization_id,
        role=Role.OWNER,
        credential=Credential.SESSION,
        user_id=user_id,
    )
