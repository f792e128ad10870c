"""Calls a web service for a sender: its name resolved, each address guarded and pinned, one answer
read up to a bound. Redirects are answers like any other.
"""

import os
import re
from collections.abc import Sequence
from email.utils import parsedate_to_datetime

import pycurl
from msgspec import Struct

from fener.domain.time import SECOND, Instant, Span, from_datetime
from fener.net.guard import AddressGuard
from fener.net.resolver import Resolver
from fener.net.wire import Reply, Request, Wire
from fener.ports import Clock

READ_LIMIT = 64 * 1024
_MOST_ADDRESSES = 8
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_SAID = {
    pycurl.E_COULDNT_CONNECT: "no connection",
    pycurl.E_OPERATION_TIMEDOUT: "no answer in time",
    pycurl.E_PEER_FAILED_VERIFICATION: "its certificate was not accepted",
    pycurl.E_SSL_CONNECT_ERROR: "TLS failed",
    pycurl.E_GOT_NOTHING: "the connection was closed without an answer",
    pycurl.E_SEND_ERROR: "the connection broke while sending",
    pycurl.E_RECV_ERROR: "the connection broke while receiving",
    pycurl.E_UNSUPPORTED_PROTOCOL: "the answer is no HTTP",
    pycurl.E_FTP_WEIRD_SERVER_REPLY: "the answer is no HTTP",
}


class BadHeader(ValueError):
    """A header's name is none; it is told without the value."""


class Answered(Struct, frozen=True):
    """The service answered with this status. `retry_after` is as long as it asked to be left."""

    status: int
    retry_after: Span | None = None


class Unreached(Struct, frozen=True):
    """There was no answer; `why` is a clause for people. `forbidden`: we will not dial there."""

    why: str
    forbidden: bool = False


class Caller:
    """One for a process; calls may run side by side."""

    def __init__(self, wire: Wire, resolver: Resolver, guard: AddressGuard, clock: Clock) -> None:
        self._wire = wire
        self._resolver = resolver
        self._guard = guard
        self._clock = clock

    async def call(
        self, request: Request, within: Span, *, allow_private: bool
    ) -> Answered | Unreached:
        """One request, to the first of the host's addresses that takes a connection."""
        deadline = self._clock.monotonic() + within
        origin = request.url.origin
        found = await self._resolver.resolve(origin.host, within)
        if not isinstance(found, tuple):
            return Unreached(found.message)
        allowed, refusal = self._guarded(found, origin.port, allow_private=allow_private)
        if not allowed:
            return Unreached(refusal, forbidden=True)
        reply = await self._first_connected(request, allowed, deadline)
        if reply.status >= 200:  # noqa: PLR2004 - whatever became of the body
            return Answered(reply.status, retry_after(reply.head, self._clock.now()))
        return Unreached(_why(reply))

    def _guarded(
        self, addresses: Sequence[str], port: int, *, allow_private: bool
    ) -> tuple[list[str], str]:
        """The addresses that may be dialled, and why the first of the others may not."""
        refusals = {
            address: self._guard.refusal(address, port, allow_private=allow_private)
            for address in addresses[:_MOST_ADDRESSES]
        }
        allowed = [address for address, refusal in refusals.items() if refusal is None]
        return allowed, next((one for one in refusals.values() if one), "")

    async def _first_connected(
        self, request: Request, addresses: Sequence[str], deadline: Span
    ) -> Reply:
        """Another address is tried only where nothing was sent: no message goes out twice here."""
        for position, address in enumerate(addresses):
            left = max(1, deadline - self._clock.monotonic())
            share = left // (len(addresses) - position)
            reply = await self._wire.send(
                request, address, left, _Sink().take, connect_within=share
            )
            if reply.moments.connected or deadline <= self._clock.monotonic():
                return reply
        self._resolver.forget(request.url.origin.host)
        return reply


def _why(reply: Reply) -> str:
    """In our words: libcurl's own may repeat what was asked for."""
    if reply.os_error and not reply.moments.connected:
        return os.strerror(reply.os_error).lower()
    return _SAID.get(reply.code, f"libcurl error {reply.code}")


class _Sink:
    """Lets a service finish its sentence, but not go on for ever."""

    def __init__(self) -> None:
        self._room = READ_LIMIT

    def take(self, piece: bytes) -> int | None:
        self._room -= len(piece)
        return None if self._room > 0 else 0


def header_line(name: str, value: str) -> str:
    """A header line for libcurl; a line break in the value becomes a space. Raises BadHeader."""
    if not _TOKEN.fullmatch(name):
        raise BadHeader("a header's name may hold letters, digits and a few signs only")
    clean = value.replace("\r", " ").replace("\n", " ").replace("\0", "").strip()
    return f"{name}: {clean}" if clean else f"{name};"


def retry_after(head: Sequence[bytes], now: Instant) -> Span | None:
    """What the `Retry-After` header asks for, in seconds or until a date; None without it."""
    for line in reversed(head):
        name, _, value = line.decode("latin-1").partition(":")
        if name.strip().lower() == "retry-after":
            return _wait(value.strip(), now)
    return None


def _wait(value: str, now: Instant) -> Span | None:
    if value.isascii() and value.isdigit():
        return int(value[:9]) * SECOND
    try:
        return max(0, from_datetime(parsedate_to_datetime(value)) - now)
    except ValueError:
        return None
