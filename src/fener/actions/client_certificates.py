"""The certificate that a probe shows of itself: read here, so that none is stored that cannot work.

Refusals are `fener.domain.errors.Invalid`; none of them repeats what was given.
"""

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_pem_private_key,
)

from fener.domain.credentials import ClientCertificate
from fener.domain.errors import Invalid

LONGEST = 32 * 1024
FIELD = "client_certificate"


def checked(given: ClientCertificate | None) -> ClientCertificate | None:
    """The same without space around. Raises Invalid."""
    if given is None:
        return None
    certificate, key = given.certificate.strip() + "\n", given.key.strip() + "\n"
    if max(len(certificate), len(key)) > LONGEST:
        raise Invalid(f"A certificate or key may have {LONGEST} characters.", FIELD)
    if _public_of_certificate(certificate) != _public_of_key(key):
        raise Invalid("The key does not belong to the client certificate.", FIELD)
    return ClientCertificate(certificate, key)


def _public_of_certificate(pem: str) -> bytes:
    try:
        own = x509.load_pem_x509_certificates(pem.encode())[0]
        return own.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, UnsupportedAlgorithm):
        raise Invalid(
            "The client certificate cannot be read: it must be PEM, its own one first.", FIELD
        ) from None


def _public_of_key(pem: str) -> bytes:
    try:
        public = load_pem_private_key(pem.encode(), password=None).public_key()
        return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise Invalid(
            "The key of the client certificate cannot be read: it must be PEM, without passphrase.",
            FIELD,
        ) from None
