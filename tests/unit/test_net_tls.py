"""Certificates are read for their facts, and a refusal of one is explained by them."""

from dataclasses import dataclass
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding

from fener.domain.check import Certificate, facts_of
from fener.domain.failure import Facts, FailureReason
from fener.domain.time import from_datetime
from fener.net.tls import covers, read_chain, verification_failure, weakness
from support.certificates import VALID_FROM, VALID_UNTIL, make_authority

NOW = 1_767_268_800_000
GAP = (
    "CN=y, which issued CN=leaf, is neither sent along nor a trusted root; "
    "an intermediate certificate may be missing"
)


def certificate(*names: str) -> Certificate:
    return Certificate("CN=x", "CN=y", NOW - 1000, NOW + 1000, names, "00")


@pytest.mark.parametrize(
    ("host", "name", "expected"),
    [
        ("a.test", "a.test", True),
        ("A.test.", "a.TEST", True),
        ("b.a.test", "*.a.test", True),
        ("c.b.a.test", "*.a.test", False),
        ("a.test", "*.a.test", False),
        ("a.test", "*.test", False),
        ("192.0.2.1", "192.0.2.1", True),
        ("192.0.2.1", "*.0.2.1", False),
        ("2001:db8::1", "2001:db8::1", True),
    ],
)
def test_a_certificate_covers_the_hosts_it_names(host: str, name: str, expected: bool) -> None:  # noqa: FBT001
    assert covers(certificate("other.test", name), host) is expected


def test_the_facts_of_a_presented_chain_are_read(tmp_path: Path) -> None:
    authority = make_authority(tmp_path)
    pem = authority.certificate.public_bytes(Encoding.PEM).decode()
    (root,) = read_chain([[("Subject", "ignored"), ("Cert", pem)]])
    assert root.subject == root.issuer == "CN=Fener test root"
    assert root.not_before == from_datetime(VALID_FROM)
    assert root.not_after == from_datetime(VALID_UNTIL)
    assert len(root.fingerprint) == 64
    assert (root.key_type, root.key_bits, root.signed_with) == ("EC", 256, "sha256")


def test_a_certificate_that_cannot_be_read_is_left_out() -> None:
    assert read_chain([[("Cert", "no certificate")], [("Subject", "none at all")]]) == ()


@pytest.mark.parametrize(
    ("key_type", "bits", "signed_with", "issuer", "says"),
    [
        ("RSA", 2_048, "sha256", "CN=y", None),
        ("RSA", 2_047, "sha256", "CN=y", "RSA key of 2047 bits, wanted 2048 at least: CN=x"),
        ("EC", 224, "sha384", "CN=y", None),
        ("EC", 192, "sha384", "CN=y", "EC key of 192 bits, wanted 224 at least: CN=x"),
        ("Ed25519", 256, "", "CN=y", None),
        ("", 0, "", "CN=y", None),
        ("RSA", 4_096, "sha1", "CN=y", "signed with SHA-1: CN=x"),
        ("RSA", 4_096, "md5", "CN=y", "signed with MD5: CN=x"),
        ("RSA", 4_096, "sha1", "CN=x", None),
    ],
)
def test_a_weak_key_or_signature_is_named(
    key_type: str, bits: int, signed_with: str, issuer: str, says: str | None
) -> None:
    facts = Certificate("CN=x", issuer, 0, NOW, (), "00", key_type, bits, signed_with)
    assert weakness(facts) == says


def test_a_chain_whose_certificates_issue_one_another_in_a_circle_has_no_end() -> None:
    chain = [
        Certificate("CN=a", "CN=b", 0, NOW, (), "00"),
        Certificate("CN=b", "CN=a", 0, NOW, (), "00"),
    ]
    failure = verification_failure(20, "said", "a.test", chain, NOW)
    assert failure.message == "the certificate is not trusted: said"


@dataclass
class Case:
    result: int
    host: str
    reason: FailureReason
    says: str
    facts: Facts


@pytest.mark.parametrize(
    "case",
    [
        Case(
            10,
            "a.test",
            FailureReason.TLS_EXPIRED,
            "expired on 2026-01-01 11:59:58 UTC: CN=old",
            Facts(name="CN=old", at=NOW - 2000),
        ),
        Case(
            9,
            "a.test",
            FailureReason.TLS_NOT_YET_VALID,
            "before 2026-01-01 12:00:02 UTC",
            Facts(name="CN=new", at=NOW + 2000),
        ),
        Case(18, "a.test", FailureReason.TLS_UNTRUSTED, "said", Facts(detail="said")),
        Case(19, "b.test", FailureReason.TLS_UNTRUSTED, "said", Facts(detail="said")),
        Case(20, "b.test", FailureReason.TLS_UNTRUSTED, GAP, Facts(detail=GAP)),
        Case(21, "b.test", FailureReason.TLS_UNTRUSTED, GAP, Facts(detail=GAP)),
        Case(66, "a.test", FailureReason.TLS_WEAK, "too weak: said", Facts(detail="said")),
        Case(
            1,
            "b.test",
            FailureReason.TLS_WRONG_HOST,
            "not for b.test but for a.test",
            Facts(got="a.test", wanted="b.test"),
        ),
        Case(
            62,
            "b.test",
            FailureReason.TLS_WRONG_HOST,
            "not for b.test but for a.test",
            Facts(got="a.test", wanted="b.test"),
        ),
        Case(7, "a.test", FailureReason.TLS_UNTRUSTED, "said", Facts(detail="said")),
        Case(
            23,
            "a.test",
            FailureReason.TLS_FAILED,
            "said",
            Facts(detail="the certificate was not accepted: said"),
        ),
    ],
)
def test_a_refused_certificate_is_explained(case: Case) -> None:
    chain = [
        Certificate("CN=leaf", "CN=y", NOW - 1000, NOW + 1000, ("a.test",), "00"),
        Certificate("CN=old", "CN=y", NOW - 9000, NOW - 2000, (), "00"),
        Certificate("CN=new", "CN=y", NOW + 2000, NOW + 9000, (), "00"),
    ]
    failure = verification_failure(case.result, "said", case.host, chain, NOW)
    assert failure.reason is case.reason
    assert case.says in failure.message
    assert facts_of(failure) == case.facts
