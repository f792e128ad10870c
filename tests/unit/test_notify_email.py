"""E-mail: how it is handed in, what it looks like, and what each answer of a mail server means."""

import ssl
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import ChannelKind, Event
from fener.faults import FaultBoard
from fener.pipeline.notify.senders.email import FAULT, NO_SERVER, EmailSender
from fener.pipeline.notify.senders.mail_server import (
    BadMailSetting,
    MailServer,
    read_mail_server,
)
from fener.testing.clock import FakeClock
from support import letters
from support.certificates import Authority, make_authority
from support.mail import MailHost, dialler, open_mail_host

SENT, TRY_AGAIN, REFUSED = DeliveryStatus.SENT, DeliveryStatus.TRY_AGAIN, DeliveryStatus.REFUSED
FROM = "Fener <fener@example.com>"
PASSWORD = "p%w:rd/@"
LOGIN = "user%40x:p%25w%3Ard%2F%40"


class Post:
    """An e-mail sender, handing in at a real mail server."""

    def __init__(self, url: str, tls: ssl.SSLContext | None = None) -> None:
        self.clock = FakeClock()
        self.faults = FaultBoard(self.clock)
        server = read_mail_server(url, FROM)
        dial = dialler(self.clock)
        self.sender = EmailSender(server, letters.WRITER, self.clock, self.faults, dial, tls=tls)

    async def send(
        self, event: Event = Event.DOWN, to: str = "ops@example.com", **changes: Any
    ) -> Delivery:
        return await self.sender.send(letter(event, to, **changes))


def letter(event: Event = Event.DOWN, to: str = "ops@example.com", **changes: Any) -> Message:
    return letters.message(letters.channel(ChannelKind.EMAIL, {"to": to}), event, **changes)


@pytest.fixture
async def host() -> AsyncIterator[MailHost]:
    async with open_mail_host() as opened:
        yield opened


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def trusting(authority: Authority) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=authority.trust_store)


class TestTheMail:
    async def test_it_goes_from_us_to_each_address_of_the_channel(self, host: MailHost) -> None:
        await Post(host.url()).send(to="a@example.com, b@example.com")
        (mail,), (envelope,) = host.mails, host.envelopes
        assert envelope.mail_from == "fener@example.com"
        assert envelope.rcpt_tos == ["a@example.com", "b@example.com"]
        assert mail["From"] == "Fener <fener@example.com>"
        assert mail["To"] == "a@example.com, b@example.com"
        assert mail["Subject"] == "Down: example.com"
        assert mail["Date"] == "Thu, 01 Jan 2026 12:00:00 +0000"

    async def test_it_says_that_a_machine_wrote_it(self, host: MailHost) -> None:
        await Post(host.url()).send()
        assert host.mails[0]["Auto-Submitted"] == "auto-generated"
        assert host.mails[0]["X-Auto-Response-Suppress"] == "All"

    async def test_it_has_text_and_html_in_the_readers_language(self, host: MailHost) -> None:
        await Post(host.url()).send(language="zh")
        (mail,) = host.mails
        text, html = mail.get_body(("plain",)), mail.get_body(("html",))
        assert mail["Content-Language"] == "zh"
        assert mail["Subject"] == "\u6545\u969c\uff1aexample.com"
        assert text is not None
        assert html is not None
        assert "example.com 出现故障。" in text.get_content()
        assert "example.com 出现故障。" in html.get_content()

    async def test_its_id_is_that_of_the_message_whatever_the_attempt(self, host: MailHost) -> None:
        post = Post(host.url())
        await post.send(attempt=1)
        await post.send(attempt=2)
        wanted = "<019b7a3c-0000-7000-8000-000000000029.down.3.0@example.com>"
        assert [mail["Message-ID"] for mail in host.mails] == [wanted, wanted]

    async def test_all_mails_of_an_incident_are_one_conversation(self, host: MailHost) -> None:
        post = Post(host.url())
        for event in (Event.DOWN, Event.REMINDER, Event.RECOVERED):
            await post.send(event)
        down, reminder, recovered = host.mails
        assert down["In-Reply-To"] is None
        assert reminder["In-Reply-To"] == recovered["References"] == down["Message-ID"]
        assert len({mail["Message-ID"] for mail in host.mails}) == 3

    async def test_a_name_with_line_breaks_makes_no_headers(self, host: MailHost) -> None:
        subject = msgspec.structs.replace(letters.SHOP, name="a\r\nBcc: x@example.com")
        await Post(host.url()).send(subject=subject)
        assert host.mails[0]["Subject"] == "Down: a Bcc: x@example.com"
        assert host.mails[0]["Bcc"] is None

    @pytest.mark.parametrize("to", ["", " , ", "nobody", "a@b@c", "@x.example", "bücher@x.example"])
    async def test_what_is_no_address_is_refused(self, host: MailHost, to: str) -> None:
        delivery = await Post(host.url()).send(to=to)
        assert (delivery.status, host.connections) == (REFUSED, 0)


