"""What every sender must do (`fener.ports.Sender`), each with a real carrier on loopback."""

import asyncio
from abc import ABC, abstractmethod
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import msgspec
import pytest

from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import Channel, ChannelKind, Event
from fener.faults import FaultBoard
from fener.net.caller import Caller
from fener.net.guard import AddressGuard
from fener.net.resolver import machine_resolver
from fener.net.wire import Wire
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.senders.email import EmailSender
from fener.pipeline.notify.senders.mail_server import read_mail_server
from fener.pipeline.notify.senders.webhook import WebhookSender
from fener.ports import Sender
from fener.testing.clock import FakeClock
from support import letters
from support.letters import SECRET
from support.mail import MailHost, dialler, open_mail_host
from support.targets import Exchange, Target, closed_port, hang, page

LINKS = Links("https://fener.example")
PATH = f"/hooks/{SECRET}?token={SECRET}"
SENT, TRY_AGAIN, REFUSED = DeliveryStatus.SENT, DeliveryStatus.TRY_AGAIN, DeliveryStatus.REFUSED


class Carrier(ABC):
    """A receiver for one kind of sender, told how to behave."""

    sender: Sender
    channel: Channel

    def __init__(self) -> None:
        self.clock = FakeClock()
        self.faults = FaultBoard(self.clock)
        self.holds_one = asyncio.Event()
        """Set when it hangs with a message in its hands."""

    @abstractmethod
    def says(self, status: DeliveryStatus) -> None: ...
    @abstractmethod
    def hangs(self) -> None: ...
    @abstractmethod
    def is_away(self) -> None: ...
    @abstractmethod
    def keys(self) -> list[str]:
        """The dedup key of each message as it arrived."""

    @abstractmethod
    def badly_set(self) -> Channel: ...

    def message(self, event: Event = Event.DOWN) -> Message:
        return letters.message(self.channel, event)


class Hook(Carrier):
    def __init__(self, target: Target, wire: Wire) -> None:
        super().__init__()
        self._target = target
        caller = Caller(wire, machine_resolver(self.clock), AddressGuard(), self.clock)
        self.sender = WebhookSender(caller, LINKS, self.clock)
        secrets = {"secret": SECRET, "authorization": f"Bearer {SECRET}"}
        url = target.at(PATH, page(SECRET))
        self.channel = letters.channel(ChannelKind.WEBHOOK, {"url": url}, secrets)

    def says(self, status: DeliveryStatus) -> None:
        codes = {SENT: 204, TRY_AGAIN: 503, REFUSED: 404}
        self._target.at(PATH, page(f"not {SECRET}", codes[status]))

    def hangs(self) -> None:
        loop = asyncio.get_running_loop()

        async def hold(exchange: Exchange) -> None:
            loop.call_soon_threadsafe(self.holds_one.set)
            await hang(exchange)

        self._target.at(PATH, hold)

    def is_away(self) -> None:
        url = f"http://127.0.0.1:{closed_port()}{PATH}"
        self.channel = msgspec.structs.replace(self.channel, settings={"url": url})

    def keys(self) -> list[str]:
        return [request.headers["idempotency-key"] for request in self._target.requests]

    def badly_set(self) -> Channel:
        return msgspec.structs.replace(self.channel, settings={"url": f"ftp://{SECRET}@x/{SECRET}"})


class Mail(Carrier):
    def __init__(self, host: MailHost) -> None:
        super().__init__()
        self._host = host
        self.channel = letters.channel(ChannelKind.EMAIL, {"to": "ops@example.com"})
        self._connect(host.port)

    def _connect(self, port: int) -> None:
        server = read_mail_server(f"smtp://127.0.0.1:{port}", "Fener <fener@example.com>")
        dial = dialler(self.clock)
        self.sender = EmailSender(server, letters.WRITER, self.clock, self.faults, dial)

    def says(self, status: DeliveryStatus) -> None:
        replies = {SENT: "250 taken", TRY_AGAIN: "451 busy", REFUSED: "550 unwanted"}
        self._host.answer = replies[status]

    def hangs(self) -> None:
        self._host.hangs = self.holds_one

    def is_away(self) -> None:
        self._connect(closed_port())

    def keys(self) -> list[str]:
        return [mail["Message-ID"] for mail in self._host.mails]

    def badly_set(self) -> Channel:
        return msgspec.structs.replace(self.channel, settings={"to": 5, "password": SECRET})


@pytest.fixture(params=["webhook", "email"])
async def carrier(request: pytest.FixtureRequest) -> AsyncIterator[Carrier]:
    async with AsyncExitStack() as stack:
        if request.param == "webhook":
            target = stack.enter_context(Target())
            yield Hook(target, await stack.enter_async_context(Wire()))
        else:
            yield Mail(await stack.enter_async_context(open_mail_host()))


@pytest.mark.parametrize("event", list(Event))
async def test_every_event_arrives(carrier: Carrier, event: Event) -> None:
    delivery = await carrier.sender.send(carrier.message(event))
    assert delivery.status is SENT
    assert len(carrier.keys()) == 1


@pytest.mark.parametrize("status", list(DeliveryStatus))
async def test_the_carriers_answer_decides(carrier: Carrier, status: DeliveryStatus) -> None:
    carrier.says(status)
    assert (await carrier.sender.send(carrier.message())).status is status


async def test_a_carrier_that_is_away_is_tried_again(carrier: Carrier) -> None:
    carrier.is_away()
    assert (await carrier.sender.send(carrier.message())).status is TRY_AGAIN


async def test_settings_that_cannot_be_read_are_refused(carrier: Carrier) -> None:
    delivery = await carrier.sender.send(letters.message(carrier.badly_set()))
    assert delivery.status is REFUSED
    assert carrier.keys() == []


async def test_each_attempt_carries_the_same_key(carrier: Carrier) -> None:
    message = carrier.message()
    await carrier.sender.send(message)
    await carrier.sender.send(msgspec.structs.replace(message, attempt=2))
    first, second = carrier.keys()
    assert first == second


async def test_another_message_carries_another_key(carrier: Carrier) -> None:
    for event in Event:
        await carrier.sender.send(carrier.message(event))
    assert len(set(carrier.keys())) == len(Event)


async def test_a_sender_can_be_cut_off_while_the_carrier_hangs(carrier: Carrier) -> None:
    carrier.hangs()
    sending = asyncio.create_task(carrier.sender.send(carrier.message()))
    await carrier.holds_one.wait()
    sending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await sending


async def test_answers_are_sentences_without_secrets(
    carrier: Carrier, capfd: pytest.CaptureFixture[str]
) -> None:
    deliveries: list[Delivery] = []
    for status in DeliveryStatus:
        carrier.says(status)
        deliveries.append(await carrier.sender.send(carrier.message()))
    deliveries.append(await carrier.sender.send(letters.message(carrier.badly_set())))
    carrier.is_away()
    deliveries.append(await carrier.sender.send(carrier.message()))
    said = [one.answer for one in deliveries] + [fault.message for fault in carrier.faults.all()]
    assert all(answer.strip() and "\n" not in answer for answer in said)
    assert all(SECRET not in answer for answer in said)
    logged = capfd.readouterr()
    assert SECRET not in logged.out + logged.err


async def test_the_time_of_an_answer_is_the_clocks(carrier: Carrier) -> None:
    delivery = await carrier.sender.send(carrier.message())
    assert (delivery.at, delivery.took) == (carrier.clock.now(), 0)
