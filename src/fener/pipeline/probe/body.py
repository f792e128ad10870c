"""Takes the body of an answer as it comes in: counts it, looks for keywords, keeps an excerpt.
However long or endless the body is, only its first kilobytes stay in memory, or its first MiB where
a pattern or JSON is asked of it.
"""

import re

from fener.domain.kinds.http import BODY_LIMIT, HttpSettings

EXCERPT = 4_096
MOST_PIECES = 65_536
"""Each costs the same, however small it is: a mebibyte in chunks of one byte costs 0.6 s of CPU."""
_CONTINUE = None
_END = 0
_LINES = re.IGNORECASE | re.MULTILINE
_CHARSET = re.compile(rb"^content-type:[^\r\n]*;[ \t]*charset=\"?([A-Za-z0-9_.:-]+)", _LINES)
_LOCATION = re.compile(rb"^location:[ \t]*([^\r\n]*?)[ \t]*\r?$", _LINES)
REDIRECTS = frozenset({301, 302, 303, 307, 308})


class Head:
    """The header lines of an answer while they come in; `lines` is filled from outside."""

    __slots__ = ("lines",)

    def __init__(self) -> None:
        self.lines: list[bytes] = []

    def last(self) -> bytes:
        """The lines of the last answer; what came before were interim ones."""
        whole = b"".join(self.lines)
        start = whole.rfind(b"\nHTTP/") + 1
        return whole[start:] if whole.startswith(b"HTTP/", start) else b""

    def status(self) -> int:
        words = self.last().partition(b"\n")[0].split(None, 2)
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0

    def version(self) -> str:
        """Of the last answer: `HTTP/1.1`, `HTTP/2`."""
        return self.last().partition(b" ")[0].decode("ascii", "replace")

    def location(self) -> str | None:
        """Where a redirect leads; None where the answer is none."""
        if self.status() not in REDIRECTS:
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
    """The sink of one answer's body. `is_cut`: it was longer than what is read."""

    __slots__ = (
        "_absent",
        "_head",
        "_keep",
        "_kept",
        "_keyword",
        "_limit",
        "_pieces",
        "_skips",
        "is_cut",
        "size",
    )

    def __init__(self, head: Head, settings: HttpSettings) -> None:
        self._head = head
        self._skips = settings.follow_redirects
        self._keyword = _Needle(settings.keyword) if settings.keyword else None
        self._absent = _Needle(settings.keyword_absent) if settings.keyword_absent else None
        is_whole = settings.pattern is not None or bool(settings.json)
        self._keep = BODY_LIMIT if is_whole else EXCERPT
        # One byte more tells a body of just this size from a longer one.
        self._limit = BODY_LIMIT + (settings.most_size is not None or is_whole)
        self._kept = bytearray()
        self._pieces = 0
        self.size = 0
        self.is_cut = False

    @property
    def has_keyword(self) -> bool:
        """Whether the keyword was found, or none is looked for."""
        return self._keyword is None or self._keyword.found

    @property
    def has_unwanted(self) -> bool:
        return self._absent is not None and self._absent.found

    def take(self, piece: bytes) -> int | None:
        """One piece as libcurl hands it over; 0 ends the transfer (`fener.net.wire.Sink`)."""
        if not self.size and not self._begin():
            return _END
        piece = piece[: self._limit - self.size]
        self.size += len(piece)
        self._pieces += 1
        if len(self._kept) < self._keep:
            self._kept += piece[: self._keep - len(self._kept)]
        if self._keyword is not None:
            self._keyword.seek(piece)
        if self._absent is not None:
            self._absent.seek(piece)
        if self.size < self._limit and self._pieces < MOST_PIECES:
            return _CONTINUE
        self.is_cut = True
        return _END

    def kept(self) -> bytes:
        """What was kept of it: the first MiB where a pattern or JSON is asked of it."""
        return bytes(self._kept)

    def charset(self) -> str:
        """The charset that the answer names, where it is one that we know."""
        charset = self._head.charset()
        try:
            b"x".decode(charset, "replace")  # of nothing at all no charset is looked up
        except (LookupError, UnicodeError):
            return "utf-8"
        return charset

    def text(self) -> str:
        """The excerpt in the charset that the answer names."""
        return self._kept[:EXCERPT].decode(self.charset(), "replace")

    def _begin(self) -> bool:
        """False where the body is that of a redirect and need not be read."""
        if self._skips and self._head.location() is not None:
            return False
        for needle in (self._keyword, self._absent):
            if needle is not None:
                needle.begin(self._head.charset())
        return True


class _Needle:
    """A text that is looked for while the body comes in."""

    __slots__ = ("_bytes", "_tail", "_text", "found")

    def __init__(self, text: str) -> None:
        self._text = text
        self._bytes = b""
        self._tail = b""
        self.found = False

    def begin(self, charset: str) -> None:
        self._bytes = _encoded(self._text, charset)

    def seek(self, piece: bytes) -> None:
        if self.found:
            return
        window = self._tail + piece
        self.found = self._bytes in window
        self._tail = window[1 - len(self._bytes) :] if len(self._bytes) > 1 else b""


def _encoded(keyword: str, charset: str) -> bytes:
    try:
        return keyword.encode(charset)
    except (LookupError, UnicodeError):
        return keyword.encode("utf-8", "replace")
