"""The user of a key, as the account API publishes it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from fener.domain.people import Role
from support.people_api import Callers, callers


@pytest.fixture
async def known(tmp_path: Path) -> AsyncIterator[Callers]:
    async with callers(tmp_path) as made:
        yield made


async def test_a_key_shows_its_own_user(known: Callers) -> None:
    owner = await known.here.organization("Acme", "owner@acme.example")
    member = await known.here.member(owner.organization_id, Role.READONLY, "r@acme.example", ())
    await known.session("r@acme.example")

    answer = await (await known.key(member)).get("/api/user")

    assert answer.status == 200
    whole = answer.json
    assert list(whole) == ["data"]
    billing = whole["data"].pop("billing")
    assert whole["data"] == {
        "id": str(member.user_id),
        "type": "users",
        "email": "r@acme.example",
        "is_enabled": True,
        "plan_id": "custom",
        "plan_expiration_date": None,
        "plan_settings": {},
        "plan_trial_done": False,
        "language": "english",
        "timezone": "UTC",
        "country": None,
        "date": "2026-01-01 12:00:00",
        "last_activity": "2026-01-01 12:00:00",
        "total_logins": 1,
    }
    assert set(billing) == {
        *("type", "name", "address", "city", "county", "zip", "country", "phone", "tax_id")
    }


async def test_a_token_of_an_organization_has_no_user(known: Callers) -> None:
    owner = await known.here.organization("Acme", "owner@acme.example")

    answer = await (await known.token(owner)).get("/api/user")

    title = "A token of an organization has no user account."
    assert answer.status == 403
    assert answer.json == {"errors": [{"title": title, "status": 403}]}


async def test_nobody_has_no_user(known: Callers) -> None:
    answer = await known.nobody.get("/api/user")

    assert answer.status == 401
    assert answer.json == {"errors": [{"title": "Unauthorized", "status": 401}]}
