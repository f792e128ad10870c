"""The way to the mail server: dialled by us, encrypted and signed in as its setting says."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import aiosmtplib
from aiosmtplib import SMTP, SMTPException

from fener.domain.time import SECOND, Span
from fener.net.dialler import Dialler
from fener.pipeline.notify.senders.mail_server import MailServer

PATIENCE: Span = 15 * SECOND
"""For each step of the conversation; the notifier's deadline stands over all of them."""
_GOODBYE: Span = 2 * SECOND


@asynccontextmanager
async def conversation(
    server: MailServer, dialler: Dialler, tls: ssl.SSLContext, patience: Span = PATIENCE
) -> AsyncIterator[SMTP]:
    """A server that is ready to take mail. `tls` is what its certificate is verified by.

    Raises OSError and SMTPException where it cannot be had; it is left in peace after the block.
    """
    # The operator names the server, so it may be private; nothing else that is forbidden.
    dialled = await dialler.connect(server.host, server.port, patience, allow_private=True)
    client = SMTP(
        hostname=server.host,
        sock=dialled,
        username=server.user,
        password=server.password,
        use_tls=server.implicit_tls,
        # Credentials make it a must; else it is used where the server has it.
        start_tls=True if server.user and not server.implicit_tls else None,
        timeout=patience / SECOND,
        tls_context=tls if server.user or server.implicit_tls else _unverified(),
    )
    try:
        await client.connect()
        yield client
        with suppress(SMTPException, OSError):  # what was wanted is done, whatever follows
            await client.quit(timeout=_GOODBYE / SECOND)
    finally:
        client.close()


def said_by(error: SMTPException | OSError) -> str:
    """Why there is no conversation, as the server or the system says it."""
    match error:
        case aiosmtplib.SMTPResponseException(code=code, message=said):
            return f"{code} {said}"
        case aiosmtplib.SMTPConnectError(__cause__=OSError() as cause):
            # Its own words name the port, which it does not know: the socket was ours.
            return str(cause) or "no greeting in time"
        case _:
            return str(error) or type(error).__name__


def _unverified() -> ssl.SSLContext:
    """Without credentials we would hand mail in unencrypted too: any encryption is a gain, and a
    relay on the same machine has no certificate that anybody trusts.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
