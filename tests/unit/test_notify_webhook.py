"""Webhooks: both published payloads field by field, the signature, and what each answer means."""

import asyncio
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import msgspec
import pytest

from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import ChannelKind, Event
from fener.domain.problem import Cause, Problem
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, to_datetime
from fener.net.caller import READ_LIMIT, Caller
from fener.net.guard import AddressGuard, Listener
from fener.net.resolver import machine_resolver
from fener.net.wire import Wire
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.senders.webhook import WebhookSender
from fener.testing.clock import FakeClock
from support import letters
from support.certificates import make_authority
from support.letters import BACKUP, SHOP
from support.store import NOON
from support.targets import Answer, Request, Target, closed_port, garbage, hang, page, reset, stream

SENT, TRY_AGAIN, REFUSED = DeliveryStatus.SENT, DeliveryStatus.TRY_AGAIN, DeliveryStatus.REFUSED


ENDING = msgspec.structs.replace(
    letters.INCIDENT,
    cause=Cause.SSL_WARNING,
    problem=Problem.CERTIFICATE,
    ends_at=NOON + 10 * DAY,
)
ENDED = msgspec.structs.replace(ENDING, cause=Cause.SSL_EXPIRY, ends_at=NOON)
SLOW = msgspec.structs.replace(
    letters.INCIDENT, cause=Cause.PERFORMANCE, problem=Problem.PERFORMANCE
)
CHANGED = msgspec.structs.replace(letters.INCIDENT, cause=Cause.DNS_CHANGE, problem=Problem.CONTENT)


class Hook:
    """A webhook sender and a real service that it posts to."""

    def __init__(self, target: Target, wire: Wire, clock: FakeClock) -> None:
        self.target = target
        self.clock = clock
        self.listeners: tuple[Listener, ...] = ()
        self._wire = wire

    async def send(
        self,
        event: Event = Event.DOWN,
        *,
        answer: Answer | None = None,
        secrets: dict[str, str] | None = None,
        message: dict[str, Any] | None = None,
        **settings: Any,
    ) -> Delivery:
        """Post to `/hook`; `message` changes the message, other names the channel's settings."""
        url = self.target.at("/hook", answer or page())
        channel = letters.channel(ChannelKind.WEBHOOK, {"url": url, **settings}, secrets)
        return await self.post(letters.message(channel, event, **(message or {})))

    async def post(self, message: Message) -> Delivery:
        guard = AddressGuard(self.listeners)
        caller = Caller(self._wire, machine_resolver(self.clock), guard, self.clock)
        sender = WebhookSender(caller, Links("https://fener.example"), self.clock)
        return await sender.send(message)

    @property
    def request(self) -> Request:
        (request,) = self.target.requests
        return request

    def json(self) -> Any:
        return msgspec.json.decode(self.request.body)

    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.request.body.decode(), keep_blank_values=True))


@pytest.fixture
async def hook() -> AsyncIterator[Hook]:
    async with AsyncExitStack() as stack:
        target = stack.enter_context(Target())
        yield Hook(target, await stack.enter_async_context(Wire()), FakeClock())


