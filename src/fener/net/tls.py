"""Reads certificates as libcurl hands them over, and says in our words why one was not accepted."""

import hashlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TypeAlias

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, rsa
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
_ISSUER_UNKNOWN = frozenset({2, 20, 21})
_UNTRUSTED = frozenset({7, 18, 19, 22, 24, 25, 26, 27, 28, 79}) | _ISSUER_UNKNOWN
_WEAK = frozenset({66, 67, 68})

# CA/Browser Forum, Baseline Requirements 6.1.5 and 7.1.3: RSA from 2048 bits, no MD5 and no SHA-1.
# OpenSSL refuses less than 112 bits of strength by itself, which for EC are 224.
_LEAST_BITS = {"RSA": 2_048, "DSA": 2_048, "EC": 224}
_KEY_TYPES: dict[type, str] = {
    rsa.RSAPublicKey: "RSA",
    dsa.DSAPublicKey: "DSA",
    ec.EllipticCurvePublicKey: "EC",
    ed25519.Ed25519PublicKey: "Ed25519",
    ed448.Ed448PublicKey: "Ed448",
}
_EDWARDS_BITS = {"Ed25519": 256, "Ed448": 448}
_BROKEN_HASHES = {"md2": "MD2", "md4": "MD4", "md5": "MD5", "sha1": "SHA-1"}


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
    if result in _WEAK:
        weak = next(filter(None, map(weakness, chain)), said)
        message = f"the certificate is too weak: {weak}"
        return Failure(FailureReason.TLS_WEAK, message, Facts(detail=weak))
    if result in _UNTRUSTED:
        why = (_gap(chain) if result in _ISSUER_UNKNOWN else "") or said
        message = f"the certificate is not trusted: {why}"
        return Failure(FailureReason.TLS_UNTRUSTED, message, Facts(detail=why))
    if chain and not covers(chain[0], host):
        names = ", ".join(chain[0].names[:5]) or chain[0].subject
        message = f"the certificate is not for {host} but for {names}"
        return Failure(FailureReason.TLS_WRONG_HOST, message, Facts(got=names, wanted=host))
    return Failure(FailureReason.TLS_FAILED, f"the certificate was not accepted: {said}")


def weakness(certificate: Certificate) -> str | None:
    """Why this certificate could be forged; None where it is strong enough.

    Nobody relies on the signature of a certificate that signed itself.
    """
    least = _LEAST_BITS.get(certificate.key_type, 0)
    if certificate.key_bits < least:
        key = f"{certificate.key_type} key of {certificate.key_bits} bits"
        return f"{key}, wanted {least} at least: {certificate.subject}"
    broken = _BROKEN_HASHES.get(certificate.signed_with)
    if broken and certificate.subject != certificate.issuer:
        return f"signed with {broken}: {certificate.subject}"
    return None


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
        key_type, key_bits = _key(read)
        return Certificate(
            subject=read.subject.rfc4514_string(),
            issuer=read.issuer.rfc4514_string(),
            not_before=from_datetime(read.not_valid_before_utc),
            not_after=from_datetime(read.not_valid_after_utc),
            names=_names(read),
            fingerprint=hashlib.sha256(read.public_bytes(Encoding.DER)).hexdigest(),
            key_type=key_type,
            key_bits=key_bits,
            signed_with=_hash(read),
        )
    except ValueError:
        return None  # so malformed that it has no facts; OpenSSL judged it already


_usual = lru_cache(maxsize=2_048)(_read)
"""Targets show the same certificate at every check; very long ones are not kept."""


def _gap(chain: Sequence[Certificate]) -> str:
    """What is missing between the chain and a trusted root; empty where it ends in a root."""
    issuers = {one.subject: one for one in chain}
    last = chain[0] if chain else None
    for _ in chain:
        if last is None or last.issuer == last.subject or last.issuer not in issuers:
            break
        last = issuers[last.issuer]
    if last is None or last.issuer in issuers:
        return ""
    return (
        f"{last.issuer}, which issued {last.subject}, is neither sent along nor a trusted root; "
        "an intermediate certificate may be missing"
    )


def _key(certificate: x509.Certificate) -> tuple[str, int]:
    """Type and size of the public key; nothing where it is of a rare kind."""
    try:
        key = certificate.public_key()
    except (UnsupportedAlgorithm, ValueError):
        return "", 0
    for kind, name in _KEY_TYPES.items():
        if isinstance(key, kind):
            return name, getattr(key, "key_size", 0) or _EDWARDS_BITS[name]
    return "", 0


def _hash(certificate: x509.Certificate) -> str:
    try:
        algorithm = certificate.signature_hash_algorithm
    except UnsupportedAlgorithm:
        return ""
    return algorithm.name if algorithm else ""


def _names(certificate: x509.Certificate) -> tuple[str, ...]:
    try:
        extension = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName)
    except x509.ExtensionNotFound:
        return ()
    names = [*extension.value.get_values_for_type(x509.DNSName)]
    names += map(str, extension.value.get_values_for_type(x509.IPAddress))
    return tuple(names[:_MOST_NAMES])
