"""A share of the simulation with a fixed seed: a hundred monitors for three days."""

from functools import partial

import pytest

from fener.testing.simulation.__main__ import main
from fener.testing.simulation.life import Life
from fener.testing.simulation.reference import Broken, Verdict, judged
from fener.testing.simulation.report import unlikely
from fener.testing.simulation.shares import side_by_side, simulate_chance, simulate_troubles
from fener.testing.simulation.world import Share, shares, troubled

FIXED = Share(seed=1, number=0, monitors=100, days=3)


@pytest.fixture(scope="module")
def verdict() -> Verdict:
    world = troubled(FIXED)
    return judged(world, Life(world).run())


@pytest.mark.parametrize("promise", Broken)
def test_no_promise_is_broken(verdict: Verdict, promise: Broken) -> None:
    assert [one for one in verdict.complaints if one.promise is promise] == []


def test_there_was_enough_to_see(verdict: Verdict) -> None:
    assert verdict.counts["checks judged"] > 300_000
    assert verdict.counts["of them unknown"] > 500
    assert verdict.counts["outages"] - verdict.counts["too short or unseen"] > 50
    assert verdict.counts["bad runs of jobs"] > verdict.counts["unheard ones"]
    assert verdict.counts["pings lost"] > 0


def test_each_outage_is_known_within_the_confirmation_time(verdict: Verdict) -> None:
    assert len(verdict.delays) > 40
    assert [one for one in verdict.delays if one.took > one.promised] == []


def test_chance_opens_as_many_incidents_as_it_should() -> None:
    """One check in ten fails, so that an hour has enough incidents to count."""
    made = simulate_chance(0.1, Share(seed=1, number=0, monitors=50, days=0.5))
    assert sum(made.incidents.values()) > 20
    assert [one for one in unlikely(made) if not one.startswith("2 of 3")] == []


def test_two_of_three_locations_never_fail_by_chance_together() -> None:
    made = simulate_chance(0.02, Share(seed=1, number=0, monitors=50, days=0.5))
    assert made.rounds["2 of 3 locations, 3 failures"] > 5_000
    assert made.incidents["2 of 3 locations, 3 failures"] == 0


def test_what_comes_out_does_not_depend_on_the_number_of_processes() -> None:
    parts = [Share(seed=5, number=number, monitors=5, days=0.5) for number in range(3)]
    alone = [simulate_troubles(part) for part in parts]
    assert [*side_by_side(simulate_troubles, parts, processes=2)] == alone
    by_chance = partial(simulate_chance, 0.1)
    assert [*side_by_side(by_chance, parts, processes=2)] == [by_chance(part) for part in parts]


def test_shares_have_all_monitors_and_lives_of_their_own() -> None:
    parts = shares(seed=1, monitors=600, days=1)
    assert [part.monitors for part in parts] == [250, 250, 100]
    assert len({part.random("weather").random() for part in parts}) == len(parts)


def test_the_command_says_what_it_found_and_ends_well(capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["--monitors", "20", "--days", "0.6", "--seed", "3", "--processes", "1"]
    assert main(asked) == 0
    said = capsys.readouterr().out
    assert "20 monitors, 0.6 days, seed 3" in said
    assert "of promise" in said
    assert "2 of 3 locations, 3 failures" in said
    assert said.endswith("Every promise was kept.\n")


def test_a_world_too_short_for_its_troubles_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--days", "0.1"])
    assert "at least 0.5 days" in capsys.readouterr().err
