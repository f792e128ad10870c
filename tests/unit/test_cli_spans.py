"""Spans of time as people type them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.cli.spans import BadSpan, parse_span, rough_text, span_text
from fener.domain.time import DAY, HOUR, MINUTE, SECOND

TYPED = {
    "30s": 30 * SECOND,
    "5m": 5 * MINUTE,
    "1h": HOUR,
    "2d": 2 * DAY,
    "1h30m": 90 * MINUTE,
    "1d12h": 36 * HOUR,
    "1m30s": 90 * SECOND,
    "90m": 90 * MINUTE,
    "500ms": 500,
    "1s500ms": 1_500,
    "1d2h3m4s5ms": DAY + 2 * HOUR + 3 * MINUTE + 4 * SECOND + 5,
    " 5m ": 5 * MINUTE,
    "1h 30m": 90 * MINUTE,
    "5M": 5 * MINUTE,
    "0s": 0,
    "007s": 7 * SECOND,
}
NO_SPANS = (
    *("", " ", "5", "s", "m5", "5x", "-5s", "+5s", "1.5h", "1,5h", "30m1h", "1h1h", "5min"),
    *("five", "∞", "٣s", "5s\x00", "1h30", "9999999999s", "999999999d"),
)


@pytest.mark.parametrize(("text", "span"), TYPED.items())
def test_a_span_is_read_as_it_is_typed(text: str, span: int) -> None:
    assert parse_span(text) == span


@pytest.mark.parametrize("text", NO_SPANS)
def test_what_is_no_span_is_refused_by_what_was_typed(text: str) -> None:
    with pytest.raises(BadSpan) as refused:
        parse_span(text)
    assert repr(text) in str(refused.value)


def test_a_number_alone_is_told_that_it_lacks_its_unit() -> None:
    with pytest.raises(BadSpan, match="write one with its unit such as 30s, 5m or 1h30m"):
        parse_span("30")


@given(st.integers(min_value=0, max_value=100 * 366 * DAY))
def test_a_span_that_is_shown_reads_back_as_itself(span: int) -> None:
    assert parse_span(span_text(span)) == span


@pytest.mark.parametrize(
    ("span", "text"),
    [
        (0, "0s"),
        (1, "0s"),
        (999, "0s"),
        (59 * SECOND + 999, "59s"),
        (90 * SECOND + 999, "1m30s"),
        (3 * HOUR + 59 * SECOND, "3h"),
        (2 * DAY + 3 * HOUR + 4 * MINUTE, "2d3h"),
    ],
)
def test_how_long_something_lasted_is_told_in_two_units(span: int, text: str) -> None:
    assert rough_text(span) == text
