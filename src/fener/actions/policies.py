"""Policies: how much evidence moves health, and how often people are reminded.

Whoever may see the organization reads its policies; owners and admins change them. A changed policy
counts from the next check on: no incident opens or ends by the change itself.
"""

import re
from collections.abc import Sequence
from itertools import count

from msgspec import UNSET, Struct
from msgspec.structs import asdict, replace

from fener.actions.context import Context, audit
from fener.actions.names import checked_name
from fener.actions.policy_rules import Change, checked, laid_over
from fener.actions.rights import require
from fener.domain.errors import Conflict, Invalid, NotFound
from fener.domain.people import Identity, Permission
from fener.domain.place import Place
from fener.domain.policy import NamedPolicy, Policy
from fener.domain.time import Instant
from fener.storage import policies as stored
from fener.storage.database import Session
from fener.storage.policies import Choosing

__all__ = [
    "Change",
    "Choosing",
    "New",
    "add",
    "change",
    "choosing",
    "delete",
    "get",
    "list_all",
    "put",
]

LONGEST_KEY = 64
_LONGEST_WORD = 48
"""Of a key that is made, so that a number has its place."""
MOST_LISTED = 100
_KEY = re.compile(r"[a-z](?:[a-z0-9_.-]*[a-z0-9])?")
"""Begins with a letter: a number is an id."""


class New(Struct, frozen=True, kw_only=True):
    """A policy to be added. Without a key it is called after its title."""

    title: str
    key: str = ""
    rules: Policy = Policy()


async def list_all(context: Context, who: Identity) -> list[NamedPolicy]:
    """The organization's, the one that new customers get first."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        found = await stored.of_organization(session, who.organization_id)
    return [_as_seen(who, one) for one in found]


async def get(context: Context, who: Identity, reference: int | str) -> NamedPolicy:
    """A policy by its id, or by its key or title in any case. Raises NotFound."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        return _as_seen(who, await _find(session, who, reference))


async def choosing(context: Context, who: Identity, policy_id: int) -> list[Choosing]:
    """Monitors that have it as their own, by name; of many the first hundred."""
    require(who, Permission.READ)
    async with context.database.read() as session:
        policy = await _find(session, who, policy_id)
        found = await stored.monitors_choosing(session, policy.id, MOST_LISTED)
    return [one for one in found if who.reaches(one.customer_id)]


async def add(context: Context, who: Identity, new: New) -> NamedPolicy:
    require(who, Permission.MANAGE_ORGANIZATION)
    now = context.clock.now()
    async with context.database.write() as session:
        return await _add(session, who, new, now)


async def change(
    context: Context, who: Identity, reference: int | str, change: Change
) -> NamedPolicy:
    """Change what is given. Raises NotPermitted, NotFound, Invalid, Conflict."""
    require(who, Permission.MANAGE_ORGANIZATION)
    now = context.clock.now()
    async with context.database.write() as session:
        before = await _find(session, who, reference)
        after = await _change(session, who, before, change, now)
    _announce(context, before, after)
    return after


async def put(context: Context, who: Identity, key: str, change: Change) -> NamedPolicy:
    """Change the policy with this key; where there is none, add one that differs so from usual."""
    require(who, Permission.MANAGE_ORGANIZATION)
    now = context.clock.now()
    async with context.database.write() as session:
        known = await stored.of_organization(session, who.organization_id)
        before = next((one for one in known if one.key == key.strip().casefold()), None)
        if before is None:
            title = key if change.title is UNSET else change.title
            return await _add(
                session, who, New(title=title, key=key, rules=laid_over(Policy(), change)), now
            )
        after = await _change(session, who, before, change, now)
    _announce(context, before, after)
    return after


