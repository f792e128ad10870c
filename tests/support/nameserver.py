"""A name server on loopback that knows what a test tells it, and can be as broken as wanted."""

import socket
import threading
from contextlib import suppress
from types import TracebackType
from typing import Self

import dns.asyncresolver
import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

from support.targets import closed_port


class FakeNameserver:
    """Answers over UDP from `records`: name to addresses. Use it as a context manager.

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
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None

    def configuration(self) -> dns.asyncresolver.Resolver:
        """A resolver configuration that names this server alone."""
        resolver = dns.asyncresolver.Resolver(configure=False)
        resolver.nameservers = ["127.0.0.1"]
        resolver.port = self.port
        return resolver

    def __enter__(self) -> Self:
        self._socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._socket.bind(("127.0.0.1", 0))
        self.port = self._socket.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, args=(self._socket,))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._socket is not None
        assert self._thread is not None
        with suppress(OSError):  # shutting down an unconnected socket complains, and wakes it
            self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._socket.close()

    def _serve(self, listening: socket.socket) -> None:
        while True:
            wire, asker = listening.recvfrom(4_096)
            if not wire:
                return
            answer = self._answer(dns.message.from_wire(wire))
            if answer is not None:
                listening.sendto(answer.to_wire(), asker)

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