class TestOrganizationPayload:
    async def test_an_outage_has_just_the_published_fields(self, hook: Hook) -> None:
        await hook.send()
        assert hook.request.method == "POST"
        assert hook.request.headers["content-type"] == "application/json"
        assert hook.json() == {
            "event": "incident.created",
            "incident": {
                "id": 41,
                "type": "down",
                "status": "open",
                "started_at": "2026-01-01T12:00:20.000Z",
                "error_message": "status 500, wanted 200-299",
            },
            "website": {
                "id": 14,
                "name": "example.com",
                "url": "https://example.com/shop",
                "custom_fields": {"tier": "gold"},
            },
            "customer": {"id": 7, "name": "Acme"},
        }

    async def test_another_problem_is_named_by_its_cause(self, hook: Hook) -> None:
        await hook.send(message={"incident": ENDING})
        assert hook.json()["incident"]["type"] == "ssl_warning"
        assert hook.request.headers["x-webhook-event"] == "alert"

    async def test_changed_records_are_named_by_their_cause(self, hook: Hook) -> None:
        await hook.send(message={"incident": CHANGED})
        assert hook.json()["incident"]["type"] == "dns_change"
        assert hook.json()["event"] == "incident.created"

    async def test_a_warning_that_became_critical_says_so(self, hook: Hook) -> None:
        await hook.send(Event.WORSENED, message={"incident": ENDED})
        said = hook.json()
        assert (said["event"], said["incident"]["type"]) == ("incident.worsened", "ssl_expiry")
        assert said["incident"]["status"] == "open"

    async def test_a_recovery_is_resolved_and_says_when(self, hook: Hook) -> None:
        await hook.send(Event.RECOVERED)
        said = hook.json()
        assert said["event"] == "incident.resolved"
        assert said["incident"] == {
            "id": 41,
            "type": "down",
            "status": "resolved",
            "started_at": "2026-01-01T12:00:20.000Z",
            "error_message": "status 500, wanted 200-299",
            "resolved_at": "2026-01-01T12:12:10.000Z",
        }

    async def test_a_reminder_is_of_an_open_incident(self, hook: Hook) -> None:
        await hook.send(Event.REMINDER)
        said = hook.json()
        assert (said["event"], said["incident"]["status"]) == ("incident.reminder", "open")

    async def test_an_outage_told_late_is_told_as_it_began(self, hook: Hook) -> None:
        await hook.send(message={"incident": letters.OVER})
        said = hook.json()
        assert (said["event"], said["incident"]["status"]) == ("incident.created", "open")

    async def test_a_test_has_the_same_shape(self, hook: Hook) -> None:
        await hook.send(Event.TEST)
        said = hook.json()
        assert said["event"] == "test"
        assert set(said["incident"]) == {"id", "type", "status", "started_at", "error_message"}
        assert set(said["website"]) == {"id", "name", "url", "custom_fields"}
        assert said["customer"] == {"id": 0, "name": ""}

    async def test_a_heartbeat_has_an_empty_url(self, hook: Hook) -> None:
        await hook.send(message={"subject": BACKUP})
        assert hook.json()["website"]["url"] == ""

    @pytest.mark.parametrize(
        ("event", "name"),
        [
            (Event.DOWN, "alert"),
            (Event.REMINDER, "alert"),
            (Event.RECOVERED, "recovery"),
            (Event.TEST, "test"),
        ],
    )
    async def test_headers_name_the_event_the_attempt_and_the_time(
        self, hook: Hook, event: Event, name: str
    ) -> None:
        await hook.clock.advance(MINUTE)
        await hook.send(event, message={"attempt": 4})
        headers = hook.request.headers
        assert headers["x-webhook-event"] == name
        assert headers["x-webhook-attempt"] == "4"
        assert headers["x-webhook-timestamp"] == "2026-01-01T12:01:00.000Z"
        assert datetime.fromisoformat(headers["x-webhook-timestamp"])


class TestAccountPayload:
    async def test_a_certificate_that_ends_has_the_published_fields(self, hook: Hook) -> None:
        await hook.send(format="account", message={"incident": ENDING})
        said = hook.form()
        assert (said["type"], said["timezone"]) == ("ssl-expiry", "UTC")
        assert said["ssl_end_datetime"] == "2026-01-11 12:00:00"
        assert "is_ok" not in said

    async def test_a_change_is_not_called_down(self, hook: Hook) -> None:
        await hook.send(format="account", message={"incident": CHANGED})
        said = hook.form()
        assert (said["problem"], said["severity"]) == ("content", "warning")
        assert "is_ok" not in said

    async def test_what_is_slow_is_not_called_down(self, hook: Hook) -> None:
        await hook.send(format="account", message={"incident": SLOW})
        said = hook.form()
        assert (said["problem"], said["severity"]) == ("performance", "warning")
        assert "is_ok" not in said

    async def test_what_is_fast_again_is_ok(self, hook: Hook) -> None:
        await hook.send(Event.RECOVERED, format="account", message={"incident": SLOW})
        assert hook.form()["is_ok"] == "1"

    async def test_an_outage_has_just_the_published_fields(self, hook: Hook) -> None:
        await hook.send(format="account")
        assert hook.request.headers["content-type"] == "application/x-www-form-urlencoded"
        assert hook.form() == {
            "monitor_id": "14",
            "name": "example.com",
            "type": "website",
            "target": "https://example.com/shop",
            "port": "",
            "is_ok": "0",
            "url": f"https://fener.example/monitors/{SHOP.public_id}",
        }

    async def test_a_heartbeat_has_its_own_fields(self, hook: Hook) -> None:
        await hook.send(format="account", message={"subject": BACKUP})
        assert hook.form() == {
            "heartbeat_id": "14",
            "name": "Nightly backup",
            "type": "heartbeat",
            "is_ok": "0",
            "url": f"https://fener.example/monitors/{SHOP.public_id}",
        }

    @pytest.mark.parametrize(
        ("event", "is_ok"),
        [(Event.DOWN, "0"), (Event.REMINDER, "0"), (Event.RECOVERED, "1"), (Event.TEST, "1")],
    )
    async def test_is_ok_tells_outage_from_recovery(
        self, hook: Hook, event: Event, is_ok: str
    ) -> None:
        await hook.send(event, format="account")
        assert hook.form()["is_ok"] == is_ok

    async def test_any_text_survives_the_form(self, hook: Hook) -> None:
        name = "Käse & Brot = 100 % 你好\n+"
        subject = msgspec.structs.replace(SHOP, name=name)
        await hook.send(format="account", message={"subject": subject})
        assert hook.form()["name"] == name


