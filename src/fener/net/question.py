"""Asks one name server one question: over UDP, and over TCP where the answer is cut short.

Nothing here decides what an answer means, or whether the server may be asked at all.
"""

import asyncio
import re
import socket
from ipaddress import ip_address
from typing import TypeAlias

import dns.asyncquery
import dns.exception
import dns.flags
import dns.message
from msgspec import Struct

from fener.domain.time import SECOND, Span
from fener.net.url import is_address
from fener.ports import Clock

_ROUNDS = 3
"""So often a question is sent over UDP, in equal parts of the time: packets get lost."""
_LARGEST = 65_535
_PORT = re.compile(r"[0-9]{1,5}", re.ASCII)
_HEADER = 12
_IS_ANSWER = 0x80
_IS_CUT = 0x02


class Server(Struct, frozen=True):
    """A name server; `address` is a plain IP address."""

    address: str
    port: int = 53

    @property
    def text(self) -> str:
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{host}:{self.port}"


def read_server(text: str) -> Server:
    """From `address`, `address:port` or `[address]:port`. Raises ValueError with a sentence."""
    if is_address(text):
        return Server(ip_address(text).compressed)
    host, _, port = text.rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        host = ""
    if not is_address(host) or not _PORT.fullmatch(port) or not 0 < int(port) <= _LARGEST:
        raise ValueError(f"{text!r} is no address of a name server")
    return Server(ip_address(host).compressed, int(port))


class Garbage(Exception):
    """The server sent something that is no answer to the question; the message says what."""


Answer: TypeAlias = dns.message.QueryMessage


async def ask(query: dns.message.Message, server: Server, within: Span, clock: Clock) -> Answer:
    """The server's answer, whatever its response code.

    What bears another id, or comes from elsewhere, is not taken for it. Raises TimeoutError,
    Garbage, OSError, and EOFError where a connection was closed without an answer.
    """
    deadline = clock.monotonic() + within
    answer = await _by_udp(query, server, within)
    if answer is not None:
        return answer
    return await _by_tcp(query, server, max(1, deadline - clock.monotonic()))


async def _by_udp(query: dns.message.Message, server: Server, within: Span) -> Answer | None:
    """None: the answer does not fit into a datagram."""
    family = socket.AF_INET6 if ":" in server.address else socket.AF_INET
    wire, strays = query.to_wire(), 0
    with socket.socket(family, socket.SOCK_DGRAM) as connected:
        connected.setblocking(False)
        # The kernel drops what others send to a connected socket, and tells when a port is closed.
        connected.connect((server.address, server.port))
        loop = asyncio.get_running_loop()
        for _ in range(_ROUNDS):
            await loop.sock_sendall(connected, wire)
            try:
                async with asyncio.timeout(within / _ROUNDS / SECOND):
                    while _is_stray(data := await loop.sock_recv(connected, _LARGEST), query):
                        strays += 1
            except TimeoutError:
                continue
            return None if data[2] & _IS_CUT else _read(data)
    if strays:
        raise Garbage("what came is no answer to the question")
    raise TimeoutError


def _is_stray(data: bytes, query: dns.message.Message) -> bool:
    """Whether it answers something else: a guess of somebody who does not know the id."""
    if len(data) < _HEADER or int.from_bytes(data[:2]) != query.id or not data[2] & _IS_ANSWER:
        return True
    return not data[2] & _IS_CUT and not query.is_response(_read(data))


def _read(data: bytes) -> Answer:
    try:
        return _checked(dns.message.from_wire(data))
    except dns.exception.DNSException as error:
        raise Garbage(f"the answer cannot be read: {error}") from error


def _checked(message: dns.message.Message) -> Answer:
    if not isinstance(message, dns.message.QueryMessage):
        raise Garbage("what came is no answer to a query")
    return message


async def _by_tcp(query: dns.message.Message, server: Server, within: Span) -> Answer:
    try:
        async with asyncio.timeout(within / SECOND):
            answer = await dns.asyncquery.tcp(query, server.address, port=server.port)
            return _checked(answer)
    except dns.exception.DNSException as error:
        raise Garbage(f"the answer over TCP cannot be read: {error}") from error
