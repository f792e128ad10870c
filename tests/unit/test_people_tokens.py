"""Tokens are made by people who may, shown once, kept as hashes, and end when revoked."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fener.actions import customers, secret_texts, tokens
from fener.actions.tokens import NewToken
from fener.domain.errors import FenerError, Invalid, NotFound, NotPermitted, OutOfReach
from fener.domain.people import LIMITABLE, Credential, Identity, Role, TokenKind
from fener.domain.time import DAY
from support.people import World, stored_bytes

Create = Callable[..., Awaitable[tokens.Issued]]


async def test_a_token_is_shown_once_and_stored_as_a_hash(here: World, tmp_path: Path) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    token = await tokens.create_token(here.context, owner, NewToken(name="CI"))
    key = await tokens.create_account_key(here.context, owner, "mine")

    stored = stored_bytes(tmp_path)

    for issued in (token, key):
        assert issued.secret.encode() not in stored
        assert issued.secret[len("wsm_") :].encode() not in stored
        assert secret_texts.hashed(issued.secret).encode() in stored


async def test_the_two_kinds_look_different_and_hint_at_their_beginning(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    token = await tokens.create_token(here.context, owner, NewToken(name="CI"))
    key = await tokens.create_account_key(here.context, owner, "mine")

    assert token.secret.startswith("wsm_")
    assert token.token.hint == token.secret[:8] + "..."
    assert len(bytes.fromhex(key.secret)) == 16
    assert key.token.hint == key.secret[:4] + "..."


async def test_a_token_expires_after_the_days_it_was_given(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    new = NewToken(name=" CI ", expires_in_days=365)
    issued = await tokens.create_token(here.context, owner, new)

    assert issued.token.expires_at == here.now + 365 * DAY
    assert issued.token.name == "CI"
    assert issued.token.last_used_at is None


@pytest.mark.parametrize(
    ("wanted", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "   "}, "name"),
        ({"name": "x" * 256}, "name"),
        ({"name": "CI", "expires_in_days": 0}, "expiresInDays"),
        ({"name": "CI", "expires_in_days": 366}, "expiresInDays"),
        ({"name": "CI", "customer_id": 999}, "customerId"),
        ({"name": "CI", "customer_id": 2**63}, "customerId"),
    ],
)
async def test_a_token_that_cannot_be_is_refused_by_field(
    here: World, wanted: dict[str, Any], field: str
) -> None:
    owner = await here.organization("Acme", "a@acme.example")

    with pytest.raises(Invalid) as refused:
        await tokens.create_token(here.context, owner, NewToken(**wanted))

    assert refused.value.field == field


async def test_a_customer_of_another_organization_is_as_unknown_as_none(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    other = await here.organization("Other", "o@other.example")
    foreign = await here.customer(other.organization_id, "Theirs")

    with pytest.raises(Invalid, match="Invalid customer ID"):
        await tokens.create_token(here.context, owner, NewToken(name="x", customer_id=foreign))


MAY_ISSUE = {
    # role: (one of the organization, one of a customer within reach)
    Role.OWNER: (True, True),
    Role.ADMIN: (True, True),
    Role.USER: (False, True),
    Role.READONLY: (False, False),
}


@pytest.mark.parametrize(
    ("role", "is_limited"),
    [*((role, False) for role in Role), *((role, True) for role in sorted(LIMITABLE))],
)
async def test_who_may_make_which_token(
    here: World,
    role: Role,
    is_limited: bool,  # noqa: FBT001
) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    near = await here.customer(owner.organization_id, "Near")
    far = await here.customer(owner.organization_id, "Far")
    reach = (near,) if is_limited else None
    who = await here.member(owner.organization_id, role, "m@acme.example", reach)

    async def may(create: Create, customer_id: int | None) -> bool:
        try:
            await create(here.context, who, NewToken(name="x", customer_id=customer_id))
        except (NotPermitted, OutOfReach):
            return False
        return True

    of_organization, of_customer = MAY_ISSUE[role]
    for customer_id in (None, near):
        assert await may(tokens.create_token, customer_id) is of_organization
    assert await may(tokens.create_customer_token, near) is of_customer
    assert await may(tokens.create_customer_token, far) is (of_customer and not is_limited)


async def test_a_customer_must_be_named_by_who_manages_no_people(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    user = await here.member(owner.organization_id, Role.USER, "m@acme.example")

    with pytest.raises(Invalid, match="customerId is required"):
        await tokens.create_customer_token(here.context, user, NewToken(name="x"))
    issued = await tokens.create_customer_token(here.context, owner, NewToken(name="x"))
    assert issued.token.customer_id is None


async def test_a_customer_is_named_by_either_id(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    [customer] = await customers.list_all(here.context, owner)

    for reference in (customer.id, customer.public_id):
        new = NewToken(name="x", customer_id=reference)
        issued = await tokens.create_token(here.context, owner, new)
        assert (issued.token.customer_id, issued.token.customer_name) == (customer.id, "Acme")


@pytest.mark.parametrize("credential", [Credential.TOKEN, Credential.ACCOUNT_KEY])
async def test_tokens_and_keys_manage_no_tokens(here: World, credential: Credential) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    issued = await tokens.create_token(here.context, owner, NewToken(name="x"))
    machine = msgspec.structs.replace(owner, credential=credential)

    for attempt in (
        tokens.create_token(here.context, machine, NewToken(name="x")),
        tokens.create_customer_token(here.context, machine, NewToken(name="x")),
        tokens.create_account_key(here.context, machine, "x"),
        tokens.list_tokens(here.context, machine),
        tokens.list_customer_tokens(here.context, machine),
        tokens.list_account_keys(here.context, machine),
        tokens.revoke(here.context, machine, issued.token.id),
    ):
        with pytest.raises(NotPermitted):
            await attempt


async def test_a_limited_member_sees_the_tokens_of_their_customers_only(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    near = await here.customer(owner.organization_id, "Near")
    far = await here.customer(owner.organization_id, "Far")
    member = await here.member(owner.organization_id, Role.USER, "m@acme.example", (near,))
    for customer_id in (None, near, far):
        new = NewToken(name=f"of {customer_id}", customer_id=customer_id)
        await tokens.create_token(here.context, owner, new)

    seen = await tokens.list_customer_tokens(here.context, member)

    assert [(token.customer_id, token.customer_name) for token in seen] == [(near, "Near")]
    assert len(await tokens.list_tokens(here.context, owner)) == 3
    assert len(await tokens.list_customer_tokens(here.context, owner)) == 2
    with pytest.raises(NotPermitted):
        await tokens.list_tokens(here.context, member)


async def test_a_key_is_no_token_of_an_organization(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    key = (await tokens.create_account_key(here.context, owner, "mine")).token

    with pytest.raises(NotFound):
        await tokens.revoke(here.context, owner, key.id, TokenKind.ORGANIZATION)
    assert await tokens.list_account_keys(here.context, owner) == [key]


async def _refusal(here: World, who: Identity, token_id: int) -> type[FenerError]:
    with pytest.raises(FenerError) as refused:
        await tokens.revoke(here.context, who, token_id)
    return refused.type


async def test_only_those_who_may_revoke_a_token(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    other = await here.organization("Other", "o@other.example")
    far = await here.customer(owner.organization_id, "Far")
    near = await here.customer(owner.organization_id, "Near")
    member = await here.member(owner.organization_id, Role.USER, "m@acme.example", (near,))
    whole = (await tokens.create_token(here.context, owner, NewToken(name="x"))).token.id
    new = NewToken(name="x", customer_id=far)
    part = (await tokens.create_token(here.context, owner, new)).token.id
    key = (await tokens.create_account_key(here.context, owner, "mine")).token.id

    assert await _refusal(here, other, whole) is OutOfReach
    assert await _refusal(here, other, key) is OutOfReach
    assert await _refusal(here, member, whole) is NotPermitted
    assert await _refusal(here, member, part) is NotPermitted
    assert await _refusal(here, owner, 999) is NotFound
    assert await _refusal(here, owner, 2**64) is NotFound
    for token_id in (whole, part, key):
        await tokens.revoke(here.context, owner, token_id)
    assert await tokens.list_tokens(here.context, owner) == []
    assert await tokens.list_account_keys(here.context, owner) == []


async def test_making_and_revoking_is_audited(here: World) -> None:
    owner = await here.organization("Acme", "a@acme.example")
    issued = await tokens.create_token(here.context, owner, NewToken(name="CI"))
    await tokens.revoke(here.context, owner, issued.token.id)

    subject = f"token:{issued.token.id}"
    assert await here.audited() == [("token.create", subject), ("token.revoke", subject)]