class TestSigning:
    @pytest.mark.parametrize("form", ["organization", "account"])
    async def test_the_signature_is_that_of_the_raw_body(self, hook: Hook, form: str) -> None:
        await hook.send(secrets={"secret": "wh-s3cret"}, format=form)
        wanted = hmac.new(b"wh-s3cret", hook.request.body, hashlib.sha256).hexdigest()
        assert hook.request.headers["x-webhook-signature"] == wanted
        assert hook.request.headers["x-webhook-signature-algorithm"] == "sha256"

    async def test_without_a_secret_there_is_none(self, hook: Hook) -> None:
        await hook.send()
        assert not [name for name in hook.request.headers if "signature" in name]

    async def test_the_key_is_the_same_in_each_attempt_and_the_attempt_is_not(
        self, hook: Hook
    ) -> None:
        await hook.send(message={"attempt": 1})
        await hook.send(message={"attempt": 2})
        first, second = (request.headers for request in hook.target.requests)
        key = "019b7a3c-0000-7000-8000-000000000029:down:3:0"
        assert first["idempotency-key"] == second["idempotency-key"] == key
        assert (first["x-webhook-attempt"], second["x-webhook-attempt"]) == ("1", "2")
        assert hook.target.requests[0].body == hook.target.requests[1].body


class TestAnswers:
    @pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
    async def test_2xx_is_accepted(self, hook: Hook, code: int) -> None:
        delivery = await hook.send(answer=page("", code))
        assert delivery.status is SENT
        assert delivery.answer == f"127.0.0.1 answered {code}."

    @pytest.mark.parametrize("code", [408, 425, 429, 500, 502, 503, 504, 599])
    async def test_what_may_pass_is_tried_again(self, hook: Hook, code: int) -> None:
        assert (await hook.send(answer=page("", code))).status is TRY_AGAIN

    @pytest.mark.parametrize("code", [400, 401, 403, 404, 405, 410, 413, 422])
    async def test_other_refusals_are_for_good(self, hook: Hook, code: int) -> None:
        assert (await hook.send(answer=page("", code))).status is REFUSED

    @pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
    async def test_redirects_are_not_followed(self, hook: Hook, code: int) -> None:
        elsewhere = hook.target.at("/elsewhere", page())
        delivery = await hook.send(answer=page("", code, (("Location", elsewhere),)))
        assert delivery.status is REFUSED
        assert "redirects are not followed" in delivery.answer
        assert hook.request.path == "/hook"

    @pytest.mark.parametrize(
        ("value", "wait"),
        [
            ("30", 30 * SECOND),
            (format_datetime(to_datetime(FakeClock().now() + 2 * HOUR)), 2 * HOUR),
            (format_datetime(to_datetime(FakeClock().now() - HOUR)), 0),
            ("soon", None),
            ("-5", None),
            ("99999999999999999999", 999_999_999 * SECOND),
        ],
    )
    async def test_retry_after_is_heard(self, hook: Hook, value: str, wait: int | None) -> None:
        delivery = await hook.send(answer=page("", 429, (("Retry-After", value),)))
        assert (delivery.status, delivery.retry_after) == (TRY_AGAIN, wait)

    @pytest.mark.parametrize("answer", [garbage, reset])
    async def test_what_is_no_answer_is_tried_again(self, hook: Hook, answer: Answer) -> None:
        delivery = await hook.send(answer=answer)
        assert delivery.status is TRY_AGAIN
        assert delivery.answer.startswith("127.0.0.1 was not reached: ")

    async def test_an_endless_answer_is_read_up_to_a_bound(self, hook: Hook) -> None:
        async with asyncio.timeout(5):
            assert (await hook.send(answer=stream, timeout=20)).status is SENT
        long = page("x" * (READ_LIMIT + 100_000), 503)
        assert (await hook.send(answer=long)).status is TRY_AGAIN

    async def test_a_service_that_is_away_is_tried_again(self, hook: Hook) -> None:
        url = f"http://127.0.0.1:{closed_port()}/s3cret"
        delivery = await hook.post(
            letters.message(letters.channel(ChannelKind.WEBHOOK, {"url": url}))
        )
        assert delivery.status is TRY_AGAIN
        assert delivery.answer == "127.0.0.1 was not reached: connection refused."


