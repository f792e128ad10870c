"""Notification channels in the organization API, as its pages say."""

from typing import Any

import msgspec
import pytest

from fener.api.app import create_api
from fener.api.options import ApiOptions
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import ChannelKind
from support.api import Client
from support.house import House
from support.schemas import good, refused

PATH = "/api/notification-channels"
MAIL = {"type": "email", "name": "Mail", "config": {"to": "ops@acme.example"}}
HOOK = {
    "type": "webhook",
    "name": "Chat",
    "config": {
        "url": "https://hooks.example/in",
        "secret": "s3cret",
        "headers": {"Authorization": "Bearer abc", "X-Team": "web"},
    },
}


async def create(asked: Client, given: dict[str, Any], **more: Any) -> dict[str, Any]:
    answer = await asked.post(PATH, json=given | more)
    channel: dict[str, Any] = good(answer, "organization-channel")
    return channel


async def listed(asked: Client, query: str = "") -> list[dict[str, Any]]:
    channels: list[dict[str, Any]] = good(
        await asked.get(f"{PATH}?{query}"), "organization-channels"
    )
    return channels


async def test_secrets_come_back_as_null(house: House, token: Client) -> None:
    hook = await create(token, HOOK)
    assert hook["config"] == {
        "url": "https://hooks.example/in",
        "headers": {"X-Team": "web"},
        "secret": None,
        "authorization": None,
    }
    assert hook["hasSecret"]
    assert (hook["organizationId"], hook["customerId"]) == (house.owner.organization_id, None)
    assert await listed(token) == [hook]
    mail = await create(token, MAIL)
    assert mail["config"] == {"to": "ops@acme.example", "email": "ops@acme.example"}
    assert not mail["hasSecret"]


async def test_a_record_can_be_sent_back(token: Client) -> None:
    for given in (MAIL, HOOK):
        channel = await create(token, given)
        answer = await token.patch(f"{PATH}/{channel['id']}", json=channel)
        assert good(answer, "organization-channel") == channel


async def test_config_is_merged_with_what_is_stored(house: House, token: Client) -> None:
    hook = await create(token, HOOK)
    change = {"name": "New", "isActive": False, "config": {"url": "https://hooks.example/2"}}
    answer = await token.patch(f"{PATH}/{hook['id']}", json=change)
    after = good(answer, "organization-channel")
    assert after == hook | {
        "name": "New",
        "isActive": False,
        "config": hook["config"] | {"url": "https://hooks.example/2"},
    }
    sealed = await house.value("SELECT sealed_secrets FROM channels")
    opened = house.context.sealer.open(sealed)
    assert opened == {"secret": "s3cret", "authorization": "Bearer abc"}


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"type": "slack"}, "slack"),
        ({"type": "pigeon"}, "Invalid type"),
        ({"name": " "}, "name"),
        ({"config": {}}, "to"),
        ({"config": {"to": "nobody"}}, "nobody"),
        ({"config": {"to": "a@b.example", "color": "red"}}, "color"),
        ({"type": "webhook", "config": {"url": "x://y"}}, "http"),
        (
            {"type": "webhook", "config": {"url": "https://h.example", "bodyTemplate": "x"}},
            "bodyTemplate",
        ),
        ({"priority": 2}, "priority"),
        ({"delaySeconds": 60}, "delaySeconds"),
        ({"conditions": {"onlyFullService": True}}, "conditions"),
        ({"allowedPackageTypes": ["basic"]}, "allowedPackageTypes"),
        ({"sourceChannelId": 1}, "sourceChannelId"),
        ({"customerId": "x"}, "Invalid Customer identifier"),
        ({"websiteId": "x"}, "Invalid Website identifier"),
        ({"organizationId": 0}, "Organization ID is required"),
    ],
)
async def test_what_could_not_be_told_is_refused(
    token: Client, change: dict[str, Any], named: str
) -> None:
    said = refused(await token.post(PATH, json=MAIL | change), "organization", 400)
    assert named in said
    assert await listed(token) == []


@pytest.mark.parametrize("missing", ["type", "name", "config"])
async def test_what_a_creation_needs_is_named(token: Client, missing: str) -> None:
    given = {name: value for name, value in MAIL.items() if name != missing}
    said = refused(await token.post(PATH, json=given), "organization", 400)
    assert said == "type, name and config are required"


async def test_lists_are_those_of_a_customer_or_website(house: House, token: Client) -> None:
    shop = await house.monitor(customer_id=house.other_customer_id)
    key = await house.value("SELECT public_id FROM monitors WHERE id = :id", id=shop)
    everybodys = await create(token, MAIL)
    customers = await create(token, MAIL, customerId=house.other_customer_id)
    own = await create(token, MAIL, websiteId=key)
    assert (own["websiteId"], own["customerId"]) == (shop, house.other_customer_id)
    another = await create(token, MAIL, customerId=house.customer_id)
    assert await listed(token) == [everybodys, customers, own, another]
    assert await listed(token, f"customerId={house.other_customer_id}") == [customers, own]
    assert await listed(token, f"websiteId={key}") == [everybodys, customers, own]
    assert await listed(token, f"websiteId={shop}") == [everybodys, customers, own]


