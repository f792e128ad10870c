"""The targets at which Fener and its peers look, how each is asked, and why one disagrees."""

from collections.abc import Callable
from ssl import SSLContext
from typing import Any

from msgspec import Struct

from fener.domain.failure import FailureReason as Reason
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import StartTls, TlsSettings
from peers.opening import (
    HERE,
    Open,
    full,
    good,
    good_by_name_only,
    mail,
    nginx,
    nobody,
    sending_to,
    talking,
    tls,
    upgrading,
)
from support import speakers
from support.certificates import Authority
from support.speakers import answers, hangs, hangs_up, says

GARBAGE = bytes(range(128, 256))
DATES = "the plugin looks at the certificate's last day, and trusts anybody for any host"
LAST_DAY = "the plugin looks at the certificate's last day, not at its first"
KEYS = "Go asks for no more than 1024 bits of a key"
FIRST_ANSWER = "the plugin looks at the first answer only"
ANY_SITE = "the exporter asks only that the last answer comes over TLS, from whomever"


class Peer(Struct, frozen=True):
    """How one peer is asked, and why it disagrees, if it does. `{port}` stands for the port."""

    ask: tuple[str, ...]
    disagrees: str = ""


class Row(Struct, frozen=True):
    """One target. `reason` is Fener's, None where all is well."""

    name: str
    open: Open
    settings: Callable[[int], ProbeSettings]
    reason: Reason | None
    plugin: Peer | None
    exporter: Peer


def _tcp(name: str, opened: Open, reason: Reason | None) -> Row:
    return Row(
        f"tcp {name}",
        opened,
        lambda port: TcpSettings(host=HERE, port=port),
        reason,
        Peer(("check_tcp", "-H", HERE, "-p", "{port}")),
        Peer(("tcp", f"{HERE}:{{port}}")),
    )


def _pong(name: str, talk: speakers.Talk, reason: Reason | None) -> Row:
    said = ("-E", "-s", r"PING\r\n", "-e", "+PONG")
    return Row(
        f"tcp with an answer: {name}",
        talking(talk),
        lambda port: TcpSettings(host=HERE, port=port, send=r"PING\r\n", expect="+PONG"),
        reason,
        Peer(("check_tcp", "-H", HERE, "-p", "{port}", *said)),
        Peer(("pong", f"{HERE}:{{port}}")),
    )


def _tls(
    name: str,
    opened: Open,
    reason: Reason | None,
    plugin: str = "",
    exporter: str = "",
    *,
    server_name: str | None = None,
) -> Row:
    named = (f"--sni={server_name}",) if server_name else ()
    return Row(
        f"tls {name}",
        opened,
        lambda port: TlsSettings(host=HERE, port=port, server_name=server_name),
        reason,
        Peer(("check_tcp", "-H", HERE, "-p", "{port}", "-S", "-D", "0", *named), plugin),
        Peer(("tls_by_name" if server_name else "tls", f"{HERE}:{{port}}"), exporter),
    )


def _https(
    name: str, opened: Open, reason: Reason | None, plugin: str = "", exporter: str = ""
) -> Row:
    return Row(
        f"https {name}",
        opened,
        lambda port: HttpSettings(url=f"https://{HERE}:{port}/"),
        reason,
        Peer(("check_http", "-I", HERE, "-p", "{port}", "-S", "-C", "0"), plugin),
        Peer(("https", f"https://{HERE}:{{port}}/"), exporter),
    )


def _smtp(name: str, opened: Open, reason: Reason | None, plugin: str = "") -> Row:
    return Row(
        f"smtp {name}",
        opened,
        lambda port: TlsSettings(host=HERE, port=port, starttls=StartTls.SMTP),
        reason,
        Peer(("check_smtp", "-H", HERE, "-p", "{port}", "-S", "-D", "0"), plugin),
        Peer(("smtp", f"{HERE}:{{port}}")),
    )


