"""Sends messages to web services: one signed request with the payload that the channel asks for.

Answers name the host and nothing more of the address: path and query are often secrets.
"""

import hashlib
import hmac
from base64 import b64encode

from msgspec import ValidationError

from fener import __version__
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import Event, WebhookSettings
from fener.domain.time import SECOND, Span, iso_text
from fener.net.caller import Answered, BadHeader, Caller, Unreached, header_line
from fener.net.url import BadUrl, Url, parse
from fener.net.wire import Request
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.senders.payloads import payload
from fener.ports import Clock

_WEBHOOK_EVENTS = {
    Event.DOWN: "alert",
    Event.REMINDER: "alert",
    Event.WORSENED: "alert",
    Event.FLAPPING: "alert",
    Event.RECOVERED: "recovery",
    Event.TEST: "test",
    Event.BLIND: "alert",
    Event.SEEING: "recovery",
}
_OURS = frozenset({"connection", "content-length", "expect", "host", "transfer-encoding"})
"""Headers that are no channel's to set, beside those that a message brings."""
_TRY_AGAIN = frozenset({408, 425, 429})
_SERVER_ERROR = 500
_REDIRECT = range(300, 400)
_ACCEPTED = range(200, 300)


class WebhookSender:
    """`fener.ports.Sender` for webhooks."""

    def __init__(self, caller: Caller, links: Links, clock: Clock) -> None:
        self._caller = caller
        self._links = links
        self._clock = clock

    async def send(self, message: Message) -> Delivery:
        began = self._clock.monotonic()
        try:
            settings = message.channel.as_webhook()
            url = parse(settings.url)
            request = self._request(message, settings, url)
        except (ValidationError, BadUrl, BadHeader) as error:
            return self._delivery(DeliveryStatus.REFUSED, f"Not sent: {error}.", began)
        within = settings.timeout * SECOND
        answer = await self._caller.call(request, within, allow_private=message.allow_private)
        return self._judged(url.origin.host, answer, began)

    def _request(self, message: Message, settings: WebhookSettings, url: Url) -> Request:
        now = self._clock.now()
        content = payload(settings.format, message, self._links, now)
        own = {
            "Content-Type": content.content_type,
            "User-Agent": f"Fener/{__version__}",
            "Idempotency-Key": message.key,
            "X-Webhook-Event": _WEBHOOK_EVENTS[message.event],
            "X-Webhook-Attempt": str(message.attempt),
            "X-Webhook-Timestamp": iso_text(now),
            **_signature(settings.secret, content.body),
            **_authorization(settings, url),
        }
        taken = _OURS | {name.lower() for name in own}
        given = {name: text for name, text in settings.headers.items() if name.lower() not in taken}
        lines = [header_line(name, text) for name, text in {**given, **own}.items()]
        # Without the bare name libcurl would wait a second for "100 Continue".
        return Request(settings.method, url, (*lines, "Expect:"), content.body)

    def _judged(self, host: str, answer: Answered | Unreached, began: Span) -> Delivery:
        if isinstance(answer, Unreached):
            status = DeliveryStatus.REFUSED if answer.forbidden else DeliveryStatus.TRY_AGAIN
            return self._delivery(status, f"{host} was not reached: {answer.why}.", began)
        if answer.status in _ACCEPTED:
            return self._delivery(DeliveryStatus.SENT, f"{host} answered {answer.status}.", began)
        if answer.status in _TRY_AGAIN or answer.status >= _SERVER_ERROR:
            said = f"{host} answered {answer.status}."
            return self._delivery(DeliveryStatus.TRY_AGAIN, said, began, answer.retry_after)
        more = ", and redirects are not followed" if answer.status in _REDIRECT else ""
        said = f"{host} answered {answer.status}{more}."
        return self._delivery(DeliveryStatus.REFUSED, said, began)

    def _delivery(
        self, status: DeliveryStatus, answer: str, began: Span, retry_after: Span | None = None
    ) -> Delivery:
        took = self._clock.monotonic() - began
        return Delivery(status, answer, self._clock.now(), took, retry_after)


def _signature(secret: str | None, body: bytes) -> dict[str, str]:
    if not secret:
        return {}
    signed = hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Webhook-Signature": signed, "X-Webhook-Signature-Algorithm": "sha256"}


def _authorization(settings: WebhookSettings, url: Url) -> dict[str, str]:
    if settings.authorization:
        return {"Authorization": settings.authorization}
    if url.credentials is None:
        return {}
    pair = f"{url.credentials.username}:{url.credentials.password}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}
