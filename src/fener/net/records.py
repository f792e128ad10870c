"""DNS records as text, and in a form in which equal ones are equal: names without regard to case or
a dot at their end, TXT strings joined.
"""

import dns.exception
import dns.name
import dns.rdata
import dns.rdataclass
import dns.rdatatype
from dns.rdtypes.ANY.CAA import CAA
from dns.rdtypes.ANY.TXT import TXT

from fener.domain.kinds.dns import RecordType


class BadRecord(ValueError):
    """A text is no record of its type; the message says why."""


def canonical(record: dns.rdata.Rdata) -> bytes:
    """Equal for records that mean the same (RFC 4034, 6.2); TXT strings are joined."""
    if isinstance(record, TXT):
        return b"".join(record.strings)
    if isinstance(record, CAA):  # its tags are matched without regard to case (RFC 8659)
        return bytes([record.flags]) + record.tag.lower() + b"\0" + record.value
    return record.to_digestable()


def read(kind: RecordType, text: str) -> bytes:
    """The canonical form of a record as zone files write it: `10 mail.example.com`.

    A TXT record may also stand there bare, as it is read by people. Raises BadRecord.
    """
    stripped = text.strip()
    if kind is RecordType.TXT and not stripped.startswith('"'):
        return stripped.encode()
    try:
        record = dns.rdata.from_text(
            dns.rdataclass.IN, kind.value, stripped, dns.name.root, relativize=False
        )
    except (dns.exception.DNSException, ValueError) as error:
        raise BadRecord(f"{text!r} is no {kind} record: {error}") from error
    return canonical(record)


def normal(record: dns.rdata.Rdata) -> str:
    """As people write it, the same for records that mean the same: names in small letters."""
    if isinstance(record, TXT):
        return shown(record)
    if isinstance(record, CAA):
        return shown(record.replace(tag=record.tag.lower()))
    wire = record.to_digestable()
    return shown(dns.rdata.from_wire(record.rdclass, record.rdtype, wire, 0, len(wire)))


def shown(record: dns.rdata.Rdata) -> str:
    """As people write it: names without a dot at their end, a TXT record as one quoted string."""
    if isinstance(record, TXT):
        whole = b"".join(record.strings).decode("utf-8", "backslashreplace")
        return f'"{whole}"'.replace("\0", "\ufffd")
    return " ".join(word.removesuffix(".") or "." for word in record.to_text().split(" "))
