"""Why a check failed, and why one says nothing: two closed vocabularies, named once.

A `FailureReason` is the target's fault and moves health; an `UnknownReason` is ours and never does.
"""

from enum import StrEnum

from msgspec import Struct

from fener.domain.problem import Cause
from fener.domain.time import Instant, Span


class FailureReason(StrEnum):
    """What was wrong with the target, in the order in which a probe can find it out."""

    NAME_NOT_FOUND = "name_not_found"
    NAME_LOOKUP_FAILED = "name_lookup_failed"
    ADDRESS_FORBIDDEN = "address_forbidden"
    CONNECTION_REFUSED = "connection_refused"
    CONNECTION_TIMEOUT = "connection_timeout"
    HOST_UNREACHABLE = "host_unreachable"
    CONNECTION_RESET = "connection_reset"
    PACKETS_LOST = "packets_lost"
    UNEVEN = "uneven"
    STARTTLS_REFUSED = "starttls_refused"
    TLS_EXPIRED = "tls_expired"
    TLS_NOT_YET_VALID = "tls_not_yet_valid"
    TLS_WRONG_HOST = "tls_wrong_host"
    TLS_UNTRUSTED = "tls_untrusted"
    TLS_WEAK = "tls_weak"
    TLS_FAILED = "tls_failed"
    PROXY_REFUSED = "proxy_refused"
    TIMEOUT = "timeout"
    NO_RESPONSE = "no_response"
    BAD_RESPONSE = "bad_response"
    TOKEN_REFUSED = "token_refused"  # noqa: S105 - a word, no secret
    BAD_REDIRECT = "bad_redirect"
    TOO_MANY_REDIRECTS = "too_many_redirects"
    NOT_REDIRECTED = "not_redirected"
    WRONG_STATUS = "wrong_status"
    WRONG_HEADER = "wrong_header"
    WRONG_SIZE = "wrong_size"
    KEYWORD_MISSING = "keyword_missing"
    KEYWORD_PRESENT = "keyword_present"
    PATTERN_MISSING = "pattern_missing"
    WRONG_JSON = "wrong_json"
    UNEXPECTED_ANSWER = "unexpected_answer"
    LOOKUP_REFUSED = "lookup_refused"
    NO_RECORDS = "no_records"
    WRONG_RECORDS = "wrong_records"
    RECORDS_CHANGED = "records_changed"
    ANSWERED_UNEXPECTEDLY = "answered_unexpectedly"
    SLOW = "slow"
    CERTIFICATE_ENDS_SOON = "certificate_ends_soon"
    RUN_MISSED = "run_missed"
    RUN_FAILED = "run_failed"
    RUN_TOO_LONG = "run_too_long"

    @property
    def cause(self) -> Cause:
        """The word under which both incidents APIs know this reason."""
        return _CAUSES.get(self, Cause.DOWNTIME)


_CAUSES = {
    FailureReason.WRONG_STATUS: Cause.HTTP_STATUS,
    FailureReason.TLS_EXPIRED: Cause.SSL_EXPIRY,
    FailureReason.KEYWORD_MISSING: Cause.KEYWORD,
    FailureReason.KEYWORD_PRESENT: Cause.KEYWORD,
}


class UnknownReason(StrEnum):
    """Why we cannot say anything about the target: each is a fault or a limit of our own."""

    RESOLVER_DOWN = "resolver_down"
    NETWORK_DOWN = "network_down"
    OUT_OF_DESCRIPTORS = "out_of_descriptors"
    NOT_PERMITTED = "not_permitted"
    OVERLOADED = "overloaded"
    NOT_OBSERVED = "not_observed"
    INTERNAL_ERROR = "internal_error"


class Facts(Struct, frozen=True, omit_defaults=True):
    """What people read beside the words for a reason: values, which stand in no language.

    `Wrong status in the answer: 500 instead of 200-299` is a reason with `got` and `wanted`.
    """

    name: str = ""
    """What it is about: a host, a keyword, a header."""
    got: str = ""
    wanted: str = ""
    """What should have been in place of `got`."""
    waited: Span | None = None
    at: Instant | None = None
    detail: str = ""
    """English, often another program's: what reason and values leave unsaid."""
