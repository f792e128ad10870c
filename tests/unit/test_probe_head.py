"""The lines of an answer's head: which answer is the last one, and what it says."""

import pytest

from fener.pipeline.probe.body import Head

EARLY = [b"HTTP/1.1 103 Early Hints\r\n", b"Location: /early\r\n", b"\r\n"]
MOVED = [b"HTTP/1.1 302 Found\r\n", b"Location: /there\r\n", b"\r\n"]
FINE = [
    b"HTTP/2 200 \r\n",
    b"x-by: HTTP/1.1 500 no\r\n",
    b"content-type: a/b; charset=k\r\n",
    b"\r\n",
]


@pytest.mark.parametrize(
    ("lines", "status", "version", "location"),
    [
        ([], 0, "", None),
        (FINE, 200, "HTTP/2", None),
        (MOVED, 302, "HTTP/1.1", "/there"),
        ([*EARLY, *MOVED], 302, "HTTP/1.1", "/there"),
        ([*MOVED, *FINE], 200, "HTTP/2", None),
        ([*FINE, *EARLY, *EARLY], 103, "HTTP/1.1", None),
        ([b"HTTP/1.1 \r\n", b"200 x: y\r\n"], 0, "HTTP/1.1", None),
        ([b"HTTP/1.1 two\r\n"], 0, "HTTP/1.1", None),
        ([b"X: HTTP/1.1 200\r\n"], 0, "", None),
    ],
)
def test_a_head_tells_of_the_last_answer_alone(
    lines: list[bytes], status: int, version: str, location: str | None
) -> None:
    head = Head()
    head.lines.extend(lines)
    assert (head.status(), head.version().strip(), head.location()) == (status, version, location)


def test_the_fields_are_those_of_the_last_answer_in_their_order() -> None:
    head = Head()
    head.lines.extend([*EARLY, *FINE])
    assert head.fields() == (("x-by", "HTTP/1.1 500 no"), ("content-type", "a/b; charset=k"))
    assert head.charset() == "k"
