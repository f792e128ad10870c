"""A bearer secret or a cookie says who asks; the request says for which organization."""

from contextlib import AbstractAsyncContextManager

import pytest

from fener.actions import identify, tokens
from fener.actions.identify import Caller
from fener.actions.tokens import NewToken
from fener.domain.errors import NoOrganization, OutOfReach
from fener.domain.people import Credential, Identity, Role
from fener.domain.time import DAY, MINUTE
from fener.storage.database import Session
from support.people import World


async def _asks(here: World, secret: str, organization_id: int | None = None) -> Identity:
    caller = await identify.by_bearer(here.context, secret)
    assert caller is not None
    return await identify.identity_for(here.context, caller, organization_id)


async def test_a_token_of_an_organization_acts_as_its_admin(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    issued = await tokens.create_token(here.context, owner, NewToken(name="CI"))

    asking = await _asks(here, issued.secret)

    assert asking == Identity(
        owner.organization_id,
        Role.ADMIN,
        Credential.TOKEN,
        owner.user_id,
        issued.token.id,
    )


async def test_a_token_of_a_customer_acts_as_a_user_limited_to_it(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    customer = await here.customer(owner.organization_id, "Shop")
    new = NewToken(name="CI", customer_id=customer)
    issued = await tokens.create_token(here.context, owner, new)

    asking = await _asks(here, issued.secret)

    assert asking.role is Role.USER
    assert asking.customer_ids == frozenset({customer})


async def test_a_token_asks_for_its_own_organization_only(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    other = await here.organization("Other", "o@other.example")
    issued = await tokens.create_token(here.context, owner, NewToken(name="CI"))

    assert (await _asks(here, issued.secret, owner.organization_id)).token_id == issued.token.id
    for foreign_or_unknown in (other.organization_id, 999, 2**80):
        with pytest.raises(OutOfReach):
            await _asks(here, issued.secret, foreign_or_unknown)


async def test_an_account_key_acts_as_its_user(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    customer = await here.customer(owner.organization_id, "Shop")
    member = await here.member(owner.organization_id, Role.READONLY, "r@acme.example", (customer,))
    issued = await tokens.create_account_key(here.context, member, "mine")

    asking = await _asks(here, issued.secret)

    assert asking.role is Role.READONLY
    assert asking.credential is Credential.ACCOUNT_KEY
    assert asking.user_id == member.user_id
    assert asking.customer_ids == frozenset({customer})


async def test_a_limited_member_without_customers_reaches_none(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    member = await here.member(owner.organization_id, Role.USER, "u@acme.example", ())
    issued = await tokens.create_account_key(here.context, member, "mine")

    assert (await _asks(here, issued.secret)).customer_ids == frozenset()


async def test_a_user_of_several_organizations_asks_for_the_active_one(here: World) -> None:
    first = await here.organization("Acme", "a@acme.example")
    second = await here.organization("Other", "o@other.example")
    assert first.user_id is not None
    await here.join(second.organization_id, first.user_id, Role.READONLY)
    issued = await tokens.create_account_key(here.context, first, "mine")

    assert (await _asks(here, issued.secret)).organization_id == first.organization_id
    elsewhere = await _asks(here, issued.secret, second.organization_id)
    assert (elsewhere.organization_id, elsewhere.role) == (second.organization_id, Role.READONLY)


@pytest.mark.parametrize("unknown", [77, 2**63, 2**200])
async def test_a_foreign_or_unknown_organization_is_out_of_reach(here: World, unknown: int) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    foreign = await here.organization("Other", "o@other.example")
    caller = Caller(Credential.SESSION, user_id=owner.user_id)

    for organization_id in (foreign.organization_id, unknown):
        with pytest.raises(OutOfReach):
            await identify.identity_for(here.context, caller, organization_id)


@pytest.mark.parametrize("named", [None, 0, -1])
async def test_who_belongs_to_no_organization_is_told_to_name_one(
    here: World, named: int | None
) -> None:
    caller = Caller(Credential.SESSION, user_id=await here.user("nobody@example.com"))

    with pytest.raises(NoOrganization, match="Organization ID is required"):
        await identify.identity_for(here.context, caller, named)


async def test_expired_revoked_and_unknown_secrets_are_nobody(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    new = NewToken(name="short", expires_in_days=1)
    expired = await tokens.create_token(here.context, owner, new)
    revoked = await tokens.create_token(here.context, owner, NewToken(name="gone"))
    await tokens.revoke(here.context, owner, revoked.token.id)
    assert await identify.by_bearer(here.context, expired.secret) is not None
    await here.clock.advance(DAY)

    for secret in (expired.secret, revoked.secret, "wsm_0", "", "\udcff", "é"):
        assert await identify.by_bearer(here.context, secret) is None


async def test_the_key_of_a_disabled_user_opens_nothing(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    key = await tokens.create_account_key(here.context, owner, "mine")
    token = await tokens.create_token(here.context, owner, NewToken(name="CI"))
    async with here.context.database.write() as session:
        await session.run("UPDATE users SET is_enabled = 0")

    assert await identify.by_bearer(here.context, key.secret) is None
    assert await identify.by_bearer(here.context, token.secret) is not None


async def test_the_last_use_of_a_token_is_noted_once_a_minute(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    issued = await tokens.create_token(here.context, owner, NewToken(name="CI"))
    seen = []
    for _ in range(4):
        await identify.by_bearer(here.context, issued.secret)
        [token] = await tokens.list_tokens(here.context, owner)
        seen.append(token.last_used_at)
        await here.clock.advance(MINUTE // 2)

    start = seen[0]
    assert start is not None
    assert seen == [start, start, start + MINUTE, start + MINUTE]


async def test_a_store_that_cannot_be_written_turns_nobody_away(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    issued = await tokens.create_token(here.context, owner, NewToken(name="CI"))
    async with here.context.database.write() as session:
        await session.run("PRAGMA query_only = ON")
    tried = []
    write = here.context.database.write

    def counted() -> AbstractAsyncContextManager[Session]:
        tried.append(1)
        return write()

    monkeypatch.setattr(here.context.database, "write", counted)

    for _ in range(3):
        assert await identify.by_bearer(here.context, issued.secret) is not None
    assert len(tried) == 1
