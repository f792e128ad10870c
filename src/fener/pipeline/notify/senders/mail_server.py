"""The mail server and the sender's address, read from their settings."""

from email.errors import HeaderParseError
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from msgspec import Struct

_PORTS = {"smtp": 25, "smtps": 465}
_SUBMISSION = 587
_NAME = "Fener"


class BadMailSetting(ValueError):
    """A setting cannot be read; the message holds nothing secret."""


class MailServer(Struct, frozen=True):
    """Where mail is handed in. Credentials are sent over TLS or not at all."""

    host: str
    port: int
    implicit_tls: bool
    sender: str
    """The bare address: `fener@example.com`."""
    sender_name: str = _NAME
    user: str | None = None
    password: str | None = None

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


def read_mail_server(url: str, mail_from: str) -> MailServer | None:
    """From `smtp[s]://[user:password@]host[:port]` and `Name <address>`; None for no URL.

    User and password are percent-encoded in it. `smtp` is port 587 with a user and 25 without one,
    and uses STARTTLS; `smtps` is port 465. Without an address the user is it, or `fener@host`.
    Raises BadMailSetting.
    """
    if not url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadMailSetting("FENER_SMTP_URL cannot be read as an address") from error
    if parts.scheme not in _PORTS or not parts.hostname:
        raise BadMailSetting("FENER_SMTP_URL wants smtp://host or smtps://host")
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise BadMailSetting("FENER_SMTP_URL ends with the port; encode / ? # in a password")
    user = unquote(parts.username) if parts.username else None
    usual = _SUBMISSION if user and parts.scheme == "smtp" else _PORTS[parts.scheme]
    name, sender = _sender(mail_from, user, parts.hostname)
    return MailServer(
        host=parts.hostname,
        port=port or usual,
        implicit_tls=parts.scheme == "smtps",
        sender=sender,
        sender_name=name,
        user=user,
        password=unquote(parts.password or "") if user else None,
    )


def mail_address(text: str, name: str = "") -> Address:
    """An address as it stands in a header. Raises ValueError for what is none, or not ASCII."""
    if not text.isascii():
        raise ValueError(f"{text!r} holds letters that not every mail server can address")
    try:
        read = Address(name, addr_spec=text)
    except (HeaderParseError, ValueError, IndexError) as error:
        raise ValueError(f"{text!r} is no e-mail address") from error
    if not (read.username and read.domain):
        raise ValueError(f"{text!r} is no e-mail address")
    return read


def _sender(mail_from: str, user: str | None, host: str) -> tuple[str, str]:
    fallback = user if user and "@" in user else f"fener@{host}"
    name, address = parseaddr(mail_from or fallback)
    try:
        mail_address(address)
    except ValueError as error:
        raise BadMailSetting("FENER_MAIL_FROM wants an address: Fener <fener@host>") from error
    return name or _NAME, address
