"""Says in our words what libcurl or the system reports: whose fault it is, and which."""

import errno
import re
from http import HTTPStatus

import pycurl

from fener.domain.check import Failure, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.time import SECOND, Instant, Span
from fener.net.tls import verification_failure
from fener.net.wire import Reply, Request

OURS = {
    errno.EMFILE: UnknownReason.OUT_OF_DESCRIPTORS,
    errno.ENFILE: UnknownReason.OUT_OF_DESCRIPTORS,
    errno.ENETUNREACH: UnknownReason.NETWORK_DOWN,
    errno.ENETDOWN: UnknownReason.NETWORK_DOWN,
    errno.EAFNOSUPPORT: UnknownReason.NETWORK_DOWN,
    errno.EADDRNOTAVAIL: UnknownReason.NETWORK_DOWN,
    errno.EPERM: UnknownReason.NETWORK_DOWN,
    errno.EACCES: UnknownReason.NETWORK_DOWN,
    errno.ENOBUFS: UnknownReason.OVERLOADED,
    errno.ENOMEM: UnknownReason.OVERLOADED,
}
"""System errors that say something of this machine and nothing of the target."""
_SAID = {
    errno.EMFILE: "this prober has no descriptor left",
    errno.ENFILE: "this machine has no descriptor left",
    errno.ENETUNREACH: "this machine has no route there",
    errno.ENETDOWN: "this machine's network is down",
    errno.EADDRNOTAVAIL: "this machine has no address to send from",
    errno.EAFNOSUPPORT: "this machine does not speak this kind of address",
    errno.EPERM: "this machine's firewall does not let us out",
    errno.EACCES: "this machine's firewall does not let us out",
    errno.ENOBUFS: "this machine has no network buffer left",
    errno.ENOMEM: "this machine has no memory left",
}
_UNREACHED = {
    errno.ECONNREFUSED: (FailureReason.CONNECTION_REFUSED, "the connection was refused"),
    errno.ECONNRESET: (FailureReason.CONNECTION_RESET, "the connection was reset"),
    errno.ETIMEDOUT: (FailureReason.CONNECTION_TIMEOUT, "the connection timed out"),
    errno.EHOSTUNREACH: (FailureReason.HOST_UNREACHABLE, "the host cannot be reached"),
}
_UNFINISHED = {
    "connect": (FailureReason.CONNECTION_TIMEOUT, "no connection", ""),
    "tls": (FailureReason.TIMEOUT, "TLS not agreed", "TLS not agreed"),
    "first_byte": (FailureReason.TIMEOUT, "no answer", ""),
    "transfer": (FailureReason.TIMEOUT, "the answer did not end", "the answer did not end"),
}
"""By the phase in which time ran out: reason, message, and what it says beyond the reason."""
_BROKEN_OFF = frozenset({errno.ECONNRESET, errno.EPIPE, errno.ECONNABORTED})
_BAD_RESPONSE = {
    pycurl.E_UNSUPPORTED_PROTOCOL: "the answer is no HTTP",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "the answer is no proper HTTP",
    pycurl.E_HTTP2: "the answer breaks the rules of HTTP/2",
    pycurl.E_PARTIAL_FILE: "the answer broke off",
    pycurl.E_BAD_CONTENT_ENCODING: "the answer cannot be unpacked",
    pycurl.E_FILESIZE_EXCEEDED: "the answer is too large",
    pycurl.E_SEND_ERROR: "the connection broke while sending",
    pycurl.E_RECV_ERROR: "the connection broke while receiving",
    92: "the answer breaks the rules of HTTP/2",
    100: "the answer's headers do not end",
}
_TLS = frozenset(
    {
        pycurl.E_SSL_CONNECT_ERROR,
        pycurl.E_SSL_CIPHER,
        pycurl.E_SSL_CERTPROBLEM,
        pycurl.E_SSL_SHUTDOWN_FAILED,
        pycurl.E_SSL_INVALIDCERTSTATUS,
    }
)
_ENDED = "unexpected eof while reading"
"""How OpenSSL says that a server closed the connection without ending TLS."""
_ALERT = re.compile(r"SSL routines::\S* ?alert ")
"""With TLS 1.3 a server refuses a client's certificate only after the handshake."""


