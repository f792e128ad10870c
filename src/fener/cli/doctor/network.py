"""What is reached by network: the port to listen on, the resolver, the mail server."""

import asyncio
import http.client
import socket
import ssl
from collections.abc import Sequence
from contextlib import suppress

import msgspec
from aiosmtplib import SMTPException, SMTPResponseException

from fener.cli.doctor.finding import Finding, broken, ok, warning
from fener.cli.doctor.patient import Patient
from fener.clock import SystemClock
from fener.domain.check import Unknown
from fener.domain.time import SECOND, Span
from fener.net.dialler import Dialler
from fener.net.guard import AddressGuard, Listener
from fener.net.nameservers import Nameservers
from fener.net.resolver import machine_resolver
from fener.pipeline.notify.senders.mail_client import conversation, said_by
from fener.pipeline.notify.senders.mail_server import BadMailSetting, MailServer, read_mail_server
from fener.settings import Settings

_PATIENCE: Span = 5 * SECOND
_PATIENCE_SECONDS = _PATIENCE / SECOND
_LONGEST_HEALTH = 65_536
_NO_NAME = "fener.invalid"
"""A name that never exists (RFC 2606): any resolver that answers says so."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with


def port(patient: Patient) -> Finding:
    about, settings = "port", patient.settings
    if settings.port == 0:
        return ok(about, "FENER_PORT=0 takes a free one")
    where = f"{settings.host}:{settings.port}"
    health = _health(_ANYWHERE.get(settings.host, settings.host), settings.port)
    if health is not None and "faults" in health:
        return _running(about, where, health["faults"])
    try:
        family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
        socket.create_server((settings.host, settings.port), family=family).close()
    except OSError as error:
        return broken(
            about,
            f"Fener cannot listen on {where}: {error.strerror or error}",
            "Set FENER_HOST and FENER_PORT to a free address of this machine.",
        )
    return ok(about, f"{where} is free; Fener does not run")


def _running(about: str, where: str, faults: object) -> Finding:
    if isinstance(faults, list) and faults:
        named = ", ".join(map(str, faults))
        return warning(about, f"Fener runs on {where} with faults: {named}", "See its log.")
    return ok(about, f"Fener runs on {where}")


def _health(host: str, number: int) -> dict[str, object] | None:
    """What `/healthz` says; None where nobody answers in its words."""
    connection = http.client.HTTPConnection(host, number, timeout=_PATIENCE_SECONDS)
    try:
        connection.request("GET", "/healthz")
        body = connection.getresponse().read(_LONGEST_HEALTH)
        return msgspec.json.decode(body, type=dict[str, object])
    except (OSError, http.client.HTTPException, msgspec.DecodeError):
        return None
    finally:
        connection.close()


def resolver(_patient: Patient, nameservers: Nameservers | None = None) -> Finding:
    about = "resolver"
    answer = asyncio.run((nameservers or Nameservers(SystemClock())).ask(_NO_NAME))
    if isinstance(answer, Unknown):
        return broken(
            about,
            answer.message,
            "Mend /etc/resolv.conf: until then checks by name say unknown.",
        )
    return ok(about, "it answers")


def mail(patient: Patient, tls: ssl.SSLContext | None = None) -> Finding:
    about, settings = "mail", patient.settings
    if not settings.smtp_url:
        return warning(
            about, "no mail can be sent", "Set FENER_SMTP_URL, or tell people by other channels."
        )
    try:
        server = read_mail_server(settings.smtp_url, settings.mail_from)
    except BadMailSetting as error:
        return broken(about, str(error), "See: fener serve --help")
    if server is None:
        return ok(about, "not set")
    trusted = tls or ssl.create_default_context()
    try:
        asyncio.run(_greet(server, trusted, _own_listeners(settings)))
    except (OSError, SMTPException) as error:
        return broken(about, _said(server, error), "Mend FENER_SMTP_URL or the server.")
    return ok(about, f"{server.host}:{server.port} takes mail from {server.sender}")


async def _greet(server: MailServer, tls: ssl.SSLContext, own: Sequence[Listener]) -> None:
    """As senders do, as far as one can go without a mail. Raises OSError, SMTPException."""
    clock = SystemClock()
    with_names = machine_resolver(clock)
    try:
        dialler = Dialler(with_names, AddressGuard(own), clock)
        async with conversation(server, dialler, tls, _PATIENCE):
            pass
    finally:
        await with_names.aclose()


def _own_listeners(settings: Settings) -> list[Listener]:
    """Those of a Fener that would serve by these settings; which free port it takes, nobody knows.

    An address that cannot be had is told of where the port is looked at.
    """
    if settings.port == 0:
        return []
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with suppress(OSError):
        found = socket.getaddrinfo(
            settings.host or None,
            settings.port,
            family,
            socket.SOCK_STREAM,
            flags=socket.AI_PASSIVE,
        )
        return [Listener(str(place[0]), settings.port) for *_, place in found]
    return []


def _said(server: MailServer, error: OSError | SMTPException) -> str:
    """The server's own words, without the password of the setting."""
    said = said_by(error)
    if server.password:
        said = said.replace(server.password, "***")
    if isinstance(error, SMTPResponseException):
        return f"{server.host} refused: {said}"
    return f"{server.host} cannot be used: {said}"
