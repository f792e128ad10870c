"""A name server on loopback that knows what a test tells it, and can be as broken as wanted."""

import socket

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from support.targets import closed_port
from support.threads import ThreadedServer


class FakeNameserver(ThreadedServer):
    """Answers over UDP from `records`: name to addresses.

    `refusals` gives names another response code; a name in `silent` gets no answer. Not started, it
    is a resolver that is down.
    """

    def __init__(self, **records: tuple[str, ...]) -> None:
        self.records: dict[str, tuple[str, ...]] = dict(records)
        self.refusals: dict[str, dns.rcode.Rcode] = {}
        self.silent: set[str] = set()
        self.asked: list[tuple[str, str]] = []
        self.is_offline = False
        """It has lost its own way out: it knows what it had before, the root among it."""
        self.ttl = 60
        self.port = closed_port()

    def configuration(self) -> dns.asyncresolver.Resolver:
        """A resolver configuration that names this server alone."""
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.port
        return resolver

    def _open(self) -> None:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]

    def _close(self) -> None:
        self._socket.close()

    def _serve(self) -> None:
        for _ in self._ready(self._socket):
            wire, asker = self._socket.recvfrom(4_096)
            answer = self._answer(dns.message.from_wire(wire))
            if answer is not None:
                self._socket.sendto(answer.to_wire(), asker)

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True)
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self.silent:
            return None
        answer = dns.message.make_response(query)
        answer.flags |= dns.flags.RA
        if name in self.refusals:
            answer.set_rcode(self.refusals[name])
        elif name == ".":
            root = dns.rrset.from_text(question.name, self.ttl, "IN", "NS", "a.root.test.")
            answer.answer.append(root)
        elif name not in self.records and self.is_offline:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self.records:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        else:
            wanted = [one for one in self.records[name] if (":" in one) is (kind == "AAAA")]
            if wanted:
                answer.answer.append(
                    dns.rrset.from_text(question.name, self.ttl, "IN", kind, *wanted)
                )
        return answer