async def delete(context: Context, who: Identity, reference: int | str) -> None:
    """Only one that nobody has. Raises Conflict."""
    require(who, Permission.MANAGE_ORGANIZATION)
    now = context.clock.now()
    async with context.database.write() as session:
        policy = await _find(session, who, reference)
        if policy.is_used:
            raise Conflict(
                f"The policy {policy.title} is that of {_counted(policy.customers, 'customer')} "
                f"and {_counted(policy.monitors, 'monitor')}: give them another one first."
            )
        await stored.delete(session, policy.id)
        await audit(session, who, now, "policy.delete", _subject(policy), title=policy.title)


async def _add(session: Session, who: Identity, new: New, now: Instant) -> NamedPolicy:
    title = _title(new.title)
    known = await stored.of_organization(session, who.organization_id)
    key = _key(new.key) if new.key.strip() else _key_after(title, known)
    _refuse_taken(known, title, key)
    wanted = stored.NewPolicy(
        organization_id=who.organization_id, key=key, title=title, rules=checked(new.rules)
    )
    identifier = await stored.insert(session, wanted, now)
    added = await _find(session, who, identifier)
    await audit(session, who, now, "policy.add", _subject(added), title=title)
    return added


async def _change(
    session: Session, who: Identity, before: NamedPolicy, change: Change, now: Instant
) -> NamedPolicy:
    after = replace(before, rules=checked(laid_over(before.rules, change)))
    if change.title is not UNSET:
        after = replace(after, title=_title(change.title))
    if after == before:
        return before
    if after.title != before.title:
        known = await stored.of_organization(session, who.organization_id)
        _refuse_taken([one for one in known if one.id != before.id], after.title, after.key)
    await stored.update(session, after, now)
    await audit(
        session, who, now, "policy.change", _subject(after), changed=_changed(before, after)
    )
    return await _find(session, who, before.id)


def _announce(context: Context, before: NamedPolicy, after: NamedPolicy) -> None:
    if after.rules != before.rules:
        context.doorbells.monitors_changed(Place(after.organization_id))


async def _find(session: Session, who: Identity, reference: int | str) -> NamedPolicy:
    if isinstance(reference, int):
        found = await stored.find(session, reference)
    else:
        found = await stored.named(session, who.organization_id, reference)
    if found is None or found.organization_id != who.organization_id:
        raise NotFound("There is no such policy.")
    return found


def _refuse_taken(known: Sequence[NamedPolicy], title: str, key: str) -> None:
    """Each can be called by its key or title, so no two may share either."""
    for name, field in ((title, "title"), (key, "key")):
        if any(one.is_called(name) for one in known):
            raise Conflict(f"There is a policy {name} already: choose another name.", field)


def _as_seen(who: Identity, policy: NamedPolicy) -> NamedPolicy:
    """Who is limited to some customers is not told how much others have."""
    return replace(policy, customers=0, monitors=0) if who.is_limited else policy


def _counted(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _title(text: str) -> str:
    try:
        return checked_name(text)
    except Invalid as error:
        raise Invalid(str(error), "title") from error


def _key(text: str) -> str:
    key = text.strip().casefold()
    if len(key) > LONGEST_KEY or not _KEY.fullmatch(key):
        raise Invalid(
            f"{text!r} is no key of a policy: at most {LONGEST_KEY} of a-z, 0-9, - . and _ with a "
            "letter first, such as gold.",
            "key",
        )
    return key


def _key_after(title: str, known: Sequence[NamedPolicy]) -> str:
    """`Gold Plus` is `gold-plus`; a number tells it from one that is called so already."""
    plain = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")[:_LONGEST_WORD].strip("-")
    word = plain if plain[:1].isalpha() else f"policy-{plain}".strip("-")
    names = (word if number == 1 else f"{word}-{number}" for number in count(1))
    return next(name for name in names if not any(one.is_called(name) for one in known))


def _changed(before: NamedPolicy, after: NamedPolicy) -> list[str]:
    one, other = asdict(before.rules), asdict(after.rules)
    names = [name for name in one if one[name] != other[name]]
    return names if before.title == after.title else ["title", *names]


def _subject(policy: NamedPolicy) -> str:
    return f"policy:{policy.id}"