def phase_of(reply: Reply, request: Request) -> str:
    """The phase in which the transfer ended."""
    if not reply.moments.connected:
        return "connect"
    if request.url.origin.scheme == "https" and not reply.moments.secured:
        return "tls"
    if not reply.head:
        return "first_byte"
    return "transfer" if reply.code else "done"


def explain(reply: Reply, request: Request, timeout: Span, now: Instant) -> Failure | Unknown:
    """What a transfer that failed means."""
    if (own := OURS.get(reply.os_error)) is not None:
        return Unknown(own, _SAID[reply.os_error])
    if reply.code == pycurl.E_OPERATION_TIMEDOUT:
        return timed_out(phase_of(reply, request), timeout)
    if reply.code == pycurl.E_PEER_FAILED_VERIFICATION:
        host = request.url.origin.host
        return verification_failure(reply.verify_result, reply.error, host, reply.chain, now)
    if reply.code == pycurl.E_COULDNT_CONNECT and not reply.proxy_status:
        return _not_connected(reply)
    if reply.os_error in _BROKEN_OFF:
        return Failure(FailureReason.CONNECTION_RESET, "the connection was reset", Facts())
    return _by_code(reply)


def explain_error(error: OSError, phase: str, timeout: Span) -> Failure | Unknown:
    """What an error of a connection of our own means: the same as one that libcurl reports."""
    number = error.errno or 0
    if (own := OURS.get(number)) is not None:
        return Unknown(own, _SAID[number])
    if isinstance(error, TimeoutError) and not number:
        return timed_out(phase, timeout)
    if phase == "connect":
        return _unreached(number, error.strerror or str(error))
    if number in _BROKEN_OFF:
        return Failure(FailureReason.CONNECTION_RESET, "the connection was reset", Facts())
    said = error.strerror or str(error)
    return Failure(FailureReason.BAD_RESPONSE, f"the connection broke: {said}")


def _not_connected(reply: Reply) -> Failure | Unknown:
    if not reply.os_error:
        # libcurl leaves the error out only where it could not even make a socket.
        return Unknown(UnknownReason.OUT_OF_DESCRIPTORS, "this prober could not open a socket")
    return _unreached(reply.os_error, reply.error)


def _unreached(number: int, said: str) -> Failure:
    if number not in _UNREACHED:
        return Failure(FailureReason.HOST_UNREACHABLE, said)
    return Failure(*_UNREACHED[number], Facts())


def _has_ended(reply: Reply) -> bool:
    """Whether TLS was agreed and the connection closed before a word came."""
    return reply.code == pycurl.E_RECV_ERROR and not reply.head and _ENDED in reply.error


def _by_code(reply: Reply) -> Failure | Unknown:
    if reply.proxy_status >= HTTPStatus.MULTIPLE_CHOICES:
        answered = f"it answered {reply.proxy_status} when it was asked for a tunnel"
        return Failure(FailureReason.PROXY_REFUSED, answered, Facts(got=str(reply.proxy_status)))
    if reply.code == pycurl.E_GOT_NOTHING or _has_ended(reply):
        ended = "the connection was closed without an answer"
        return Failure(FailureReason.NO_RESPONSE, ended, Facts())
    if reply.code in _TLS or _ALERT.search(reply.error):
        facts = Facts(detail=reply.error)
        return Failure(FailureReason.TLS_FAILED, f"TLS failed: {reply.error}", facts)
    if (said := _BAD_RESPONSE.get(reply.code)) is not None:
        more = f": {reply.error}" if reply.error else ""
        return Failure(FailureReason.BAD_RESPONSE, said + more)
    if reply.code == pycurl.E_OUT_OF_MEMORY:
        return Unknown(UnknownReason.OVERLOADED, "this prober has no memory left")
    return Unknown(UnknownReason.INTERNAL_ERROR, f"libcurl error {reply.code}: {reply.error}")


def timed_out(phase: str, timeout: Span) -> Failure:
    """The deadline came in this phase."""
    reason, said, detail = _UNFINISHED[phase]
    message = f"{said} within {timeout / SECOND:g} s"
    return Failure(reason, message, Facts(waited=timeout, detail=detail))
