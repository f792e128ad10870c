"""A real mail server on loopback that takes, refuses or hangs as it is told to."""

import asyncio
import email
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from fener.net.dialler import Dialler
from fener.net.guard import AddressGuard, Listener
from fener.net.resolver import Resolver, machine_resolver
from fener.ports import Clock

OK = "250 2.0.0 queued as 4711"


class MailHost:
    """Keeps each mail that it takes, and by which way it came."""

    def __init__(self) -> None:
        self.port = 0
        self.mails: list[EmailMessage] = []
        self.envelopes: list[Envelope] = []
        self.logins: list[tuple[str, str]] = []
        self.over_tls: list[bool] = []
        self.connections = 0
        self.answer = OK
        """To the mail itself."""
        self.recipients: dict[str, str] = {}
        """To a recipient, where it is not welcome."""
        self.password: str | None = None
        self.hangs: asyncio.Event | None = None
        """Never answer to a mail, and set this when one is there."""

    def url(self, scheme: str = "smtp", login: str = "") -> str:
        return f"{scheme}://{login}{'@' if login else ''}127.0.0.1:{self.port}"

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        refusal = self.recipients.get(address)
        if refusal is None:
            envelope.rcpt_tos.append(address)
        return refusal or "250 2.1.5 welcome"

    async def handle_DATA(  # noqa: N802 - aiosmtpd calls it so
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.hangs is not None:
            self.hangs.set()
            await asyncio.Event().wait()
        if self.answer.startswith("2"):
            assert isinstance(envelope.content, bytes)
            mail = email.message_from_bytes(envelope.content, EmailMessage, policy=default)
            self.mails.append(mail)
            self.envelopes.append(envelope)
            self.over_tls.append(session.ssl is not None)
        return self.answer

    def authenticate(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), data.password.decode()))
        if data.password.decode() == self.password:
            return AuthResult(success=True)
        return AuthResult(success=False, handled=False)


def dialler(clock: Clock, resolver: Resolver | None = None, *own: Listener) -> Dialler:
    """As senders use it, guarding these listeners of ours."""
    return Dialler(resolver or machine_resolver(clock), AddressGuard(own), clock)


@asynccontextmanager
async def open_mail_host(
    *,
    starttls: ssl.SSLContext | None = None,
    tls: ssl.SSLContext | None = None,
    careless: bool = False,
) -> AsyncIterator[MailHost]:
    """`starttls` offers an upgrade, `tls` speaks it from the first byte; a careless host asks for
    passwords in the clear.
    """
    host = MailHost()
    protocols: list[SMTP] = []

    def connected() -> SMTP:
        host.connections += 1
        protocols.append(
            SMTP(
                host,
                hostname="mail.example",
                tls_context=starttls,
                authenticator=host.authenticate,
                auth_require_tls=tls is None and not careless,
                enable_SMTPUTF8=True,
            )
        )
        return protocols[-1]

    server = await asyncio.get_running_loop().create_server(connected, "127.0.0.1", 0, ssl=tls)
    host.port = server.sockets[0].getsockname()[1]
    try:
        yield host
    finally:
        server.close()
        for one in protocols:
            if isinstance(one.transport, asyncio.WriteTransport):
                one.transport.abort()
        await asyncio.sleep(0)  # noqa: TID251 - lets the connections end
