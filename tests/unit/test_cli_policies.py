"""`fener policy` and `fener monitor show` on the local store: what they do, print and refuse."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from fener.actions import monitors, setup
from fener.actions.monitors import New
from fener.domain.kinds.http import HttpSettings
from support.command import fener
from support.database import migrated_file
from support.watched import REFUSED, Watched, watched_world


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    migrated_file(folder / "fener.db")
    monkeypatch.setenv("FENER_DATA", str(folder))
    return folder


def test_the_usual_policy_is_listed(data: Path) -> None:
    listed = fener("policy", "list").out
    assert listed.splitlines()[1].split() == [
        *("1", "standard", "Standard", "3", "x", "10s", "2", "majority", "1h", "1", "customer")
    ]


def test_a_policy_is_added_and_changed_by_its_key(data: Path) -> None:
    options = ("--down-after", "2", "--recheck", "5s", "--locations", "2", "--remind", "15m")
    said = fener("policy", "set", "gold", "--name", "Gold", *options)
    assert said.out == (
        "Policy Gold (gold): down after 2 failing checks, 5s after the first one; "
        "locations: 2; reminder: 15m.\n"
    )
    again = fener("policy", "set", "gold", "--remind", "never", "--locations", "any", "--json").json
    assert (again["downAfter"], again["recheckSeconds"]) == (2, 5)
    assert (again["quorum"], again["reminderSeconds"]) == ("any", None)
    shown = fener("policy", "show", "GOLD").out
    assert "Policy 2: Gold (gold), used by nobody" in shown
    assert ["time", "between", "two", "reminders", "never"] in [
        line.split() for line in shown.splitlines()
    ]


def test_every_option_is_kept(data: Path) -> None:
    options = {
        "--up-after": ("4", "upAfter", 4),
        "--flap-turns": ("8", "flapTurns", 8),
        "--flap-window": ("2h", "flapWindowSeconds", 7200),
        "--flap-hold": ("3m", "flapHoldSeconds", 180),
        "--flap-calm": ("1h", "flapCalmSeconds", 3600),
        "--warn-before": ("30d", "certificateWarningSeconds", 2_592_000),
        "--critical-before": ("7d", "certificateCriticalSeconds", 604_800),
    }
    words = [word for name, (typed, _, _) in options.items() for word in (name, typed)]
    made = fener("policy", "set", "gold", *words, "--json").json
    assert {field: made[field] for _, field, _ in options.values()} == {
        field: value for _, field, value in options.values()
    }
    assert fener("policy", "show", "gold", "--json").json == made


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("set", "gold", "--down-after", "0"), 2, "The number of failing checks is 0, but may be"),
        (("set", "gold", "--recheck", "10"), 2, "'10' is no span of time"),
        (("set", "gold", "--remind", "1s"), 2, "may be from 1 min to 31 days"),
        (("set", "gold", "--locations", "most"), 2, "'most' is none of any, majority, all, or a"),
        (("set", "gold", "--locations", "0"), 2, "The number of locations is 0"),
        (("set", "Go ld"), 2, "is no key of a policy"),
        (("show", "gold"), 1, "There is no such policy."),
        (("show", "7"), 1, "There is no such policy."),
        (("delete", "standard"), 1, "give them another one first"),
        (("use", "standard"), 2, "Who shall use which policy is not clear"),
        (("use", "--customer", "1"), 2, "Who shall use which policy is not clear"),
        (("use", "standard", "--customer", "1", "--monitor", "1"), 2, "is not clear"),
        (("use", "gold", "--customer", "1"), 1, "There is no such policy."),
        (("use", "standard", "--customer", "9"), 1, "Customer not found"),
    ],
)
def test_what_cannot_be_is_refused_in_two_lines(
    data: Path, words: tuple[str, ...], code: int, what: str
) -> None:
    fener("customer", "list")  # makes the owner, and so the first policy
    said = fener("policy", *words)
    assert (said.code, len(said.complaint)) == (code, 2)
    assert what in said.complaint[0]


def test_customers_and_monitors_are_given_a_policy(data: Path) -> None:
    fener("policy", "set", "gold")
    added = fener("monitor", "add", "https://a.example", "--policy", "gold", "--json").json
    assert fener("monitor", "show", str(added["id"]), "--json").json["policyId"] == 2
    number = str(added["id"])
    said = fener("policy", "use", "--monitor", number)
    assert said.out == f"Monitor {number}, a.example, is judged by that of its customer.\n"
    assert fener("monitor", "show", number, "--json").json["policyId"] is None
    said = fener("policy", "use", "Gold", "--monitor", number)
    assert said.out == f"Monitor {number}, a.example, is judged by the policy Gold.\n"
    assert fener("policy", "use", "2", "--customer", "1").code == 0
    standard, gold = fener("policy", "list", "--json").json
    assert (standard["customers"], gold["customers"], gold["monitors"]) == (0, 1, 1)
    assert fener("policy", "delete", "standard").out == "Policy standard is deleted.\n"
    refused = fener("monitor", "add", "https://b.example", "--policy", "standard")
    assert refused.complaint[0] == "fener: There is no such policy."


async def _watched_from_two(world: Watched) -> None:
    who = await setup.ensure_local_owner(world.context)
    async with world.context.database.write() as session:
        await session.run("INSERT INTO locations (id, code, name) VALUES (7, 'bonn', 'Bonn')")
    new = New(settings=HttpSettings(url="https://shop.example/"), location_ids=(1, 7))
    shop = await monitors.add(world.context, who, new)
    for _ in range(3):
        await world.clock.advance(10_000)
        await world.saw(shop.id, REFUSED)


def test_a_monitor_shows_what_each_location_sees(data: Path) -> None:
    async def prepared() -> None:
        async with watched_world(data) as world:
            await _watched_from_two(world)

    asyncio.run(prepared())
    number = str(_only()["id"])
    lines = fener("monitor", "show", number).out.splitlines()
    assert "2 of 2 locations must see it down; 1 does." in lines
    here, bonn = lines[-2:]
    assert here.split()[:2] == ["Here", "down"]
    assert bonn.split() == ["Bonn", "unknown"]
    seen = fener("monitor", "show", number, "--json").json
    assert seen["locationsNeeded"] == 2
    assert [one["state"] for one in seen["locations"]] == ["down", "unknown"]


def test_a_monitor_with_one_location_stays_quiet(data: Path) -> None:
    fener("monitor", "add", "https://a.example")
    shown = fener("monitor", "show", "1").out
    assert "must see it down" not in shown
    assert shown.splitlines()[0] == "unknown  Monitor 1: a.example https://a.example"


def _only() -> Any:
    (monitor,) = fener("monitor", "list", "--json").json
    return monitor
