"""Takes the body of an answer as it comes in: counts it, looks for the keyword, keeps an excerpt.
However long or endless the body is, only its first kilobytes stay in memory.
"""

import re

from fener.domain.kinds.http import BODY_LIMIT

EXCERPT = 4_096
MOST_PIECES = 65_536
"""Each costs the same, however small it is: a mebibyte in chunks of one byte costs 0.6 s of CPU."""
_CONTINUE = None
_END = 0
_LINES = re.IGNORECASE | re.MULTILINE
_CHARSET = re.compile(rb"^content-type:[^\r\n]*;[ \t]*charset=\"?([A-Za-z0-9_.:-]+)", _LINES)
_LOCATION = re.compile(rb"^location:[ \t]*([^\r\n]*?)[ \t]*\r?$", _LINES)
_REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Head:
    """The header lines of an answer while they come in; `lines` is filled from outside."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def last(self) -> bytes:
        """The lines of the last answer; what came before were interim ones."""
        starts = [at for at, line in enumerate(self.lines) if line.startswith(b"HTTP/")]
        return b"".join(self.lines[starts[-1] :]) if starts else b""

    def status(self) -> int:
        for line in reversed(self.lines):
            if line.startswith(b"HTTP/"):
                words = line.split(None, 2)
                return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0
        return 0

    def location(self) -> str | None:
        """Where a redirect leads; None where the answer is none."""
        if self.status() not in _REDIRECTS:
            return None
        found = _LOCATION.search(self.last())
        return found[1].decode("utf-8", "replace") or None if found else None

    def charset(self) -> str:
        found = _CHARSET.search(self.last())
        return found[1].decode("ascii") if found else "utf-8"

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Names and values of the last answer, in order."""
        pairs = (
            line.decode("utf-8", "replace").partition(":") for line in self.last().split(b"\n")
        )
        return tuple((name.strip(), value.strip()) for name, colon, value in pairs if colon)


class Body:
    """The sink of one answer's body."""

    __slots__ = (
        "_excerpt", "_head", "_needle", "_pieces", "_tail", "_wanted",
        "found", "size", "wants_text",
    )  # fmt: skip

    def __init__(self, head: Head, keyword: str | None, *, skip_redirects: bool) -> None:
        self._head = head
        self._wanted = keyword
        self._needle = b""
        self._tail = b""
        self._excerpt = bytearray()
        self._pieces = 0
        self.found = not keyword
        self.size = 0
        self.wants_text = not skip_redirects

    def take(self, piece: bytes) -> int | None:
        """One piece as libcurl hands it over; 0 ends the transfer (`fener.net.wire.Sink`)."""
        if not self.size and not self._begin():
            return _END
        room = BODY_LIMIT - self.size
        piece = piece[:room]
        self.size += len(piece)
        self._pieces += 1
        if len(self._excerpt) < EXCERPT:
            self._excerpt += piece[: EXCERPT - len(self._excerpt)]
        if not self.found:
            self._search(piece)
        return _END if self.is_cut else _CONTINUE

    @property
    def is_cut(self) -> bool:
        """Whether there may have been more than was read."""
        return self.size >= BODY_LIMIT or self._pieces >= MOST_PIECES

    def text(self) -> str:
        """The excerpt in the charset that the answer names."""
        charset = self._head.charset()
        try:
            return self._excerpt.decode(charset, "replace")
        except LookupError:
            return self._excerpt.decode("utf-8", "replace")

    def _begin(self) -> bool:
        """False where the body is that of a redirect and need not be read."""
        if not self.wants_text and self._head.location() is not None:
            return False
        if self._wanted:
            self._needle = _encoded(self._wanted, self._head.charset())
        return True

    def _search(self, piece: bytes) -> None:
        window = self._tail + piece
        self.found = self._needle in window
        self._tail = window[1 - len(self._needle) :] if len(self._needle) > 1 else b""


def _encoded(keyword: str, charset: str) -> bytes:
    try:
        return keyword.encode(charset)
    except (LookupError, UnicodeError):
        return keyword.encode("utf-8", "replace")
