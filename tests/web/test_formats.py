"""Numbers, times and spans as readers of each language expect them."""

import pytest

from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from fener.web.formats import NOTHING, Reader, is_zone, zone_named
from fener.web.languages import words

NOON = 1_767_268_800_000


def reader(language: str = "en", zone: str = "Europe/Berlin") -> Reader:
    return Reader(words(language), zone_named(zone), NOON)


@pytest.mark.parametrize(
    ("ratio", "told"),
    [
        (1, "100%"),
        (0.999_999, "99.99%"),
        (0.9998, "99.98%"),
        (0.5, "50.00%"),
        (0.000_01, "0%"),
        (0, "0%"),
        (None, NOTHING),
    ],
)
def test_a_share_is_cut_and_never_rounded_up_to_all(ratio: float | None, told: str) -> None:
    assert reader().share(ratio) == told


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "99.50%"), ("de", "99,50\xa0%"), ("tr", "%99,50"), ("zh", "99.50%")],
)
def test_the_sign_of_percent_stands_where_the_language_puts_it(language: str, told: str) -> None:
    assert reader(language).share(0.995) == told


@pytest.mark.parametrize(
    ("microseconds", "told"),
    [(845, "0.8 ms"), (84_000, "84 ms"), (123_456, "123 ms"), (12_345_678, "12.3 secs")],
)
def test_a_latency_has_as_many_figures_as_are_read(microseconds: int, told: str) -> None:
    assert reader().latency(microseconds) == told


@pytest.mark.parametrize(
    ("span", "told"),
    [
        (400, "400 ms"),
        (45 * SECOND, "45 secs"),
        (90 * SECOND, "1 min 30 secs"),
        (24 * MINUTE + 7 * SECOND, "24 mins"),
        (3 * HOUR + 14 * MINUTE, "3 hrs 14 mins"),
        (2 * DAY, "2 days"),
        (-5, "0 ms"),
    ],
)
def test_a_span_is_told_by_its_two_greatest_units(span: int, told: str) -> None:
    assert reader().span(span) == told


def test_times_are_told_in_the_zone_of_the_reader() -> None:
    assert reader(zone="Europe/Berlin").moment(NOON) == "13:00:00"
    assert reader(zone="Asia/Shanghai").moment(NOON) == "20:00:00"
    assert reader(zone="America/New_York").moment(NOON - 13 * HOUR) == "31 Dec 2025, 18:00"


def test_a_full_time_names_its_zone() -> None:
    assert reader("de").full(NOON) == "1. Januar 2026, 13:00:00 MEZ"


def test_how_long_ago_is_told_in_words() -> None:
    assert reader().ago(NOON - 3 * MINUTE) == "3 minutes ago"
    assert reader("tr").ago(NOON + 2 * DAY) == "2 gün sonra"


def test_a_zone_that_is_none_is_read_as_utc() -> None:
    assert zone_named("Mars/Olympus").key == "UTC"
    assert not is_zone("../etc/passwd")
