"""What is reached by network: the port to listen on, the resolver, the mail server."""

import asyncio
import http.client
import smtplib
import socket
import ssl
from typing import TypeAlias
from urllib.parse import urlsplit

import msgspec

from fener.cli.doctor.finding import Finding, broken, ok, warning
from fener.cli.doctor.patient import Patient
from fener.clock import SystemClock
from fener.domain.check import Unknown
from fener.net.nameservers import Nameservers
from fener.pipeline.notify.senders.mail_server import BadMailSetting, MailServer, read_mail_server

_PATIENCE_SECONDS = 5.0
_LONGEST_HEALTH = 65_536
_NO_NAME = "fener.invalid"
"""A name that never exists (RFC 2606): any resolver that answers says so."""
_ANYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1", "": "127.0.0.1"}  # noqa: S104 - compared with
Address: TypeAlias = tuple[str, int]


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
        if server is None:
            return ok(about, "not set")
        _greet(server, tls or ssl.create_default_context())
    except BadMailSetting as error:
        return broken(about, str(error), "See: fener serve --help")
    except (OSError, smtplib.SMTPException) as error:
        return broken(about, _said(settings.smtp_url, error), "Mend FENER_SMTP_URL or the server.")
    return ok(about, f"{server.host}:{server.port} takes mail from {server.sender}")


def _greet(server: MailServer, tls: ssl.SSLContext) -> None:
    """As far as one can go without a mail. Raises OSError, SMTPException."""
    place = (server.host, server.port)
    with _connected(place, tls if server.implicit_tls else None) as connection:
        connection.ehlo()
        if not server.implicit_tls and connection.has_extn("starttls"):
            connection.starttls(context=tls)
        if server.user is not None:
            if not isinstance(connection.sock, ssl.SSLSocket):
                raise smtplib.SMTPException("it offers no TLS, without which no password is sent")
            connection.login(server.user, server.password or "")


def _connected(place: Address, tls: ssl.SSLContext | None) -> smtplib.SMTP:
    if tls is None:
        return smtplib.SMTP(*place, timeout=_PATIENCE_SECONDS)
    return smtplib.SMTP_SSL(*place, timeout=_PATIENCE_SECONDS, context=tls)


def _said(url: str, error: OSError | smtplib.SMTPException) -> str:
    """The server's own words, without the user and password of the setting."""
    host = urlsplit(url).hostname
    if isinstance(error, smtplib.SMTPResponseException):
        told = error.smtp_error
        words = told.decode("utf-8", "replace") if isinstance(told, bytes) else told
        return f"{host} refused: {error.smtp_code} {words}"
    return f"{host} cannot be used: {error}"
