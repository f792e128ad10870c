"""TLS: the certificate of a server, its chain and its end, also after STARTTLS."""

from enum import StrEnum
from typing import Annotated

from msgspec import Meta

from fener.domain.kinds.base import Host, Probed
from fener.domain.kinds.names import hosted

PORT = 443


class StartTls(StrEnum):
    """What is spoken before TLS begins."""

    NONE = "none"
    SMTP = "smtp"
    IMAP = "imap"
    POP3 = "pop3"
    FTP = "ftp"


PORTS = {
    StartTls.NONE: PORT,
    StartTls.SMTP: 25,
    StartTls.IMAP: 143,
    StartTls.POP3: 110,
    StartTls.FTP: 21,
}
"""Where each is usually spoken."""


class TlsSettings(Probed, frozen=True, tag="tls", omit_defaults=True):
    """A handshake whose certificate must be valid, trusted and for this host."""

    host: Host
    port: Annotated[
        int, Meta(title="Port", description="The port to connect to.", ge=1, le=65535)
    ] = PORT
    starttls: Annotated[
        StartTls,
        Meta(title="STARTTLS", description="The protocol in which TLS is asked for, if any."),
    ] = StartTls.NONE
    server_name: (
        Annotated[
            str,
            Meta(
                title="Server name",
                description="The name to ask for, if not the host: the certificate must cover it.",
                max_length=253,
            ),
        ]
        | None
    ) = None

    @property
    def target(self) -> str:
        scheme = "tls" if self.starttls is StartTls.NONE else f"{self.starttls}+tls"
        return f"{scheme}://{hosted(self.host, self.port, PORTS[self.starttls])}"
