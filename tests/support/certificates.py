"""A certificate authority made fresh for a test run, and leaf certificates of every broken kind."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import TypeAlias

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import NameOID

VALID_FROM = datetime(2020, 1, 1, tzinfo=UTC)
VALID_UNTIL = datetime(2090, 1, 1, tzinfo=UTC)
LONG_AGO = datetime(2021, 1, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2080, 1, 1, tzinfo=UTC)
_RSA_SHA256 = bytes.fromhex("2a864886f70d01010b")
_RSA_SHA1 = bytes.fromhex("2a864886f70d010105")

Key: TypeAlias = ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey


@dataclass(frozen=True)
class Authority:
    """A certificate that signs others, its key, and the trust store that holds just its root."""

    folder: Path
    certificate: x509.Certificate
    key: Key

    @property
    def trust_store(self) -> Path:
        return self.folder / "root.pem"

    def leaf(
        self,
        *names: str,
        not_before: datetime = VALID_FROM,
        not_after: datetime = VALID_UNTIL,
        self_signed: bool = False,
        sends_issuer: bool = True,
        key: Key | None = None,
    ) -> ssl.SSLContext:
        """A server's TLS context with a new certificate for these names and addresses."""
        path = self.written(
            *names,
            not_before=not_before,
            not_after=not_after,
            self_signed=self_signed,
            sends_issuer=sends_issuer,
            key=key,
        )
        return _server_context(path)

    def written(
        self,
        *names: str,
        not_before: datetime = VALID_FROM,
        not_after: datetime = VALID_UNTIL,
        self_signed: bool = False,
        sends_issuer: bool = True,
        key: Key | None = None,
    ) -> Path:
        """A PEM file with the key of a new certificate, that one, and its chain."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        builder = _builder(names[0], key, not_before, not_after).add_extension(
            x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
        )
        issuer, signing_key = (
            (_name(names[0]), key) if self_signed else (self.certificate.subject, self.key)
        )
        signed = builder.issuer_name(issuer).sign(signing_key, hashes.SHA256())
        chain = [signed, self.certificate] if sends_issuer and not self_signed else [signed]
        path = self.folder / f"{signed.serial_number}.pem"
        path.write_bytes(_pem(chain, key))
        return path

    def pem(self, *names: str) -> Path:
        """A file with key and chain of a good leaf, for servers that are programs."""
        before = set(self.folder.iterdir())
        self.leaf(*names)
        (path,) = set(self.folder.iterdir()) - before
        return path

    def expired(self, *names: str) -> ssl.SSLContext:
        return self.leaf(*names, not_after=LONG_AGO)

    def not_yet_valid(self, *names: str) -> ssl.SSLContext:
        return self.leaf(*names, not_before=FAR_AHEAD)

    def intermediate(self, name: str, key: Key | None = None) -> "Authority":
        """One that this one signed, under the same root."""
        key = key or ec.generate_private_key(ec.SECP256R1())
        certificate = (
            _builder(name, key, VALID_FROM, VALID_UNTIL)
            .issuer_name(self.certificate.subject)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .sign(self.key, hashes.SHA256())
        )
        return Authority(self.folder, certificate, key)

    def short_key(self, *names: str) -> ssl.SSLContext:
        return self.leaf(*names, key=rsa.generate_private_key(65_537, 1_024))

    def signed_with_sha1(self, *names: str) -> ssl.SSLContext:
        """By an intermediate, with the signature that no library makes any more."""
        issuer_key, key = (rsa.generate_private_key(65_537, 2_048) for _ in range(2))
        issuer = self.intermediate("Fener old intermediate", issuer_key)
        signed = (
            _builder(names[0], key, VALID_FROM, VALID_UNTIL)
            .add_extension(
                x509.SubjectAlternativeName([_general_name(name) for name in names]), critical=False
            )
            .issuer_name(issuer.certificate.subject)
            .sign(issuer_key, hashes.SHA256())
        )
        old = _signed_again_with_sha1(signed, issuer_key)
        path = self.folder / f"{signed.serial_number}.pem"
        path.write_bytes(_pem([old, issuer.certificate], key))
        return _server_context(path)


def by_name(contexts: Mapping[str, ssl.SSLContext], otherwise: ssl.SSLContext) -> ssl.SSLContext:
    """A server's context that shows another certificate for each name that it is asked for."""

    def choose(connection: ssl.SSLSocket | ssl.SSLObject, name: str | None, _: object) -> None:
        connection.context = contexts.get(name or "", otherwise)

    otherwise.sni_callback = choose
    return otherwise


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
    name: str, key: Key, not_before: datetime, not_after: datetime
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


def _signed_again_with_sha1(signed: x509.Certificate, key: rsa.RSAPrivateKey) -> x509.Certificate:
    facts = signed.tbs_certificate_bytes.replace(_RSA_SHA256, _RSA_SHA1)
    signature = key.sign(facts, padding.PKCS1v15(), hashes.SHA1())
    form = signed.public_bytes(serialization.Encoding.DER)
    form = form.replace(_RSA_SHA256, _RSA_SHA1).replace(signed.signature, signature)
    return x509.load_der_x509_certificate(form)


def _server_context(path: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.set_ciphers("DEFAULT:@SECLEVEL=0")  # or OpenSSL would not even load a weak key
    context.load_cert_chain(path)
    return context


def _pem(chain: list[x509.Certificate], key: Key) -> bytes:
    pem = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return pem + b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)
