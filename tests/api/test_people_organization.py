"""Customers, users, the organization and tokens, as the organization API publishes them."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from msgspec import UNSET

from fener.actions import customers
from fener.domain.people import Identity, Role
from support.api import Answer, Client
from support.people import PASSWORD, World
from support.people_api import Callers, callers

NO_UUID = "019b7a2c-5a00-7c3e-9d11-0a8f5e2b7c41"
NOON = "2026-01-01T12:00:00.000Z"


class Acme:
    """An organization, asked by its owner in a session and by a token, and one next door."""

    here: World
    owner: Identity
    other: Identity
    by_owner: Client
    by_token: Client
    callers: Callers


@pytest.fixture
async def acme(tmp_path: Path) -> AsyncIterator[Acme]:
    async with callers(tmp_path) as known:
        made = Acme()
        made.callers, made.here = known, known.here
        made.owner = await known.here.organization("Acme", "owner@acme.example")
        made.other = await known.here.organization("Other", "o@other.example")
        made.by_owner = await known.session("owner@acme.example")
        made.by_token = await known.token(made.owner)
        yield made


def refusal(answer: Answer) -> tuple[int, str]:
    assert answer.json["statusCode"] == answer.status
    assert set(answer.json) == {"statusCode", "statusMessage", "message"}
    return answer.status, answer.json["message"]


async def _customer(acme: Acme) -> dict[str, Any]:
    answer = await acme.by_token.post(
        "/api/customers", json={"name": "Shop", "email": "shop@example.com"}
    )
    assert answer.status == 200
    record: dict[str, Any] = answer.json["customer"]
    return record


async def test_a_customer_is_created_as_published(acme: Acme) -> None:
    record = await _customer(acme)

    assert record == {
        "id": record["id"],
        "publicId": record["publicId"],
        "organizationId": acme.owner.organization_id,
        "name": "Shop",
        "email": "shop@example.com",
        "notificationPhoneNumber": None,
        "notificationEmail": None,
        "packageId": record["packageId"],
        "packageType": "standard",
        "status": "active",
        "allowedCheckCountryCodes": None,
        "cancellationDate": None,
        "cancelledAt": None,
        "customFields": {},
        "monthlyReportsEnabled": False,
        "notificationChannels": None,
        "notificationTargets": None,
        "notificationRules": None,
        "smsUsageCurrentMonth": 0,
        "createdAt": NOON,
        "updatedAt": NOON,
    }


async def test_reading_shows_the_title_of_the_package_and_not_its_key(acme: Acme) -> None:
    record = await _customer(acme)
    record["packageDisplayName"] = "Standard"
    del record["packageType"]

    for name in (record["publicId"], record["id"]):
        assert (await acme.by_token.get(f"/api/customers/{name}")).json == record
    listed = (await acme.by_token.get("/api/customers")).json
    assert listed[-1] == record
    assert [one["name"] for one in listed] == ["Acme", "Shop"]


async def test_a_customer_is_updated_cancelled_and_won_back(acme: Acme) -> None:
    path = f"/api/customers/{(await _customer(acme))['publicId']}"
    body = {"notificationEmail": "ops@example.com", "customFields": {"a": 1}, "unknown": 1}

    updated = (await acme.by_token.patch(path, json=body)).json
    cancelled = (await acme.by_token.post(f"{path}/cancel")).json
    back = (await acme.by_token.delete(f"{path}/cancel")).json

    assert updated["success"] is True
    assert updated["customer"]["notificationEmail"] == "ops@example.com"
    assert updated["customer"]["customFields"] == {"a": 1}
    assert updated["customer"]["name"] == "Shop"
    assert cancelled["customer"]["status"] == "marked_for_cancellation"
    assert cancelled["customer"]["cancelledAt"] == NOON
    assert cancelled["customer"]["cancellationDate"] == "2026-01-04T12:00:00.000Z"
    assert (back["customer"]["status"], back["customer"]["cancelledAt"]) == ("active", None)


async def test_customers_are_refused_in_the_words_of_the_contract(acme: Acme) -> None:
    ask = acme.by_token
    foreign = (await customers.list_all(acme.here.context, acme.other))[0]

    assert refusal(await acme.callers.nobody.get("/api/customers")) == (401, "Unauthorized")
    assert refusal(await ask.get("/api/customers/shop")) == (400, "Invalid Customer identifier")
    assert refusal(await ask.get("/api/customers/0")) == (400, "Invalid Customer identifier")
    assert refusal(await ask.get(f"/api/customers/{2**70}")) == (404, "Customer not found")
    assert refusal(await ask.get(f"/api/customers/{NO_UUID}")) == (404, "Customer not found")
    assert refusal(await ask.get(f"/api/customers/{foreign.public_id}")) == (403, "Forbidden")
    assert refusal(await ask.get(f"/api/customers/{foreign.id}")) == (403, "Forbidden")
    assert (await ask.post("/api/customers", json={})).status == 400
    assert (await ask.post("/api/customers", json={"name": 7})).status == 400
    assert (await ask.post("/api/customers", body=b"{")).status == 400
    named = {"name": "x", "packageType": "diamond"}
    assert (await ask.post("/api/customers", json=named)).status == 400


@pytest.mark.parametrize(
    ("organization", "expected"),
    [("0", 400), ("x", 400), ("foreign", 403), ("999", 403), (str(2**70), 403), ("own", 200)],
)
async def test_the_organization_that_is_named_counts(
    acme: Acme, organization: str, expected: int
) -> None:
    ids = {"own": acme.owner.organization_id, "foreign": acme.other.organization_id}
    named = ids.get(organization, organization)

    for ask in (acme.by_token, acme.by_owner):
        answer = await ask.get(f"/api/customers?organizationId={named}")
        assert answer.status == expected
        body = {"name": "x", "organizationId": int(named)} if str(named).isdigit() else None
        if body:
            assert (await ask.post("/api/customers", json=body)).status == expected


async def test_a_token_of_a_customer_sees_that_customer_only(acme: Acme) -> None:
    record = await _customer(acme)
    limited = await acme.callers.token(acme.owner, record["id"])
    first = (await acme.by_token.get("/api/customers")).json[0]

    assert [one["id"] for one in (await limited.get("/api/customers")).json] == [record["id"]]
    answer = await limited.get(f"/api/customers/{first['publicId']}")
    assert refusal(answer) == (403, "Forbidden")
    change = await limited.patch(f"/api/customers/{record['id']}", json={"name": "Mine"})
    assert refusal(change) == (403, "Forbidden")


async def test_a_user_is_created_read_updated_and_removed(acme: Acme) -> None:
    customer = await _customer(acme)
    body = {
        "email": "Ada@acme.example",
        "firstName": "Ada",
        "lastName": "Quill",
        "role": "readonly",
        "password": PASSWORD,
        "customerIds": [customer["publicId"]],
    }

    created = (await acme.by_token.post("/api/users", json=body)).json
    user = created["user"]
    path = f"/api/users/{user['publicId']}"

    assert created["success"] is True
    assert user == {
        "id": user["id"],
        "publicId": user["publicId"],
        "organizationId": acme.owner.organization_id,
        "email": "ada@acme.example",
        "firstName": "Ada",
        "lastName": "Quill",
        "role": "readonly",
        "customerIds": [customer["id"]],
        "isEnabled": True,
        "lastSeenAt": None,
        "createdAt": NOON,
    }
    assert (await acme.by_token.get(path)).json == user
    assert (await acme.by_token.get("/api/users")).json[-1] == user
    ada = await acme.callers.session("ada@acme.example")
    assert [one["name"] for one in (await ada.get("/api/customers")).json] == ["Shop"]
    change = {"role": "user", "customerIds": None}
    changed = (await acme.by_token.patch(path, json=change)).json["user"]
    assert (changed["role"], changed["customerIds"]) == ("user", None)
    assert (await acme.by_token.delete(path)).json == {"success": True}
    assert refusal(await acme.by_token.get(path)) == (404, "User not found")


async def test_users_are_refused_in_the_words_of_the_contract(acme: Acme) -> None:
    ask = acme.by_token
    own, foreign = acme.owner.user_id, acme.other.user_id
    new = {"email": "x@acme.example", "role": "user"}

    async def created(**more: Any) -> tuple[int, str]:
        return refusal(await ask.post("/api/users", json={**new, **more}))

    assert refusal(await ask.get("/api/users/me")) == (400, "Invalid User identifier")
    assert refusal(await ask.get(f"/api/users/{foreign}")) == (403, "Forbidden")
    assert refusal(await ask.get("/api/users/999")) == (404, "User not found")
    assert await created(customerIds=["shop"]) == (400, "Invalid customer ID")
    assert await created(customerIds=[999]) == (400, "Invalid customer ID")
    assert await created(role="owner") == (403, "Forbidden")
    assert (await created(role="king"))[0] == 400
    assert (await created(password="short"))[0] == 400
    assert (await created(email="owner@acme.example"))[0] == 409
    assert refusal(await ask.delete(f"/api/users/{own}")) == (403, "Forbidden")
    assert (await acme.by_owner.delete(f"/api/users/{own}")).status == 409


@pytest.mark.parametrize("path", ["/api/organization", "/api/organizations"])
async def test_the_organization_is_read_and_updated_under_each_name(acme: Acme, path: str) -> None:
    body = {"companyName": "Acme AG", "vatId": "CHE-1", "billingEmail": "pay@acme.example"}

    updated = (await acme.by_token.patch(path, json=body)).json

    assert updated == {
        "id": acme.owner.organization_id,
        "publicId": updated["publicId"],
        "name": "Acme",
        "companyName": "Acme AG",
        "street": None,
        "postalCode": None,
        "city": None,
        "country": None,
        "vatId": "CHE-1",
        "billingEmail": "pay@acme.example",
        "createdAt": NOON,
    }
    assert (await acme.by_token.get(path)).json == updated
    for name in (updated["publicId"], updated["id"]):
        by_name = f"/api/organizations/{name}"
        assert (await acme.by_token.get(by_name)).json == updated
        assert (await acme.by_token.patch(by_name, json={})).json == updated


async def test_another_organization_is_forbidden_and_an_unknown_one_not_found(acme: Acme) -> None:
    ask = acme.by_token
    theirs = (await (await acme.callers.token(acme.other)).get("/api/organization")).json

    foreign = await ask.get(f"/api/organizations/{theirs['publicId']}")
    assert refusal(foreign) == (403, "Forbidden")
    unknown = await ask.get(f"/api/organizations/{NO_UUID}")
    assert refusal(unknown) == (404, "Organization not found")
    wrong = await ask.get("/api/organizations/mine")
    assert refusal(wrong) == (400, "Invalid Organization identifier")


async def test_a_member_of_two_organizations_asks_for_either_by_its_name(acme: Acme) -> None:
    assert acme.owner.user_id is not None
    await acme.here.join(acme.other.organization_id, acme.owner.user_id, Role.USER)

    answer = await acme.by_owner.get(f"/api/organizations/{acme.other.organization_id}")

    assert answer.json["name"] == "Other"
    assert (await acme.by_owner.get("/api/organization")).json["name"] == "Acme"


async def test_a_token_is_created_listed_and_revoked_by_who_signed_in(acme: Acme) -> None:
    body = {"name": "CI", "expiresInDays": 30, "customerId": None}

    created = (await acme.by_owner.post("/api/organization/tokens", json=body)).json
    listed = (await acme.by_owner.get("/api/organization/tokens")).json[0]

    secret = created["token"]
    times = {"lastUsedAt": None, "expiresAt": "2026-01-31T12:00:00.000Z", "createdAt": NOON}
    assert created == {"id": created["id"], "name": "CI", "token": secret, **times}
    assert listed == {
        "id": created["id"],
        "organizationId": acme.owner.organization_id,
        "name": "CI",
        "customerId": None,
        "customerName": None,
        **times,
        "tokenHint": f"{secret[:8]}...",
    }
    by_new = acme.callers.nobody.bearing(secret)
    assert (await by_new.get("/api/organization")).status == 200
    path = f"/api/organization/tokens/{created['id']}"
    assert (await acme.by_owner.delete(path)).json == {"success": True}
    assert refusal(await by_new.get("/api/organization")) == (401, "Unauthorized")
    assert refusal(await acme.by_owner.delete(path)) == (404, "Token not found")


async def test_a_token_of_a_customer_is_created_listed_and_revoked(acme: Acme) -> None:
    customer = await _customer(acme)
    body = {"name": "CI", "customerId": customer["publicId"]}

    created = (await acme.by_owner.post("/api/customer/tokens", json=body)).json

    [listed] = (await acme.by_owner.get("/api/customer/tokens")).json
    assert (listed["customerId"], listed["customerName"]) == (customer["id"], "Shop")
    answer = await acme.by_owner.delete(f"/api/customer/tokens/{created['id']}")
    assert answer.json == {"success": True}


async def test_neither_tokens_nor_keys_reach_the_tokens(acme: Acme) -> None:
    key = await acme.callers.key(acme.owner)

    for ask in (acme.by_token, key):
        for path in ("/api/organization/tokens", "/api/customer/tokens"):
            assert refusal(await ask.get(path)) == (403, "Forbidden")
            assert refusal(await ask.post(path, json={"name": "x"})) == (403, "Forbidden")
            assert refusal(await ask.delete(f"{path}/1")) == (403, "Forbidden")


async def test_tokens_are_refused_in_the_words_of_the_contract(acme: Acme) -> None:
    ask = acme.by_owner
    customer = await _customer(acme)
    await acme.here.member(
        acme.owner.organization_id, Role.USER, "u@acme.example", (customer["id"],)
    )
    member = await acme.callers.session("u@acme.example")

    for path in ("/api/organization/tokens", "/api/customer/tokens"):
        for customer_id in ("shop", 999, NO_UUID):
            named = {"name": "x", "customerId": customer_id}
            assert refusal(await ask.post(path, json=named)) == (400, "Invalid customer ID")
        for wrong in ({}, {"name": ""}, {"name": "x", "expiresInDays": 366}):
            assert (await ask.post(path, json=wrong)).status == 400
        assert refusal(await ask.delete(f"{path}/x")) == (400, "Invalid token ID")
    unnamed = await member.post("/api/customer/tokens", json={"name": "x"})
    assert refusal(unnamed) == (400, "customerId is required")
    named = {"name": "x", "customerId": customer["id"]}
    assert (await member.post("/api/customer/tokens", json=named)).status == 200
    refused = await member.post("/api/organization/tokens", json=named)
    assert refusal(refused) == (403, "Forbidden")


async def test_a_cookie_from_another_site_changes_nothing(acme: Acme) -> None:
    answer = await acme.by_owner.post(
        "/api/organization/tokens", json={"name": "x"}, headers={"origin": "https://evil.example"}
    )

    assert refusal(answer) == (403, "Forbidden")
    assert (await acme.by_owner.get("/api/organization/tokens")).json[0]["name"] == "a token"


WRITES = [
    ("POST", "/api/customers", {"name": "x"}),
    ("PATCH", "/api/customers/{customer}", {"name": "x"}),
    ("POST", "/api/customers/{customer}/cancel", {}),
    ("DELETE", "/api/customers/{customer}/cancel", {}),
    ("GET", "/api/users", None),
    ("POST", "/api/users", {"email": "new@acme.example", "role": "user"}),
    ("GET", "/api/users/{user}", None),
    ("PATCH", "/api/users/{user}", {"firstName": "X"}),
    ("PATCH", "/api/organization", {"city": "Bern"}),
    ("DELETE", "/api/users/{user}", None),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
async def test_only_those_who_manage_do(
    acme: Acme, method: str, path: str, body: dict[str, Any] | None
) -> None:
    organization = acme.owner.organization_id
    customer = (await _customer(acme))["id"]
    second = await acme.here.member(organization, Role.USER, "second@acme.example")
    target = path.format(customer=customer, user=second.user_id)
    await acme.here.member(organization, Role.ADMIN, "admin@acme.example")
    await acme.here.member(organization, Role.USER, "user@acme.example")
    await acme.here.member(organization, Role.READONLY, "reader@acme.example", (customer,))
    statuses = []
    for name in ("user", "reader", "admin"):
        ask = await acme.callers.session(f"{name}@acme.example")
        sent = UNSET if body is None else body
        statuses.append((await ask.ask(method, target, json=sent)).status)

    assert statuses == [403, 403, 200]