def _other(protocol: StartTls, name: str, opened: Open, reason: Reason | None) -> Row:
    """The plugins know no STARTTLS but that of SMTP."""
    return Row(
        f"{protocol} {name}",
        opened,
        lambda port: TlsSettings(host=HERE, port=port, starttls=protocol),
        reason,
        None,
        Peer((protocol, f"{HERE}:{{port}}")),
    )


def _redirect(
    name: str, opened: Open, reason: Reason | None, plugin: str = "", exporter: str = ""
) -> Row:
    wanted = ("-e", "HTTP/1.1 30", "-d", f"Location: https://{HERE}:")
    return Row(
        f"redirect {name}",
        opened,
        lambda port: HttpsRedirectSettings(host=HERE, port=port),
        reason,
        Peer(("check_http", "-H", HERE, "-p", "{port}", *wanted), plugin),
        Peer(("https", f"http://{HERE}:{{port}}/"), exporter),
    )


class Shown(Struct, frozen=True):
    """A certificate, Fener's reason, and why the plugin or the exporter disagrees."""

    name: str
    make: Callable[[Authority], SSLContext]
    reason: Reason | None
    plugin: str = ""
    exporter: str = ""


CERTIFICATES = [
    Shown("good", good, None),
    Shown("expired", lambda one: one.expired(HERE), Reason.TLS_EXPIRED),
    Shown("early", lambda one: one.not_yet_valid(HERE), Reason.TLS_NOT_YET_VALID, LAST_DAY),
    Shown("for another", lambda one: one.leaf("other.test"), Reason.TLS_WRONG_HOST, DATES),
    Shown("self-signed", lambda one: one.leaf(HERE, self_signed=True), Reason.TLS_UNTRUSTED, DATES),
    Shown(
        "without its intermediate",
        lambda one: one.intermediate("Middle").leaf(HERE, sends_issuer=False),
        Reason.TLS_UNTRUSTED,
        DATES,
    ),
    Shown("with a short key", lambda one: one.short_key(HERE), Reason.TLS_WEAK, DATES, KEYS),
    Shown("with SHA-1", lambda one: one.signed_with_sha1(HERE), Reason.TLS_WEAK, DATES),
]

