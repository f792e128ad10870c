"""What libcurl reports becomes a reason: the target's, or our own."""

import errno

import msgspec
import pycurl
import pytest

from fener.domain.check import Failure, Unknown, facts_of
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.net.url import parse
from fener.net.wire import Moments, Reply, Request
from fener.pipeline.probe.verdict import OURS, explain, explain_error, phase_of

NOW = 1_767_268_800_000
CONNECTED = Moments(connected=10, secured=0, sent=20, first_byte=30, total=40)
SECURED = Moments(connected=10, secured=15, sent=20, first_byte=30, total=40)
NOT_CONNECTED = Moments(connected=0, secured=0, sent=0, first_byte=0, total=40)
HEAD = [b"HTTP/1.1 200 OK\r\n"]


def reply(code: int, os_error: int = 0, moments: Moments = CONNECTED, head: bool = False) -> Reply:  # noqa: FBT001, FBT002
    return Reply(code, "said", os_error, 0, HEAD if head else [], moments)


def explained(one: Reply, url: str = "http://a.test/") -> Failure | Unknown:
    return explain(one, Request("GET", parse(url)), 10_000, NOW)


@pytest.mark.parametrize("code", [pycurl.E_COULDNT_CONNECT, pycurl.E_RECV_ERROR])
@pytest.mark.parametrize("os_error", OURS)
def test_errors_of_this_machine_are_never_the_targets_fault(code: int, os_error: int) -> None:
    outcome = explained(reply(code, os_error))
    assert isinstance(outcome, Unknown)
    assert outcome.reason is OURS[os_error]
    assert len(outcome.message.split()) > 3


@pytest.mark.parametrize("phase", ["connect", "first_byte"])
@pytest.mark.parametrize("number", OURS)
def test_errors_of_this_machine_are_its_own_on_a_line_of_ours_too(number: int, phase: str) -> None:
    outcome = explain_error(OSError(number, "said"), phase, 10_000)
    assert outcome == explained(reply(pycurl.E_COULDNT_CONNECT, number))


@pytest.mark.parametrize(
    ("number", "phase", "code", "moments"),
    [
        (errno.ECONNREFUSED, "connect", pycurl.E_COULDNT_CONNECT, NOT_CONNECTED),
        (errno.EHOSTUNREACH, "connect", pycurl.E_COULDNT_CONNECT, NOT_CONNECTED),
        (errno.ETIMEDOUT, "connect", pycurl.E_COULDNT_CONNECT, NOT_CONNECTED),
        (errno.ECONNRESET, "connect", pycurl.E_COULDNT_CONNECT, NOT_CONNECTED),
        (errno.EINVAL, "connect", pycurl.E_COULDNT_CONNECT, NOT_CONNECTED),
        (errno.ECONNRESET, "first_byte", pycurl.E_RECV_ERROR, CONNECTED),
        (errno.EPIPE, "first_byte", pycurl.E_SEND_ERROR, CONNECTED),
        (0, "connect", pycurl.E_OPERATION_TIMEDOUT, NOT_CONNECTED),
        (0, "first_byte", pycurl.E_OPERATION_TIMEDOUT, CONNECTED),
    ],
)
def test_an_error_on_a_line_of_ours_means_what_it_means_to_libcurl(
    number: int, phase: str, code: int, moments: Moments
) -> None:
    error = OSError(number, "said") if number else TimeoutError()
    assert explain_error(error, phase, 10_000) == explained(reply(code, number, moments))


def test_a_line_that_breaks_for_another_reason_gave_no_proper_answer() -> None:
    outcome = explain_error(OSError(errno.ETIMEDOUT, "said"), "first_byte", 10_000)
    assert outcome == Failure(FailureReason.BAD_RESPONSE, "the connection broke: said")


def test_a_socket_that_could_not_be_made_is_our_fault() -> None:
    outcome = explained(reply(pycurl.E_COULDNT_CONNECT, 0, NOT_CONNECTED))
    assert isinstance(outcome, Unknown)
    assert outcome.reason is UnknownReason.OUT_OF_DESCRIPTORS


