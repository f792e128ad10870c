"""`details` of ICMP and DNS monitors: all that happened within a time, told at once."""

from typing import Any

import pytest

from fener.domain.check import Success
from fener.domain.kinds import Settings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, iso_text
from support.api import Client
from support.house import House
from support.schemas import refused

SETTINGS: dict[str, Settings] = {"icmp": IcmpSettings("gw.test"), "dns": DnsSettings("shop.test")}
KINDS = sorted(SETTINGS)


class Place:
    """One monitor of a kind, and where it is asked for."""

    def __init__(self, house: House, kind: str, number: int, path: str) -> None:
        self.house, self.kind, self.number, self.path = house, kind, number, path

    @classmethod
    async def new(cls, house: House, kind: str) -> "Place":
        number = await house.monitor(SETTINGS[kind])
        public_id = await house.value("SELECT public_id FROM monitors WHERE id = :id", id=number)
        return cls(house, kind, number, f"/api/{kind}-monitors/{public_id}")

    async def details(self, token: Client, query: str = "") -> dict[str, Any]:
        answer = await token.get(f"{self.path}/details?{query}")
        assert answer.status == 200, answer
        found: dict[str, Any] = answer.json
        return found

    async def is_good(self, *times: Instant) -> None:
        for at in times:
            await self.house.checked(self.number, at, Success())


@pytest.mark.parametrize("kind", KINDS)
async def test_of_a_new_monitor_nothing_is_known(house: House, token: Client, kind: str) -> None:
    place = await Place.new(house, kind)
    found = await place.details(token)
    now = house.world.now
    assert found == {
        f"{kind}MonitorId": place.number,
        "monitor": (await token.get(place.path)).json,
        "latestCheck": None,
        "uptimeStats": dict.fromkeys(
            (
                *("day", "week", "month", "quarter", "year"),
                *("dayAvgResponse", "monthAvgResponse", "yearAvgResponse"),
            )
        ),
        "uptimeStatsMeta": {
            "range": "day",
            "startDate": iso_text(now - DAY),
            "endDate": iso_text(now),
            "stepSeconds": 300,
            "uptime": None,
        },
        "monitoringData": [],
        "incidents": [],
        "alerts": [],
        "testResultLog": [],
        "maintenance": {"inMaintenance": False, "activeWindows": [], "allWindows": []},
    }


@pytest.mark.parametrize("kind", KINDS)
async def test_checks_incidents_and_uptime_are_told(house: House, token: Client, kind: str) -> None:
    place = await Place.new(house, kind)
    start = house.world.now
    await place.is_good(start, start + MINUTE)
    incident = await house.goes_down(place.number, start + HOUR)
    await house.comes_up(place.number, start + 2 * HOUR)
    house.world.clock.step_wall(start + 4 * HOUR - house.world.now)
    found = await place.details(token)
    assert len(found["testResultLog"]) == 7
    history = (await token.get(f"{place.path}/check-history")).json["data"]
    assert found["testResultLog"] == history
    assert found["latestCheck"] == history[0]
    assert found["latestCheck"][f"timing{kind.capitalize()}"] == 12
    assert [one["id"] for one in found["incidents"]] == [incident]
    assert found["uptimeStatsMeta"]["uptime"] == found["uptimeStats"]["day"] == 75.0
    points = found["monitoringData"]
    assert [(one["checks"], one["failed"]) for one in points] == [(2, 0), (3, 3), (2, 0)]
    assert points[0]["avgResponse"] == points[0]["maxResponse"] == 12.345


async def test_raw_tells_each_check_by_itself(house: House, token: Client) -> None:
    place = await Place.new(house, "dns")
    start = house.world.now
    await place.is_good(start, start + SECOND, start + 2 * SECOND)
    found = await place.details(token, "granularity=raw")
    assert found["uptimeStatsMeta"]["stepSeconds"] is None
    times = [one["timestamp"] for one in found["monitoringData"]]
    assert times == [iso_text(start + number * SECOND) for number in range(3)]