ROWS = [
    _tcp("nginx", nginx("port"), None),
    _tcp("refused", nobody, Reason.CONNECTION_REFUSED),
    _tcp("full", full, Reason.CONNECTION_TIMEOUT),
    _pong("there", answers(b"+PONG\r\n"), None),
    _pong("later in its line", answers(b"redis says +PONG\r\n"), None),
    _pong("in a later line", answers(b"hello\r\n+PONG\r\n"), None),
    _pong("hangs", hangs, Reason.TIMEOUT),
    _pong("garbage", answers(GARBAGE + b"\n"), Reason.UNEXPECTED_ANSWER),
    _pong("hangs up", hangs_up, Reason.NO_RESPONSE),
    _pong("resets", speakers.resets, Reason.CONNECTION_RESET),
    _pong("floods", speakers.floods, Reason.UNEXPECTED_ANSWER),
    *(_tls(one.name, tls(one.make), one.reason, one.plugin, one.exporter) for one in CERTIFICATES),
    *(
        _https(one.name, tls(one.make), one.reason, one.plugin, one.exporter)
        for one in CERTIFICATES
    ),
    _tls("nginx", nginx("secure_port"), None),
    _tls("by name", tls(good_by_name_only), None, server_name="good.test"),
    _tls("refused", nobody, Reason.CONNECTION_REFUSED),
    _tls("hangs", talking(hangs), Reason.TIMEOUT),
    _tls("garbage", talking(answers(GARBAGE)), Reason.TLS_FAILED),
    _tls("hangs up", talking(hangs_up), Reason.TLS_FAILED),
    _tls("resets", talking(speakers.resets), Reason.CONNECTION_RESET),
    _smtp("good", mail(good), None),
    _smtp("expired", mail(lambda one: one.expired(HERE)), Reason.TLS_EXPIRED),
    _smtp("for another", mail(lambda one: one.leaf("other.test")), Reason.TLS_WRONG_HOST, DATES),
    _smtp("without TLS", mail(None), Reason.STARTTLS_REFUSED),
    _smtp("busy", talking(says(b"421 too busy\r\n")), Reason.BAD_RESPONSE),
    _smtp("hangs", talking(hangs), Reason.TIMEOUT),
    _smtp("hangs later", talking(says(b"220 hello\r\n", stays=True)), Reason.TIMEOUT),
    _smtp("garbage", talking(says(GARBAGE + b"\r\n")), Reason.BAD_RESPONSE),
    _smtp("hangs up", talking(says(b"")), Reason.NO_RESPONSE),
    _other(
        StartTls.IMAP,
        "good",
        upgrading(b"* OK hello\r\n", (b"A1 STARTTLS", b"a1 OK begin\r\n")),
        None,
    ),
    _other(
        StartTls.IMAP,
        "refuses",
        talking(says(b"* OK hello\r\na1 BAD no\r\n", stays=True)),
        Reason.STARTTLS_REFUSED,
    ),
    _other(StartTls.POP3, "good", upgrading(b"+OK hello\r\n", (b"STLS", b"+OK begin\r\n")), None),
    _other(
        StartTls.POP3,
        "refuses",
        talking(says(b"+OK hello\r\n-ERR no\r\n", stays=True)),
        Reason.STARTTLS_REFUSED,
    ),
    _other(StartTls.FTP, "good", upgrading(b"220 hello\r\n", (b"AUTH TLS", b"234 now\r\n")), None),
    _other(
        StartTls.FTP,
        "refuses",
        talking(says(b"220 hello\r\n502 no\r\n", stays=True)),
        Reason.STARTTLS_REFUSED,
    ),
    _redirect("by nginx", nginx("redirecting_port"), None),
    _redirect("none", nginx("port"), Reason.NOT_REDIRECTED),
    _redirect("to plain HTTP", sending_to(None), Reason.NOT_REDIRECTED),
    _redirect(
        "to another site",
        sending_to(lambda one: one.leaf("localhost"), host="localhost"),
        Reason.NOT_REDIRECTED,
        exporter=ANY_SITE,
    ),
    _redirect("and back", sending_to(good, back=True), Reason.NOT_REDIRECTED, FIRST_ANSWER),
    _redirect(
        "to an expired certificate",
        sending_to(lambda one: one.expired(HERE)),
        Reason.TLS_EXPIRED,
        FIRST_ANSWER,
    ),
    _redirect("refused", nobody, Reason.CONNECTION_REFUSED),
    _redirect("hangs", talking(hangs), Reason.TIMEOUT),
    _redirect("garbage", talking(answers(GARBAGE)), Reason.BAD_RESPONSE),
]


def modules(trust_store: str) -> dict[str, Any]:
    """The exporter's modules that `exporter` names."""
    trust = {"ca_file": trust_store}

    def tcp(**more: Any) -> dict[str, Any]:
        return {"prober": "tcp", "timeout": "1s", "tcp": {"tls_config": trust, **more}}

    def after(*steps: dict[str, str]) -> dict[str, Any]:
        return tcp(query_response=[*steps, {"starttls": True}])

    return {
        "tcp": tcp(),
        "pong": tcp(query_response=[{"send": "PING\r"}, {"expect": r"\+PONG"}]),
        "tls": tcp(tls=True),
        "tls_by_name": tcp(tls=True, tls_config={**trust, "server_name": "good.test"}),
        "smtp": after(
            {"expect": "^220"},
            {"send": "EHLO prober\r"},
            {"expect": "^250-STARTTLS"},
            {"send": "STARTTLS\r"},
            {"expect": "^220"},
        ),
        "imap": after({"expect": r"^\* OK"}, {"send": "a1 STARTTLS"}, {"expect": "^a1 OK"}),
        "pop3": after({"expect": r"^\+OK"}, {"send": "STLS"}, {"expect": r"^\+OK"}),
        "ftp": after({"expect": "^220"}, {"send": "AUTH TLS"}, {"expect": "^234"}),
        "https": {
            "prober": "http",
            "timeout": "1s",
            "http": {"tls_config": trust, "fail_if_not_ssl": True},
        },
    }