@pytest.mark.parametrize(
    ("code", "os_error", "reason"),
    [
        (pycurl.E_COULDNT_CONNECT, errno.ECONNREFUSED, FailureReason.CONNECTION_REFUSED),
        (pycurl.E_COULDNT_CONNECT, errno.EHOSTUNREACH, FailureReason.HOST_UNREACHABLE),
        (pycurl.E_COULDNT_CONNECT, errno.ETIMEDOUT, FailureReason.CONNECTION_TIMEOUT),
        (pycurl.E_COULDNT_CONNECT, errno.ECONNRESET, FailureReason.CONNECTION_RESET),
        (pycurl.E_COULDNT_CONNECT, errno.EINVAL, FailureReason.HOST_UNREACHABLE),
        (pycurl.E_SSL_CONNECT_ERROR, errno.ECONNRESET, FailureReason.CONNECTION_RESET),
        (pycurl.E_SSL_CONNECT_ERROR, 0, FailureReason.TLS_FAILED),
        (pycurl.E_SEND_ERROR, errno.EPIPE, FailureReason.CONNECTION_RESET),
        (pycurl.E_RECV_ERROR, 0, FailureReason.BAD_RESPONSE),
        (pycurl.E_GOT_NOTHING, 0, FailureReason.NO_RESPONSE),
        (pycurl.E_PARTIAL_FILE, 0, FailureReason.BAD_RESPONSE),
        (pycurl.E_HTTP2, 0, FailureReason.BAD_RESPONSE),
        (92, 0, FailureReason.BAD_RESPONSE),
    ],
)
def test_errors_of_the_target_have_a_reason(
    code: int, os_error: int, reason: FailureReason
) -> None:
    outcome = explained(reply(code, os_error))
    assert isinstance(outcome, Failure)
    assert outcome.reason is reason


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (pycurl.E_OUT_OF_MEMORY, UnknownReason.OVERLOADED),
        (pycurl.E_SSL_CACERT_BADFILE, UnknownReason.INTERNAL_ERROR),
        (pycurl.E_URL_MALFORMAT, UnknownReason.INTERNAL_ERROR),
        (pycurl.E_FAILED_INIT, UnknownReason.INTERNAL_ERROR),
        (9_999, UnknownReason.INTERNAL_ERROR),
    ],
)
def test_what_we_cannot_lay_on_the_target_is_unknown(code: int, reason: UnknownReason) -> None:
    outcome = explained(reply(code))
    assert isinstance(outcome, Unknown)
    assert outcome.reason is reason


@pytest.mark.parametrize(
    ("url", "moments", "head", "phase", "reason", "message", "detail"),
    [
        (
            "http://a.test/",
            NOT_CONNECTED,
            False,
            "connect",
            FailureReason.CONNECTION_TIMEOUT,
            "no connection within 10 s",
            "",
        ),
        (
            "https://a.test/",
            CONNECTED,
            False,
            "tls",
            FailureReason.TIMEOUT,
            "TLS not agreed within 10 s",
            "TLS not agreed",
        ),
        (
            "https://a.test/",
            SECURED,
            False,
            "first_byte",
            FailureReason.TIMEOUT,
            "no answer within 10 s",
            "",
        ),
        (
            "http://a.test/",
            CONNECTED,
            True,
            "transfer",
            FailureReason.TIMEOUT,
            "the answer did not end within 10 s",
            "the answer did not end",
        ),
    ],
)
def test_a_timeout_says_in_which_phase(
    url: str,
    moments: Moments,
    *,
    head: bool,
    phase: str,
    reason: FailureReason,
    message: str,
    detail: str,
) -> None:
    one = reply(pycurl.E_OPERATION_TIMEDOUT, 0, moments, head)
    assert phase_of(one, Request("GET", parse(url))) == phase
    facts = Facts(waited=10_000, detail=detail)
    assert explained(one, url) == Failure(reason, message, facts)


@pytest.mark.parametrize(
    ("one", "facts"),
    [
        (reply(pycurl.E_COULDNT_CONNECT, errno.ECONNREFUSED, NOT_CONNECTED), Facts()),
        (reply(pycurl.E_RECV_ERROR, errno.ECONNRESET), Facts()),
        (reply(pycurl.E_GOT_NOTHING), Facts()),
        (reply(pycurl.E_SSL_CONNECT_ERROR), Facts(detail="said")),
        (reply(pycurl.E_PARTIAL_FILE), Facts(detail="the answer broke off: said")),
        (reply(pycurl.E_COULDNT_CONNECT, errno.EINVAL), Facts(detail="said")),
        (
            reply(pycurl.E_COULDNT_CONNECT, errno.ENOMEM),
            Facts(detail="this machine has no memory left"),
        ),
    ],
)
def test_what_the_words_for_a_reason_say_already_is_no_detail(one: Reply, facts: Facts) -> None:
    assert facts_of(explained(one)) == facts


def test_a_late_word_that_refuses_the_handshake_is_a_failure_of_tls() -> None:
    said = "OpenSSL SSL_read: error:0A00045C:SSL routines::tlsv13 alert certificate required"
    late = msgspec.structs.replace(reply(pycurl.E_RECV_ERROR), error=said)
    outcome = explained(late, "https://a.test/")
    assert isinstance(outcome, Failure)
    assert outcome.reason is FailureReason.TLS_FAILED


@pytest.mark.parametrize(
    ("head", "reason"),
    [([], FailureReason.NO_RESPONSE), ([b"HTTP/1.1 200 OK\r\n"], FailureReason.BAD_RESPONSE)],
)
def test_an_end_without_a_word_is_no_response_over_tls_too(
    head: list[bytes], reason: FailureReason
) -> None:
    said = "OpenSSL SSL_read: error:0A000126:SSL routines::unexpected eof while reading"
    ended = msgspec.structs.replace(reply(pycurl.E_RECV_ERROR), error=said, head=head)
    outcome = explained(ended, "https://a.test/")
    assert isinstance(outcome, Failure)
    assert outcome.reason is reason
