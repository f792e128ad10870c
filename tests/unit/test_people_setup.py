"""The first start makes one organization with one owner, once, from whichever door comes first."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from fener.actions import passwords, secret_texts, setup, tokens
from fener.actions.tokens import NewToken
from fener.domain.errors import Conflict, Invalid, NotPermitted
from fener.domain.people import Credential, Role
from fener.storage import monitors
from support.people import PASSWORD, World, stored_bytes


async def _rows(here: World, table: str) -> list[dict[str, Any]]:
    async with here.context.database.read() as session:
        return [dict(row) for row in await session.all(f"SELECT * FROM {table} ORDER BY id")]


async def _link(here: World) -> str:
    secret = await setup.new_setup_secret(here.context)
    assert secret is not None
    return secret


async def test_the_link_makes_an_owner_and_an_organization_that_can_watch_and_tell(
    here: World,
) -> None:
    secret = await _link(here)

    who = await setup.set_up(here.context, secret, " Jo@Acme.example ", PASSWORD, "tr")

    [user] = await _rows(here, "users")
    [organization] = await _rows(here, "organizations")
    [customer] = await _rows(here, "customers")
    [policy] = await _rows(here, "policies")
    [location] = await _rows(here, "locations")
    [channel] = await _rows(here, "channels")
    assert (who.role, who.user_id) == (Role.OWNER, user["id"])
    assert (user["email"], user["language"]) == ("jo@acme.example", "tr")
    assert await passwords.matches(user["password_hash"], PASSWORD)
    assert user["active_organization_id"] == organization["id"] == who.organization_id
    assert (organization["name"], organization["allow_private"]) == ("acme.example", 1)
    assert (customer["name"], customer["policy_id"]) == ("acme.example", policy["id"])
    assert policy["package_type"] == "standard"
    assert (location["id"], location["code"]) == (1, "local")
    assert (channel["kind"], json.loads(channel["settings"])) == ("email", {"to": user["email"]})
    assert await setup.is_set_up(here.context)
    assert ("setup", f"user:{user['id']}") in await here.audited()


async def test_who_records_results_is_told_of_the_first_channel(here: World) -> None:
    await setup.ensure_local_owner(here.context)
    before = await _revision(here)
    await setup.set_up(here.context, await _link(here), "ada@example.com", PASSWORD)
    assert await _revision(here) > before


async def _revision(here: World) -> int:
    async with here.context.database.read() as session:
        return await monitors.revision(session)


async def test_the_link_is_used_up(here: World) -> None:
    secret = await _link(here)
    await setup.set_up(here.context, secret, "jo@acme.example", PASSWORD)

    with pytest.raises(NotPermitted):
        await setup.set_up(here.context, secret, "eve@evil.example", PASSWORD)
    assert await setup.new_setup_secret(here.context) is None
    assert len(await _rows(here, "users")) == 1


async def test_of_two_who_use_the_link_at_once_one_wins(here: World) -> None:
    secret = await _link(here)

    outcomes = await asyncio.gather(
        *(setup.set_up(here.context, secret, f"{n}@acme.example", PASSWORD) for n in "ab"),
        return_exceptions=True,
    )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "Identity"]
    assert len(await _rows(here, "users")) == 1


async def test_only_the_newest_link_opens(here: World) -> None:
    first, second = await _link(here), await _link(here)

    assert not await setup.is_setup_secret(here.context, first)
    assert not await setup.is_setup_secret(here.context, "")
    assert await setup.is_setup_secret(here.context, second)


async def test_the_link_is_not_in_the_file(here: World, tmp_path: Path) -> None:
    secret = await _link(here)

    stored = stored_bytes(tmp_path)
    assert secret.encode() not in stored
    assert secret_texts.hashed(secret).encode() in stored


@pytest.mark.parametrize(
    ("email", "password", "language", "field"),
    [
        ("nobody", PASSWORD, "en", "email"),
        ("a@b@c.example", PASSWORD, "en", "email"),
        ("a b@c.example", PASSWORD, "en", "email"),
        ("a@c..example", PASSWORD, "en", "email"),
        ("a@" + "c" * 255, PASSWORD, "en", "email"),
        ("jo@acme.example", "too short", "en", "password"),
        ("jo@acme.example", "x" * 1_001, "en", "password"),
        ("jo@acme.example", PASSWORD, "xx", "language"),
    ],
)
async def test_what_will_not_do_is_named_and_the_link_still_works(
    here: World, email: str, password: str, language: str, field: str
) -> None:
    secret = await _link(here)

    with pytest.raises(Invalid) as refused:
        await setup.set_up(here.context, secret, email, password, language)

    assert refused.value.field == field
    await setup.set_up(here.context, secret, "jo@acme.example", PASSWORD)


@pytest.mark.parametrize(
    ("email", "name"),
    [
        ("jo@acme.example", "acme.example"),
        ("jo.doe@gmail.com", "jo.doe"),
        ("admin@localhost", "admin"),
    ],
)
async def test_the_organization_is_named_after_the_address(
    here: World, email: str, name: str
) -> None:
    await setup.set_up_unattended(here.context, email, PASSWORD)

    [organization] = await _rows(here, "organizations")
    assert organization["name"] == name


async def test_the_settings_set_up_a_new_store_and_leave_a_used_one_alone(here: World) -> None:
    made = await setup.set_up_unattended(here.context, "jo@acme.example", PASSWORD)

    assert made is not None
    assert await setup.set_up_unattended(here.context, "other@acme.example", "tiny") is None
    assert [user["email"] for user in await _rows(here, "users")] == ["jo@acme.example"]


async def test_the_command_line_works_before_the_link_was_opened(here: World) -> None:
    who = await setup.ensure_local_owner(here.context)
    issued = await tokens.create_token(here.context, who, NewToken(name="CI"))

    assert (who.role, who.credential) == (Role.OWNER, Credential.COMMAND_LINE)
    assert issued.secret.startswith("wsm_")
    assert await setup.ensure_local_owner(here.context) == who
    assert not await setup.is_set_up(here.context)


async def test_the_link_completes_the_owner_that_the_command_line_made(here: World) -> None:
    local = await setup.ensure_local_owner(here.context)

    who = await setup.set_up(here.context, await _link(here), "jo@acme.example", PASSWORD)

    [user] = await _rows(here, "users")
    [organization] = await _rows(here, "organizations")
    [customer] = await _rows(here, "customers")
    assert (who.user_id, who.organization_id) == (local.user_id, local.organization_id)
    assert (user["email"], organization["name"]) == ("jo@acme.example", "acme.example")
    assert (customer["name"], customer["email"]) == ("acme.example", "jo@acme.example")
    assert await passwords.matches(user["password_hash"], PASSWORD)
    assert len(await _rows(here, "channels")) == 1


async def test_an_organization_that_was_given_a_name_keeps_it(here: World) -> None:
    local = await setup.ensure_local_owner(here.context)
    async with here.context.database.write() as session:
        await session.run("UPDATE organizations SET name = 'Lighthouse'")

    await setup.set_up(here.context, await _link(here), "jo@acme.example", PASSWORD)

    [organization] = await _rows(here, "organizations")
    assert (organization["id"], organization["name"]) == (local.organization_id, "Lighthouse")


async def test_the_owner_cannot_take_an_address_that_somebody_has(here: World) -> None:
    await setup.ensure_local_owner(here.context)
    await here.user("jo@acme.example")

    with pytest.raises(Conflict):
        await setup.set_up(here.context, await _link(here), "jo@acme.example", PASSWORD)


async def test_a_later_organization_may_not_watch_private_addresses(here: World) -> None:
    await here.organization("Acme", "a@acme.example")
    await here.organization("Other", "o@other.example")

    private = [row["allow_private"] for row in await _rows(here, "organizations")]
    assert private == [1, 0]
