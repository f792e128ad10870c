"""Reads certificates as libcurl hands them over, and says in our words why one was not accepted."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from fener.domain.check import Certificate, Failure
from fener.domain.failure import Facts, FailureReason
from fener.domain.time import Instant, from_datetime, plain_text
from fener.net.url import is_address

CertInfo: TypeAlias = Iterable[Iterable[tuple[str, str]]]
"""libcurl's CERTINFO: for each certificate its facts as pairs, the PEM form under `Cert`."""

_USUAL_PEM = 8_192
_MOST_NAMES = 100
_LONGEST_CHAIN = 10

# Results of OpenSSL's verification (x509_vfy.h).
_NOT_YET_VALID = 9
_EXPIRED = 10
_UNTRUSTED = frozenset({2, 7, 18, 19, 20, 21, 22, 24, 25, 26, 27, 28, 79})


def read_chain(info: CertInfo) -> tuple[Certificate, ...]:
    """The certificates that were presented, the server's own first; unreadable ones left out."""
    forms = (value for facts in info for name, value in facts if name == "Cert")
    chain = (_usual(pem) if len(pem) <= _USUAL_PEM else _read(pem) for pem in forms)
    return tuple(one for one in chain if one is not None)[:_LONGEST_CHAIN]


def verification_failure(
    result: int, said: str, host: str, chain: Sequence[Certificate], now: Instant
) -> Failure:
    """Why verification failed: OpenSSL's result, and where it is silent the certificate itself."""
    if result == _EXPIRED:
        ended = next((one for one in chain if one.not_after < now), None)
        when = f" on {plain_text(ended.not_after)} UTC: {ended.subject}" if ended else ""
        facts = Facts(name=ended.subject, at=ended.not_after) if ended else Facts()
        return Failure(FailureReason.TLS_EXPIRED, f"the certificate expired{when}", facts)
    if result == _NOT_YET_VALID:
        early = next((one for one in chain if one.not_before > now), None)
        when = f" before {plain_text(early.not_before)} UTC: {early.subject}" if early else ""
        facts = Facts(name=early.subject, at=early.not_before) if early else Facts()
        return Failure(
            FailureReason.TLS_NOT_YET_VALID, f"the certificate is not valid{when}", facts
        )
    if result in _UNTRUSTED:
        message = f"the certificate is not trusted: {said}"
        return Failure(FailureReason.TLS_UNTRUSTED, message, Facts(detail=said))
    if chain and not covers(chain[0], host):
        names = ", ".join(chain[0].names[:5]) or chain[0].subject
        message = f"the certificate is not for {host} but for {names}"
        return Failure(FailureReason.TLS_WRONG_HOST, message, Facts(got=names, wanted=host))
    return Failure(FailureReason.TLS_FAILED, f"the certificate was not accepted: {said}")


def covers(certificate: Certificate, host: str) -> bool:
    """Whether the certificate names this host; `*` stands for one whole leftmost label."""
    wanted = host.lower().removesuffix(".")
    if is_address(wanted):
        return wanted in certificate.names
    _, _, parent = wanted.partition(".")
    accepted = {wanted, f"*.{parent}"} if "." in parent else {wanted}
    return any(name.lower() in accepted for name in certificate.names)


def _read(pem: str) -> Certificate | None:
    try:
        read = x509.load_pem_x509_certificate(pem.encode())
        return Certificate(
            subject=read.subject.rfc4514_string(),
            issuer=read.issuer.rfc4514_string(),
            not_before=from_datetime(read.not_valid_before_utc),
            not_after=from_datetime(read.not_valid_after_utc),
            names=_names(read),
            fingerprint=hashlib.sha256(read.public_bytes(Encoding.DER)).hexdigest(),
        )
    except ValueError:
        return None  # so malformed that it has no facts; OpenSSL judged it already


_usual = lru_cache(maxsize=2_048)(_read)
"""Targets show the same certificate at every check; very long ones are not kept."""


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    names = [*extension.value.get_values_for_type(x509.DNSName)]
    names += map(str, extension.value.get_values_for_type(x509.IPAddress))
    return tuple(names[:_MOST_NAMES])
