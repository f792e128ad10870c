"""How fast a target answers, on the page of its monitor: the chart, and the figures beside it."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Route

from fener.domain.check import CheckResult, Failure, Success, Timings
from fener.domain.failure import FailureReason
from fener.domain.time import DAY, HOUR, MINUTE
from fener.storage.filing import SqlFilingStore
from fener.storage.recording import SqlRecordStore
from support.demo import Demo
from support.place import Place
from support.store import settler
from support.visitor import Visitor
from support.web import WebHouse

SLOW = Failure(FailureReason.TIMEOUT, "no answer within 10 s")
LONG = {"week": 7, "month": 30, "quarter": 90, "year": 365}


class Watched:
    """A monitor of the place, and what its owner sees of it."""

    def __init__(self, place: Place, owner: Visitor, path: str) -> None:
        self._place, self._owner, self.path = place, owner, path
        people = place.people
        world = (people.context.database, people.context.sealer, people.clock, place.faults)
        self._store = SqlRecordStore(*world)

    async def took(self, age: int, microseconds: int, *, good: bool = True) -> None:
        at = self._place.people.now - age
        timings = Timings(total=microseconds, dns=microseconds // 4)
        outcome = Success() if good else SLOW
        result = CheckResult(1, 1, at, at + 2, outcome, timings=timings)
        await self._store.record([result], settler().settle)

    async def file(self) -> None:
        await SqlFilingStore(self._place.people.context.database).file()

    async def page(self, query: str = "") -> str:
        return (await self._owner.get(self.path + query)).body.decode()

    async def columns(self, span: str) -> dict[str, Any]:
        answer = await self._owner.get(f"{self.path}/latency.json?span={span}")
        read: dict[str, Any] = json.loads(answer.body)
        return read


@pytest.fixture
async def watched(place: Place, owner: Visitor) -> Watched:
    typed = {"host": "shop.example", "port": "443", "interval": "60", "timeout": "5", "tell": "all"}
    added = await owner.post("/monitors/add?kind=tcp", **typed)
    return Watched(place, owner, added.headers["location"])


async def test_percentiles_stand_in_plain_words_beside_the_chart(watched: Watched) -> None:
    await watched.took(30 * MINUTE, 10_000_000, good=False)
    for number in range(20):
        await watched.took(MINUTE * (20 - number), 4_000 if number < 18 else 300_000)
    page = await watched.page()
    assert '<dt>Half within</dt><dd data-within="p50">4.1 ms</dd>' in page
    assert '<dt>95% within</dt><dd data-within="p95">300 ms</dd>' in page
    assert '<dt>99% within</dt><dd data-within="p99">300 ms</dd>' in page


async def test_where_nothing_was_checked_there_is_no_figure(watched: Watched) -> None:
    assert '<dd data-within="p50">\N{EN DASH}</dd>' in await watched.page()
    columns = await watched.columns("year")
    assert columns["at"] == columns["total"] == columns["p95"] == []


@pytest.mark.parametrize(("span", "days"), LONG.items())
async def test_a_long_span_is_drawn_from_hours_and_what_is_not_filed(
    watched: Watched, span: str, days: int
) -> None:
    await watched.took(days * DAY + 2 * HOUR, 9_000_000)
    await watched.took(days * DAY - DAY, 1_000)
    await watched.file()
    await watched.took(MINUTE, 3_000)
    columns = await watched.columns(span)
    assert columns["total"] == columns["p95"] == [1.0, 3.0]
    assert columns["dns"] == [None, None]
    shown_from, shown_until = columns["shown"]
    assert shown_until - shown_from == days * DAY // 1_000
    assert columns["within"] == {"p50": "1 ms", "p95": "3 ms", "p99": "3 ms"}
    page = await watched.page(f"?span={span}")
    assert f'href="?span={span}#latency-title" aria-current="true"' in page
    assert "drawn from hourly figures" in page


async def test_a_day_shows_the_phases(watched: Watched) -> None:
    await watched.took(MINUTE, 4_000)
    await watched.file()
    columns = await watched.columns("day")
    assert (columns["total"], columns["dns"], columns["p95"]) == ([4.0], [1.0], [None])
    assert "drawn from hourly figures" not in await watched.page()


async def test_a_span_that_there_is_not_is_a_day(watched: Watched) -> None:
    await watched.took(2 * DAY, 4_000)
    assert (await watched.columns("decade"))["at"] == []
    assert 'href="?span=day#latency-title" aria-current="true"' in await watched.page("?span=x")


@pytest.mark.browser
@pytest.mark.parametrize(
    ("span", "drawn"),
    [
        ("day", ["Time", "Transfer", "First byte", "TLS", "Connect", "DNS"]),
        ("year", ["Time", "Mean", "95% within"]),
    ],
)
def test_the_chart_names_what_it_draws(
    demo_house: tuple[WebHouse, Demo],
    inside: Callable[..., BrowserContext],
    span: str,
    drawn: list[str],
) -> None:
    house, demo = demo_house
    page = inside().new_page()
    page.goto(f"{house.url}/monitors/{demo.monitors['Shop']}?span={span}")
    page.locator(".u-legend").wait_for()
    named = page.locator(".u-legend .u-label").all_inner_texts()
    assert set(named) == set(drawn)
    assert named[0] == "Time"
    assert "ms" in page.locator('[data-within="p95"]').inner_text()


@pytest.mark.browser
def test_the_figures_follow_the_chart(
    demo_house: tuple[WebHouse, Demo], inside: Callable[..., BrowserContext]
) -> None:
    """It is read again now and then, and the page is not."""
    house, demo = demo_house
    page = inside().new_page()

    def answer(route: Route) -> None:
        columns = route.fetch().json()
        route.fulfill(json={**columns, "within": {"p50": "1 ms", "p95": "2 ms", "p99": "3 ms"}})

    page.route("**/latency.json*", answer)
    page.goto(f"{house.url}/monitors/{demo.monitors['Shop']}?span=month")
    page.locator(".u-legend").wait_for()
    assert page.locator("[data-within]").all_inner_texts() == ["1 ms", "2 ms", "3 ms"]
