"""Sends messages as e-mail. It connects when there is something to send, and only then.

The Message-ID is made of the dedup key: a mail that goes out twice is one mail to whoever gets it,
and all mails about an incident form one conversation.
"""

import ssl
from email.message import EmailMessage
from email.policy import SMTP as SMTP_POLICY
from email.utils import format_datetime

import aiosmtplib
from aiosmtplib import SMTPException
from msgspec import Struct, ValidationError, structs

from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.message import Delivery, DeliveryStatus, Message
from fener.domain.notification import Event
from fener.domain.time import Instant, Span, to_datetime
from fener.net.dialler import Dialler
from fener.pipeline.notify.letters import Writer
from fener.pipeline.notify.senders.mail_client import conversation, said_by
from fener.pipeline.notify.senders.mail_server import MailServer, mail_address
from fener.ports import Clock, Faults

FAULT = "mail"
NO_SERVER = "No mail server is set: set FENER_SMTP_URL."
_LONGEST_ANSWER = 300
_FOR_GOOD = 500
_WANTS_OTHER_CREDENTIALS = frozenset({530, 534, 535, 538})


class _Refusal(Struct, frozen=True):
    """Why a mail was not taken. `is_ours`: not this mail is at fault but our way to the server."""

    status: DeliveryStatus
    why: str
    is_ours: bool


class EmailSender:
    """`fener.ports.Sender` for e-mail; without a server each mail stays owed, visibly."""

    def __init__(
        self,
        server: MailServer | None,
        writer: Writer,
        clock: Clock,
        faults: Faults,
        dialler: Dialler,
        *,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`tls` replaces the machine's trust store."""
        self._server = server
        self._writer = writer
        self._clock = clock
        self._faults = faults
        self._dialler = dialler
        self._tls = tls

    async def send(self, message: Message) -> Delivery:
        began = self._clock.monotonic()
        if self._server is None:
            self._faults.report(FAULT, Fault(FaultReason.NO_MAIL_SERVER, NO_SERVER))
            # It stays owed: whoever sets a server within a day is told after all.
            return self._delivery(DeliveryStatus.TRY_AGAIN, NO_SERVER, began)
        try:
            recipients = message.channel.as_email().recipients
            mail = compose(message, recipients, self._server, self._writer, self._clock.now())
        except (ValidationError, ValueError) as error:
            return self._delivery(DeliveryStatus.REFUSED, f"Not sent: {error}.", began)
        try:
            accepted = await self._hand_in(self._server, mail, recipients)
        except (SMTPException, OSError) as error:
            return self._unsent(self._server, _refusal(error), began)
        self._faults.clear(FAULT)
        answer = self._clean(f"{self._server.host} accepted it: {accepted}")
        return self._delivery(DeliveryStatus.SENT, answer, began)

    async def _hand_in(
        self, server: MailServer, mail: EmailMessage, recipients: tuple[str, ...]
    ) -> str:
        """What the server said when it took the mail, and whom it would not take it for."""
        async with conversation(server, self._dialler, self._trusted()) as client:
            refused, said = await client.send_message(
                mail, sender=server.sender, recipients=recipients
            )
        return "; ".join([said, *(f"not for {who}: {why}" for who, why in refused.items())])

    def _trusted(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = ssl.create_default_context()
        return self._tls

    def _unsent(self, server: MailServer, refusal: _Refusal, began: Span) -> Delivery:
        answer = self._clean(f"{server.host}: {refusal.why}")
        if refusal.is_ours:
            facts = Facts(name=server.host, detail=self._clean(refusal.why))
            self._faults.report(FAULT, Fault(FaultReason.MAIL_SERVER_FAILED, answer, facts))
        else:
            self._faults.clear(FAULT)
        return self._delivery(refusal.status, answer, began)

    def _clean(self, answer: str) -> str:
        """One line without our password, whatever the server repeats."""
        password = self._server.password if self._server else None
        shown = answer.replace(password, "***") if password else answer
        return " ".join(shown.split())[:_LONGEST_ANSWER]

    def _delivery(self, status: DeliveryStatus, answer: str, began: Span) -> Delivery:
        return Delivery(status, answer, self._clock.now(), self._clock.monotonic() - began)


def compose(
    message: Message, recipients: tuple[str, ...], server: MailServer, writer: Writer, now: Instant
) -> EmailMessage:
    """The mail as it goes out. Raises ValueError for an address that is none."""
    if not recipients:
        raise ValueError("the channel names no address")
    letter = writer.write(message, now)
    mail = EmailMessage(SMTP_POLICY)
    mail["From"] = mail_address(server.sender, server.sender_name)
    mail["To"] = [mail_address(one) for one in recipients]
    mail["Subject"] = letter.subject
    mail["Date"] = format_datetime(to_datetime(now))
    mail["Message-ID"] = _message_id(message, server)
    if message.event in {Event.REMINDER, Event.WORSENED, Event.FLAPPING, Event.RECOVERED}:
        first = structs.replace(message, event=Event.DOWN, step=0)
        mail["In-Reply-To"] = mail["References"] = _message_id(first, server)
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(letter.text)
    mail.add_alternative(letter.html, subtype="html")
    mail["Content-Language"] = letter.language
    return mail


def _message_id(message: Message, server: MailServer) -> str:
    return f"<{message.key.replace(':', '.')}@{server.domain}>"


def _refusal(error: SMTPException | OSError) -> _Refusal:
    match error:
        case aiosmtplib.SMTPRecipientsRefused(recipients=refused):
            codes = [one.code for one in refused]
            why = "; ".join(f"{one.code} {one.message}" for one in refused)
            return _about_the_mail(min(codes), why)
        case (
            aiosmtplib.SMTPSenderRefused(code=code, message=said)
            | aiosmtplib.SMTPDataError(code=code, message=said)
        ) if code not in _WANTS_OTHER_CREDENTIALS:
            return _about_the_mail(code, f"{code} {said}")
        case _:
            return _Refusal(DeliveryStatus.TRY_AGAIN, said_by(error), is_ours=True)


def _about_the_mail(code: int, why: str) -> _Refusal:
    for_good = code >= _FOR_GOOD
    status = DeliveryStatus.REFUSED if for_good else DeliveryStatus.TRY_AGAIN
    return _Refusal(status, why, is_ours=False)
