"""Answers without an end: some as slow as they can be, some as fast as they are taken."""

import zlib

from support.targets import (
    Answer,
    Exchange,
    delayed,
    drip,
    drip_headers,
    endless_header_line,
    endless_headers,
    redirect,
    stream,
    trickle,
)

_CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
_ZIPPED = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\n\r\n"
_INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"
_ONE_BYTE = b"1\r\nx\r\n"
_NOW_AND_THEN = 0.25


def forever(opening: bytes, piece: bytes, pause: float = 0) -> Answer:
    """`opening`, then `piece` again and again; without a pause as fast as it is taken."""

    async def answer(exchange: Exchange) -> None:
        await exchange.send(opening)
        while await exchange.wait(pause) if pause else not exchange.stopping.is_set():
            await exchange.send(piece)

    return answer


def _bomb(size: int) -> tuple[bytes, bytes]:
    """The beginning of a gzip stream, and a piece of it, which may follow itself for ever.

    Each piece is unpacked to `size` zeros, the beginning to one kilobyte.
    """
    packer = zlib.compressobj(9, wbits=31)

    def piece(size: int) -> bytes:
        return packer.compress(bytes(size)) + packer.flush(zlib.Z_SYNC_FLUSH)

    return piece(1_000), piece(size)


def _zipped(size: int, pause: float = 0) -> Answer:
    opening, piece = _bomb(size)
    return forever(_ZIPPED + opening, piece, pause)


SLOW: dict[str, Answer] = {
    "/drip": drip,
    "/headers": drip_headers,
    "/trickle": trickle(10_000),
    "/chunks": forever(_CHUNKED, _ONE_BYTE, _NOW_AND_THEN),
    "/hints": forever(b"", _INTERIM, _NOW_AND_THEN),
    "/bomb": _zipped(1_000, _NOW_AND_THEN),
    "/redirects": delayed(11, redirect("/redirects")),
}
"""None ends within a minute, nor reaches a bound of ours: a probe ends when its time is up."""

FLOODS: dict[str, Answer] = {
    "/extension": forever(_CHUNKED + b"1;", b"x" * 16_384),
    "/nothing": _zipped(0),
}
"""The same, as fast as they are taken: none ever gets to a byte of its body."""

FAST: dict[str, Answer] = {
    "/stream": stream,
    "/headers": endless_headers,
    "/header-line": endless_header_line,
    "/chunks": forever(_CHUNKED, _ONE_BYTE * 1_000),
    "/hints": forever(b"", _INTERIM * 100),
    "/bomb": _zipped(1_000_000),
    "/circle": redirect("/circle"),
    "/trailers": forever(_CHUNKED + b"0\r\n", b"X-More: and more\r\n" * 100),
}
"""Each runs into a bound of ours within a moment."""