class TestSafety:
    @pytest.mark.parametrize(
        "url",
        [
            "http://169.254.169.254/latest/meta-data",
            "http://[fe80::1]/",
            "http://0.0.0.0/",
            "http://[::ffff:169.254.169.254]/",
        ],
    )
    async def test_forbidden_addresses_are_never_dialled(self, hook: Hook, url: str) -> None:
        channel = letters.channel(ChannelKind.WEBHOOK, {"url": url})
        delivery = await hook.post(letters.message(channel))
        assert delivery.status is REFUSED
        assert "never dialled" in delivery.answer

    async def test_private_addresses_only_where_the_organization_may(self, hook: Hook) -> None:
        delivery = await hook.send(message={"allow_private": False})
        assert (delivery.status, hook.target.requests) == (REFUSED, [])

    async def test_feners_own_listener_is_never_dialled(self, hook: Hook) -> None:
        hook.listeners = (Listener("127.0.0.1", hook.target.port),)
        delivery = await hook.send()
        assert (delivery.status, hook.target.requests) == (REFUSED, [])
        assert "Fener itself listens there" in delivery.answer

    @pytest.mark.parametrize("url", ["", "ftp://x.example/", "http://", "http://a b/", "x"])
    async def test_what_is_no_address_is_refused(self, hook: Hook, url: str) -> None:
        channel = letters.channel(ChannelKind.WEBHOOK, {"url": url})
        assert (await hook.post(letters.message(channel))).status is REFUSED

    async def test_a_certificate_that_nobody_vouches_for_gets_no_message(
        self, tmp_path: Path
    ) -> None:
        authority = make_authority(tmp_path)
        async with AsyncExitStack() as stack:
            target = stack.enter_context(Target(tls=authority.leaf("127.0.0.1")))
            for wire, status in ((Wire(), TRY_AGAIN), (Wire(authority.trust_store), SENT)):
                hook = Hook(target, await stack.enter_async_context(wire), FakeClock())
                assert (await hook.send()).status is status
        assert len(target.requests) == 1


class TestChannelSettings:
    @pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
    async def test_the_method_can_be_chosen(self, hook: Hook, method: str) -> None:
        await hook.send(method=method)
        assert hook.request.method == method
        assert hook.json()["event"] == "incident.created"

    async def test_own_headers_are_sent(self, hook: Hook) -> None:
        await hook.send(headers={"X-Team": "ops", "X-Odd": "a\r\nX-Injected: b"})
        assert hook.request.headers["x-team"] == "ops"
        assert "x-injected" not in hook.request.headers

    async def test_they_cannot_take_the_place_of_ours(self, hook: Hook) -> None:
        own = {"x-webhook-event": "lie", "Idempotency-Key": "lie", "content-type": "lie"}
        await hook.send(headers={**own, "Host": "lie", "Content-Length": "1"})
        assert "lie" not in hook.request.headers.values()

    async def test_a_header_that_is_none_is_refused_without_its_value(self, hook: Hook) -> None:
        delivery = await hook.send(headers={"X Team": "wh-s3cret"})
        assert (delivery.status, hook.target.requests) == (REFUSED, [])
        assert "wh-s3cret" not in delivery.answer

    async def test_credentials_from_the_address_or_a_secret(self, hook: Hook) -> None:
        url = hook.target.at("/hook", page()).replace("http://", "http://user:pass%20word@")
        for secrets in ({"url": url}, {"url": url, "authorization": "Bearer abc"}):
            channel = letters.channel(ChannelKind.WEBHOOK, {}, secrets)
            await hook.post(letters.message(channel))
        sent = [request.headers["authorization"] for request in hook.target.requests]
        assert sent == ["Basic dXNlcjpwYXNzIHdvcmQ=", "Bearer abc"]

    async def test_the_time_limit_is_the_channels(self, hook: Hook) -> None:
        delivery = await hook.send(answer=hang, timeout=1)
        assert delivery.status is TRY_AGAIN
        assert delivery.answer == "127.0.0.1 was not reached: no answer in time."
