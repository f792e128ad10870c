"""A name server on loopback that speaks UDP and TCP, and lies as it is told to."""

import socket
from collections.abc import Callable, Sequence
from typing import TypeAlias

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset

from support.threads import ThreadedServer

Reply: TypeAlias = Callable[[bytes], Sequence[bytes]]
"""The datagrams, or the messages of a connection, with which a query is answered."""
Records: TypeAlias = dict[tuple[str, str], tuple[str, ...]]
"""By name and type, as zone files write them."""


def honest(records: Records, *, ttl: int = 60) -> Reply:
    """As an authority answers: aliases are followed, unknown names do not exist."""

    def reply(wire: bytes) -> Sequence[bytes]:
        query = dns.message.from_wire(wire)
        answer = dns.message.make_response(query)
        name, kind = query.question[0].name, dns.rdatatype.to_text(query.question[0].rdtype)
        while (alias := records.get((_text(name), "CNAME"))) and kind != "CNAME":
            answer.answer.append(dns.rrset.from_text(name, ttl, "IN", "CNAME", *alias))
            name = dns.name.from_text(alias[0])
        if found := records.get((_text(name), kind)):
            answer.answer.append(dns.rrset.from_text(name, ttl, "IN", kind, *found))
        elif not any(known == _text(name) for known, _ in records):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        return (answer.to_wire(),)

    return reply


def _text(name: dns.name.Name) -> str:
    return name.to_text(omit_final_dot=True).lower()


def code(name: str) -> Reply:
    """Only this response code."""

    def reply(wire: bytes) -> Sequence[bytes]:
        answer = dns.message.make_response(dns.message.from_wire(wire))
        answer.set_rcode(dns.rcode.from_text(name))
        return (answer.to_wire(),)

    return reply


def silent(_wire: bytes) -> Sequence[bytes]:
    return ()


def garbage(_wire: bytes) -> Sequence[bytes]:
    """Bytes that are no DNS at all."""
    return (b"HTTP/1.1 400 Bad Request\r\n\r\n",)


def mangled(wire: bytes) -> Sequence[bytes]:
    """The header of an answer, and rubbish after it."""
    return (wire[:2] + b"\x81\x80\0\1\0\1\0\0\0\0" + b"\xc0\x0c" * 9,)


def cut(wire: bytes) -> Sequence[bytes]:
    """An answer that did not fit."""
    answer = dns.message.make_response(dns.message.from_wire(wire))
    answer.flags |= dns.flags.TC
    return (answer.to_wire(),)


def contradiction(wire: bytes) -> Sequence[bytes]:
    """Aliases in a circle."""
    query = dns.message.from_wire(wire)
    answer, name = dns.message.make_response(query), query.question[0].name
    answer.answer.append(dns.rrset.from_text(name, 60, "IN", "CNAME", name.to_text()))
    return (answer.to_wire(),)


def with_wrong_id(reply: Reply) -> Reply:
    return lambda wire: [bytes([one[0] ^ 1]) + one[1:] for one in reply(wire)]


def about_another_name(reply: Reply) -> Reply:
    """The same answer, with the same id, to a question that nobody asked."""

    def changed(wire: bytes) -> Sequence[bytes]:
        query = dns.message.make_query("other.test", "A")
        query.id = int.from_bytes(wire[:2])
        return reply(query.to_wire())

    return changed


def first(*replies: Reply) -> Reply:
    """What each of these says, one after the other."""
    return lambda wire: [one for reply in replies for one in reply(wire)]


class Zone(ThreadedServer):
    """`asked` counts the queries that came over UDP and TCP."""

    def __init__(self, udp: Reply, tcp: Reply = silent, *, host: str = "127.0.0.1") -> None:
        self.udp, self.tcp, self.host = udp, tcp, host
        self.asked = {"udp": 0, "tcp": 0}
        self.from_elsewhere: Reply = silent
        """Sent before the answer, from another port."""
        self.drops = 0
        """So many queries are lost first."""
        self.port = 0

    @property
    def text(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"

    def _open(self) -> None:
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        self._tcp = socket.create_server((self.host, 0), family=family)
        self.port = self._tcp.getsockname()[1]
        self._udp = socket.socket(family, socket.SOCK_DGRAM)
        self._udp.bind((self.host, self.port))
        self._elsewhere = socket.socket(family, socket.SOCK_DGRAM)

    def _close(self) -> None:
        for one in (self._tcp, self._udp, self._elsewhere):
            one.close()

    def _serve(self) -> None:
        held: list[socket.socket] = []
        for ready in self._ready(self._tcp, self._udp):
            if self._udp in ready:
                self._answer_datagram()
            if self._tcp in ready:
                held.append(self._answer_connection())
        for connection in held:
            connection.close()

    def _answer_datagram(self) -> None:
        wire, asker = self._udp.recvfrom(4_096)
        self.asked["udp"] += 1
        if self.asked["udp"] <= self.drops:
            return
        for one in self.from_elsewhere(wire):
            self._elsewhere.sendto(one, asker)
        for one in self.udp(wire):
            self._udp.sendto(one, asker)

    def _answer_connection(self) -> socket.socket:
        """Answers the one query of a connection; silent, it holds it open."""
        connection, _ = self._tcp.accept()
        size = int.from_bytes(connection.recv(2, socket.MSG_WAITALL))
        wire = connection.recv(size, socket.MSG_WAITALL)
        self.asked["tcp"] += 1
        answers = self.tcp(wire)
        for one in answers:
            connection.sendall(len(one).to_bytes(2) + one if one else b"")
        if b"" in answers:
            connection.close()
        return connection


def hang_up(_wire: bytes) -> Sequence[bytes]:
    """Over TCP: the connection is closed without a word."""
    return (b"",)