async def test_a_year_is_told_by_day(house: House, token: Client) -> None:
    place = await Place.new(house, "dns")
    start = house.world.now
    await place.is_good(start, start + HOUR, start + 40 * DAY)
    found = await place.details(token, "range=year")
    assert found["uptimeStatsMeta"]["stepSeconds"] == 86_400
    assert [one["checks"] for one in found["monitoringData"]] == [2, 1]
    assert found["monitoringData"][0]["avgResponse"] == 12.345


@pytest.mark.parametrize(
    ("query", "start", "end"),
    [
        ("", "2026-01-03T12:00:00.000Z", "2026-01-04T12:00:00.000Z"),
        ("range=week", "2025-12-28T12:00:00.000Z", "2026-01-04T12:00:00.000Z"),
        ("date=2026-01-01", "2026-01-01T00:00:00.000Z", "2026-01-02T00:00:00.000Z"),
        ("date=2026-01-04", "2026-01-04T00:00:00.000Z", "2026-01-04T12:00:00.000Z"),
        ("range=week&date=2026-01-01", "2025-12-26T00:00:00.000Z", "2026-01-02T00:00:00.000Z"),
        (
            "startDate=2026-01-01&endDate=2026-01-02",
            "2026-01-01T00:00:00.000Z",
            "2026-01-03T00:00:00.000Z",
        ),
        (
            "startDate=2026-01-01T06:00:00%2B02:00&endDate=2026-01-01T12:30:00Z",
            "2026-01-01T04:00:00.000Z",
            "2026-01-01T12:30:00.000Z",
        ),
        ("startDate=2026-01-02", "2026-01-02T00:00:00.000Z", "2026-01-04T12:00:00.000Z"),
        ("endDate=2026-01-02", "2026-01-02T00:00:00.000Z", "2026-01-03T00:00:00.000Z"),
    ],
)
async def test_a_time_is_named_by_its_length_or_its_ends(
    house: House, token: Client, query: str, start: str, end: str
) -> None:
    place = await Place.new(house, "icmp")
    house.world.clock.step_wall(3 * DAY - house.world.now % DAY + DAY // 2)
    meta = (await place.details(token, query))["uptimeStatsMeta"]
    assert (meta["startDate"], meta["endDate"]) == (start, end)


async def test_what_was_before_and_after_is_left_out(house: House, token: Client) -> None:
    place = await Place.new(house, "dns")
    start = house.world.now
    early = await house.goes_down(place.number, start)
    await house.comes_up(place.number, start + HOUR)
    late = await house.goes_down(place.number, start + 5 * DAY)
    day = iso_text(start)[:10]
    found = await place.details(token, f"date={day}")
    assert [one["id"] for one in found["incidents"]] == [early]
    assert len(found["testResultLog"]) == 5
    assert found["latestCheck"]["checkedAt"] > found["testResultLog"][0]["checkedAt"]
    found = await place.details(token)
    assert [one["id"] for one in found["incidents"]] == [late]
    assert len(found["testResultLog"]) == 3


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("range=decade", "range must be one of day, week, month, year"),
        ("granularity=fine", "granularity can only be raw"),
        ("date=yesterday", "Invalid date"),
        ("startDate=2026-13-01", "Invalid startDate"),
        ("endDate=9999-12-31", "Invalid endDate"),
        ("startDate=2026-01-02&endDate=2026-01-01", "startDate must be before endDate"),
        ("startDate=2999-01-01", "startDate must be before endDate"),
        ("range=year&date=0001-01-01", "startDate must be before endDate"),
        ("startDate=2020-01-01", "a year apart at most"),
    ],
)
async def test_a_time_that_is_none_is_refused(
    house: House, token: Client, query: str, words: str
) -> None:
    place = await Place.new(house, "dns")
    answer = await token.get(f"{place.path}/details?{query}")
    assert words in str(refused(answer, "organization", 400))