class TestHandingIn:
    async def test_it_connects_only_to_send(self, host: MailHost) -> None:
        post = Post(host.url())
        assert host.connections == 0
        await post.send()
        await post.send()
        assert host.connections == 2

    async def test_credentials_go_over_starttls(self, authority: Authority) -> None:
        async with open_mail_host(starttls=authority.leaf("127.0.0.1")) as host:
            host.password = PASSWORD
            delivery = await Post(host.url(login=LOGIN), trusting(authority)).send()
        assert delivery.status is SENT
        assert (host.logins, host.over_tls) == ([("user@x", PASSWORD)], [True])

    async def test_credentials_go_over_implicit_tls(self, authority: Authority) -> None:
        async with open_mail_host(tls=authority.leaf("127.0.0.1")) as host:
            host.password = PASSWORD
            delivery = await Post(host.url("smtps", LOGIN), trusting(authority)).send()
        assert (delivery.status, host.logins) == (SENT, [("user@x", PASSWORD)])

    async def test_credentials_are_never_sent_in_the_clear(self) -> None:
        async with open_mail_host(careless=True) as host:
            host.password = PASSWORD
            delivery = await Post(host.url(login=LOGIN)).send()
        assert (delivery.status, host.logins, host.mails) == (TRY_AGAIN, [], [])

    async def test_credentials_are_not_sent_to_a_server_nobody_vouches_for(
        self, authority: Authority
    ) -> None:
        async with open_mail_host(starttls=authority.leaf("127.0.0.1")) as host:
            delivery = await Post(host.url(login=LOGIN)).send()
        assert (delivery.status, host.logins) == (TRY_AGAIN, [])

    async def test_without_credentials_any_encryption_is_taken(self, authority: Authority) -> None:
        async with open_mail_host(starttls=authority.leaf("elsewhere.example")) as host:
            delivery = await Post(host.url()).send()
        assert (delivery.status, host.over_tls) == (SENT, [True])

    async def test_smtps_is_verified_even_without_credentials(self, authority: Authority) -> None:
        async with open_mail_host(tls=authority.leaf("127.0.0.1")) as host:
            delivery = await Post(host.url("smtps")).send()
        assert (delivery.status, host.mails) == (TRY_AGAIN, [])


class TestAnswers:
    @pytest.mark.parametrize(
        ("answer", "status"),
        [
            ("250 2.0.0 queued as 4711", SENT),
            ("421 going away", TRY_AGAIN),
            ("451 try later", TRY_AGAIN),
            ("452 disk full", TRY_AGAIN),
            ("550 no", REFUSED),
            ("554 spam", REFUSED),
        ],
    )
    async def test_4xx_may_pass_and_5xx_is_for_good(
        self, host: MailHost, answer: str, status: DeliveryStatus
    ) -> None:
        host.answer = answer
        post = Post(host.url())
        delivery = await post.send()
        assert delivery.status is status
        assert answer.partition(" ")[2] in delivery.answer
        assert post.faults.all() == []

    async def test_a_mail_that_some_may_get_is_sent_and_the_others_are_named(
        self, host: MailHost
    ) -> None:
        host.recipients["gone@example.com"] = "550 no such user"
        delivery = await Post(host.url()).send(to="a@example.com, gone@example.com")
        assert delivery.status is SENT
        assert "not for gone@example.com" in delivery.answer
        assert "no such user" in delivery.answer

    @pytest.mark.parametrize(
        ("replies", "status"),
        [
            (("550 no such user", "550 no such user"), REFUSED),
            (("550 no such user", "450 greylisted"), TRY_AGAIN),
        ],
    )
    async def test_a_mail_that_nobody_may_get(
        self, host: MailHost, replies: tuple[str, str], status: DeliveryStatus
    ) -> None:
        host.recipients = dict(zip(("a@example.com", "b@example.com"), replies, strict=True))
        assert (await Post(host.url()).send(to="a@example.com, b@example.com")).status is status

    async def test_a_wrong_password_is_our_fault_and_is_tried_again(
        self, authority: Authority
    ) -> None:
        async with open_mail_host(starttls=authority.leaf("127.0.0.1")) as host:
            host.password = "another"
            post = Post(host.url(login=LOGIN), trusting(authority))
            assert (await post.send()).status is TRY_AGAIN
            (fault,) = post.faults.all()
            assert fault.source == FAULT
            assert PASSWORD not in fault.message
            host.password = PASSWORD
            assert (await post.send()).status is SENT
            assert post.faults.all() == []

    async def test_a_server_that_repeats_the_password_does_not_make_us_repeat_it(
        self, authority: Authority
    ) -> None:
        async with open_mail_host(starttls=authority.leaf("127.0.0.1")) as host:
            host.password = PASSWORD
            host.answer = f"550 I know that {PASSWORD}"
            delivery = await Post(host.url(login=LOGIN), trusting(authority)).send()
        assert PASSWORD not in delivery.answer
        assert "I know that ***" in delivery.answer

    async def test_without_a_server_each_mail_stays_owed_and_the_fault_is_shown(self) -> None:
        post = Post("")
        delivery = await post.send()
        assert (delivery.status, delivery.answer) == (TRY_AGAIN, NO_SERVER)
        assert [fault.message for fault in post.faults.all()] == [NO_SERVER]


