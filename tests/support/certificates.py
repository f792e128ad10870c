"""A certificate authority made fresh for a test run, and leaf certificates of every broken kind."""

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2090, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2080, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Authority:
    """A root certificate and its key, with the trust store that holds just this root."""

    folder: Path
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey

    @property
    def trust_store(self) -> Path:
        return self.folder / "root.pem"

    def leaf(
        self,
        *names: str,
        not_before: datetime = VALID_FROM,
        not_after: datetime = VALID_UNTIL,
        self_signed: bool = False,
    ) -> ssl.SSLContext:
        """A server's TLS context with a new certificate for these names and addresses."""
        path = self.written(
            *names, not_before=not_before, not_after=not_after, self_signed=self_signed
        )
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(path)
        return context

    def written(
        self,
        *names: str,
        not_before: datetime = VALID_FROM,
        not_after: datetime = VALID_UNTIL,
        self_signed: bool = False,
    ) -> Path:
        """A PEM file with the key of a new certificate, that one, and its chain."""
        key = ec.generate_private_key(ec.SECP256R1())
        builder = _builder(names[0], key, not_before, not_after).add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
        issuer, signing_key = (
            (_name(names[0]), key) if self_signed else (self.certificate.subject, self.key)
        )
        signed = builder.issuer_name(issuer).sign(signing_key, hashes.SHA256())
        chain = [signed] if self_signed else [signed, self.certificate]
        path = self.folder / f"{signed.serial_number}.pem"
        path.write_bytes(_pem(chain, key))
        return path

    def expired(self, *names: str) -> ssl.SSLContext:
        return self.leaf(*names, not_after=LONG_AGO)

    def not_yet_valid(self, *names: str) -> ssl.SSLContext:
        return self.leaf(*names, not_before=FAR_AHEAD)


def make_authority(folder: Path, name: str = "Fener test root") -> Authority:
    """Make a root whose certificate stands in `folder/root.pem`."""
    key = ec.generate_private_key(ec.SECP256R1())
    root = (
        _builder(name, key, VALID_FROM, VALID_UNTIL)
        .issuer_name(_name(name))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "root.pem").write_bytes(root.public_bytes(serialization.Encoding.PEM))
    return Authority(folder, root, key)


def _builder(
    name: str, key: ec.EllipticCurvePrivateKey, not_before: datetime, not_after: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(_name(name))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_after)
    )


def _name(common_name: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _general_name(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)


def _pem(chain: list[x509.Certificate], key: ec.EllipticCurvePrivateKey) -> bytes:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
