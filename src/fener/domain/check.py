"""A check: the order for it, and the typed result of one attempt from one location."""

from enum import StrEnum
from typing import TypeAlias

from msgspec import Struct

from fener.domain.credentials import ClientCertificate, Credentials
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.kinds import ProbeSettings
from fener.domain.time import Instant, Span


class Purpose(StrEnum):
    """Why a check was ordered."""

    SCHEDULED = "scheduled"
    RECHECK = "recheck"
    MANUAL = "manual"


class CheckOrder(Struct, frozen=True):
    """One check to make, with all a prober needs to make it: probers read no database.

    Its identity is (monitor_id, location_id, at, purpose). A prober drops it after `expires_at`.
    """

    monitor_id: int
    location_id: int
    at: Instant
    purpose: Purpose
    expires_at: Instant
    timeout: Span
    settings: ProbeSettings
    credentials: Credentials | None = None
    client_certificate: ClientCertificate | None = None
    allow_private: bool = True
    wants_evidence: bool = False
    """Whether a success is to tell in full what came back, as every failure does."""


class Timings(Struct, frozen=True):
    """How long each phase took, in microseconds; None where the probe did not get that far."""

    total: int
    dns: int | None = None
    connect: int | None = None
    tls: int | None = None
    first_byte: int | None = None
    transfer: int | None = None


class Certificate(Struct, frozen=True):
    """Facts of one presented certificate, read whether or not it was trusted."""

    subject: str
    issuer: str
    not_before: Instant
    not_after: Instant
    names: tuple[str, ...]
    fingerprint: str
    """SHA-256 of the DER form, in lower-case hex."""
    key_type: str = ""
    """RSA, DSA, EC, Ed25519 or Ed448; empty where it is none of them."""
    key_bits: int = 0
    signed_with: str = ""
    """The hash of the issuer's signature, `sha256`; empty where the method has none of its own."""


class Hop(Struct, frozen=True, omit_defaults=True):
    """A host on the way to a target. With neither address nor words, nobody answered from there."""

    distance: int
    """How many hosts a packet has passed when it is there, itself among them."""
    address: str = ""
    took: int | None = None
    """Until it was heard, in microseconds; None where a clock was set meanwhile."""
    said: str = ""
    """Why nothing gets farther, such as `host unreachable`, or why no address is told."""


class Evidence(Struct, frozen=True, omit_defaults=True):
    """What was asked and what came back, for a person who doubts the verdict. Holds no secrets."""

    request: str = ""
    """Method and URL of the last hop: `GET https://example.com/`."""
    hops: tuple[str, ...] = ()
    """Every URL visited before the last one."""
    addresses: tuple[str, ...] = ()
    address: str = ""
    """The address actually dialled, `198.51.100.7:443`."""
    phase: str = ""
    """The phase in which the probe ended: dns, connect, tls, first_byte, transfer or done."""
    headers: tuple[tuple[str, str], ...] = ()
    body: str = ""
    """The first kilobytes of the answer as text."""
    chain: tuple[Certificate, ...] = ()
    detail: str = ""
    path: tuple[Hop, ...] = ()
    """The way to the address, as it was traced after the outage began."""
    traced_at: Instant | None = None


class Success(Struct, frozen=True, tag="success"):
    """The target did what was asked of it."""


class Failure(Struct, frozen=True, tag="failure"):
    """The target is at fault. `message` says it in English: `status 500, wanted 200-299`.

    The APIs and the command line tell the message; pages and mails have words of their own for the
    reason, and tell the facts beside them. Where no facts are given, the message is their detail.
    """

    reason: FailureReason
    message: str
    facts: Facts | None = None


class Unknown(Struct, frozen=True, tag="unknown"):
    """We are at fault, or cannot tell; told as a failure is."""

    reason: UnknownReason
    message: str
    facts: Facts | None = None


Outcome: TypeAlias = Success | Failure | Unknown


def facts_of(trouble: Failure | Unknown) -> Facts:
    return Facts(detail=trouble.message) if trouble.facts is None else trouble.facts


class CheckResult(Struct, frozen=True):
    """The outcome of one probe. `at` is the order's time, `finished_at` that of the answer."""

    monitor_id: int
    location_id: int
    at: Instant
    finished_at: Instant
    outcome: Outcome
    purpose: Purpose = Purpose.SCHEDULED
    started_at: Instant | None = None
    timings: Timings | None = None
    status_code: int | None = None
    certificate: Certificate | None = None
    evidence: Evidence | None = None
    is_good_answer: bool = False
    """A success whose evidence was asked for, and is kept to compare failures with."""
    records: tuple[str, ...] | None = None
    """What a name server answered, `A 192.0.2.1`, sorted, where changes of it are to be noticed."""