class TestSettings:
    @pytest.mark.parametrize(
        ("url", "wanted"),
        [
            ("smtp://mail.example", ("mail.example", 25, False)),
            ("smtp://u:p@mail.example", ("mail.example", 587, False)),
            ("smtp://u:p@mail.example:2525/", ("mail.example", 2525, False)),
            ("smtps://mail.example", ("mail.example", 465, True)),
            ("smtps://u:p@[::1]:1465", ("::1", 1465, True)),
        ],
    )
    def test_the_usual_ports_are_known(self, url: str, wanted: tuple[str, int, bool]) -> None:
        read = read_mail_server(url, FROM)
        assert read is not None
        assert (read.host, read.port, read.implicit_tls) == wanted

    def test_credentials_are_percent_decoded(self) -> None:
        read = read_mail_server(f"smtp://{LOGIN}@mail.example", FROM)
        assert read is not None
        assert (read.user, read.password) == ("user@x", PASSWORD)

    @pytest.mark.parametrize(
        ("url", "mail_from", "sender", "name"),
        [
            ("smtp://mail.example", "", "fener@mail.example", "Fener"),
            ("smtp://me%40x.example:p@mail.example", "", "me@x.example", "Fener"),
            ("smtp://me:p@mail.example", "", "fener@mail.example", "Fener"),
            ("smtp://mail.example", "a@b.example", "a@b.example", "Fener"),
            ("smtp://mail.example", "Ops Team <a@b.example>", "a@b.example", "Ops Team"),
        ],
    )
    def test_the_sender_has_a_good_default(
        self, url: str, mail_from: str, sender: str, name: str
    ) -> None:
        read = read_mail_server(url, mail_from)
        assert isinstance(read, MailServer)
        assert (read.sender, read.sender_name) == (sender, name)

    def test_no_url_is_no_server(self) -> None:
        assert read_mail_server("", FROM) is None

    @pytest.mark.parametrize(
        ("url", "mail_from"),
        [
            ("mail.example", FROM),
            ("http://mail.example", FROM),
            ("smtp://", FROM),
            ("smtp://u:s3cret@mail.example:99999", FROM),
            ("smtp://u:s3cret@mail.example/box", FROM),
            ("smtp://u:s3cret@mail.example?tls=no", FROM),
            ("smtp://u:s3cret#x@mail.example", FROM),
            ("smtp://u:s3cret@mail.example", "nobody"),
            ("smtp://u:s3cret@mail.example", "a@b@c"),
        ],
    )
    def test_what_cannot_be_read_is_refused_without_the_password(
        self, url: str, mail_from: str
    ) -> None:
        with pytest.raises(BadMailSetting) as refused:
            read_mail_server(url, mail_from)
        assert "s3cret" not in str(refused.value)


async def test_a_handshake_that_fails_is_told_in_the_words_of_tls(
    authority: Authority, tmp_path: Path
) -> None:
    leaf = make_authority(tmp_path, "Another root").leaf("127.0.0.1")
    async with open_mail_host(tls=leaf) as host:
        delivery = await Post(host.url("smtps"), trusting(authority)).send()
    assert delivery.status is DeliveryStatus.TRY_AGAIN
    assert "certificate verify failed" in delivery.answer
    assert "port None" not in delivery.answer