async def test_where_it_belongs_and_what_it_is_stays(house: House, token: Client) -> None:
    channel = await create(token, MAIL, customerId=house.customer_id)
    for change in (
        {"type": "webhook"},
        {"customerId": house.other_customer_id},
        {"customerId": None},
        {"websiteId": 1},
    ):
        answer = await token.patch(f"{PATH}/{channel['id']}", json=change)
        refused(answer, "organization", 400)


async def test_deleting_answers_success(token: Client) -> None:
    channel = await create(token, MAIL)
    place = f"{PATH}/{channel['id']}"
    answer = await token.delete(place)
    assert (answer.status, answer.json) == (200, {"success": True})
    for method in ("PATCH", "DELETE"):
        answer = await token.ask(method, place, json={})
        refused(answer, "organization", 404, "Notification channel not found")
    wrong = await token.delete(f"{PATH}/x")
    refused(wrong, "organization", 400, "Invalid notification channel ID")


class Recording:
    """A sender that remembers, and answers as it is told."""

    def __init__(self, status: DeliveryStatus) -> None:
        self.status = status
        self.sent: list[Message] = []

    async def send(self, message: Message) -> Delivery:
        self.sent.append(message)
        return Delivery(self.status, "hooks.example answered 204.", 0, took=84)


def with_sender(house: House, asked: Client, sender: Recording) -> Client:
    context = msgspec.structs.replace(house.context, senders={ChannelKind.WEBHOOK: sender})
    return asked.of(create_api(context, ApiOptions(recognizer=house.signed)))


@pytest.mark.parametrize("status", list(DeliveryStatus))
async def test_a_test_tells_what_became_of_it(
    house: House, token: Client, status: DeliveryStatus
) -> None:
    sender = Recording(status)
    asked = with_sender(house, token, sender)
    answer = await asked.post(f"{PATH}/test", json=HOOK)
    ok = status is DeliveryStatus.SENT
    assert (answer.status, answer.json) == (
        200,
        {
            "success": ok,
            "mode": "send",
            "message": "hooks.example answered 204.",
            "validation": {"ok": True, "errors": [], "warnings": []},
            "request": {
                "url": "https://hooks.example/in",
                "method": "POST",
                "timeoutSeconds": 10,
                "headers": {"X-Team": "***"},
            },
            "response": {
                "ok": ok,
                "durationMs": 84,
                "message": "hooks.example answered 204.",
            },
        },
    )
    (message,) = sender.sent
    assert message.channel.as_webhook().secret == "s3cret"
    assert await listed(token) == []


async def test_a_dry_run_sends_nothing(house: House, token: Client) -> None:
    sender = Recording(DeliveryStatus.SENT)
    asked = with_sender(house, token, sender)
    answer = await asked.post(f"{PATH}/test", json=HOOK | {"dryRun": True})
    assert (answer.json["success"], answer.json["mode"]) == (True, "dryRun")
    assert answer.json["response"] is None
    bad = HOOK | {"config": {"url": "x://y"}, "dryRun": True}
    answer = await asked.post(f"{PATH}/test", json=bad)
    assert (answer.status, answer.json["success"]) == (200, False)
    assert "http" in answer.json["validation"]["errors"][0]
    mail = await asked.post(f"{PATH}/test", json=MAIL)
    assert "email" in mail.json["validation"]["errors"][0]
    assert sender.sent == []


async def test_scope_holds(house: House, token: Client) -> None:
    everybodys = await create(token, MAIL)
    of_other = await create(token, MAIL, customerId=house.other_customer_id)
    scoped = await house.token(house.customer_id)
    own = await create(scoped, MAIL)
    assert own["customerId"] == house.customer_id
    assert await listed(scoped) == [own]
    stranger = await house.token(who=await house.stranger())
    for asked, hidden in ((scoped, everybodys), (scoped, of_other), (stranger, own)):
        for method in ("PATCH", "DELETE"):
            answer = await asked.ask(method, f"{PATH}/{hidden['id']}", json={"name": "Mine"})
            refused(answer, "organization", 403, "Forbidden")
    for given in (
        {"customerId": house.other_customer_id},
        {"websiteId": await house.monitor(customer_id=house.other_customer_id)},
    ):
        answer = await scoped.post(PATH, json=MAIL | given)
        refused(answer, "organization", 403, "Forbidden")
    member = await house.readonly(house.customer_id)
    for answer in (
        await member.get(PATH),
        await member.post(PATH, json=MAIL),
        await member.post(f"{PATH}/test", json=HOOK | {"dryRun": True}),
    ):
        refused(answer, "organization", 403, "Forbidden")
    refused(await house.nobody.get(PATH), "organization", 401, "Unauthorized")
    assert len(await listed(token)) == 3
