"""Places on routes, and who was heard there and who was not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.time import MINUTE, SECOND
from fener.pipeline.probe.whereabouts import Route, Whereabouts, whereabouts_of, zone_of
from fener.pipeline.probe.witnesses import FRESH, MOST_REMEMBERED, TOGETHER, Witnesses


@pytest.mark.parametrize(
    ("dialled", "route", "network"),
    [
        ("127.0.0.1:80", Route.LOOPBACK, "127.0.0.1"),
        ("[::1]:80", Route.LOOPBACK, "::1"),
        ("192.168.1.9:80", Route.PRIVATE, "192.168.1.9"),
        ("[fd00::9]:80", Route.PRIVATE, "fd00::9"),
        ("169.254.3.4:80", Route.PRIVATE, "169.254.3.4"),
        ("8.8.4.4:443", Route.PUBLIC_V4, "8.8.0.0/16"),
        ("8.8.8.8:443", Route.PUBLIC_V4, "8.8.0.0/16"),
        ("[2606:4700:1::1]:443", Route.PUBLIC_V6, "2606:4700::/32"),
    ],
)
def test_a_place_is_on_one_route_in_one_network(dialled: str, route: Route, network: str) -> None:
    place = whereabouts_of(dialled)
    assert place is not None
    assert (place.route, place.network) == (route, network)


@pytest.mark.parametrize(
    ("dialled", "address", "port"),
    [
        ("8.8.8.8", "8.8.8.8", 0),
        ("2606:4700:1::1", "2606:4700:1::1", 0),
        ("[2606:4700:1::1]", "2606:4700:1::1", 0),
        ("[2606:4700:1::1]:53", "2606:4700:1::1", 53),
    ],
)
def test_a_port_may_be_left_out(dialled: str, address: str, port: int) -> None:
    place = whereabouts_of(dialled)
    assert place is not None
    assert (place.address, place.port) == (address, port)


@pytest.mark.parametrize("text", ["", "example.com:443", ":", "1.2.3"])
def test_what_is_no_address_has_no_place(text: str) -> None:
    assert whereabouts_of(text) is None


def test_names_of_one_zone_are_one_voice() -> None:
    assert zone_of("a.shop.example.com") == zone_of("example.com")
    assert zone_of("example.com").network != zone_of("example.org").network


def somewhere(number: int) -> Whereabouts:
    place = whereabouts_of(f"{11 + number // 200}.{number % 200}.0.1:80")
    assert place is not None
    return place


HERE, THERE = somewhere(0), somewhere(1)


def test_who_was_heard_is_asked_again_while_that_is_fresh() -> None:
    witnesses = Witnesses()
    witnesses.heard(HERE, 0)
    witnesses.heard(THERE, 10)
    assert witnesses.others(HERE.network, 20) == [THERE]
    assert witnesses.others(HERE.network, 10 + FRESH) == [THERE]
    assert witnesses.others(HERE.network, 11 + FRESH) == []


def test_who_is_silent_is_asked_after_those_who_are_not() -> None:
    witnesses = Witnesses()
    for number in range(5):
        witnesses.heard(somewhere(number), 0)
    for number in (1, 2):
        witnesses.was_silent(somewhere(number).network, 10)
    assert witnesses.others(HERE.network, 20) == [somewhere(3), somewhere(4), somewhere(1)]


def test_voices_are_networks_and_an_answer_ends_the_wave() -> None:
    witnesses = Witnesses()
    for network in (HERE.network, HERE.network, THERE.network):
        witnesses.was_silent(network, 5)
    assert witnesses.voices == 2
    witnesses.is_cut_off(6)
    witnesses.heard(somewhere(2), 7)
    assert (witnesses.voices, witnesses.cut_since) == (0, None)


def test_silences_far_apart_are_no_wave_unless_we_are_cut_off() -> None:
    witnesses = Witnesses()
    witnesses.was_silent("a", 1)
    witnesses.was_silent("b", 1 + TOGETHER)
    witnesses.was_silent("c", 2 + 2 * TOGETHER)
    assert witnesses.voices == 1
    witnesses.is_cut_off(2 + 2 * TOGETHER)
    witnesses.was_silent("d", 60 * MINUTE)
    assert witnesses.voices == 2


def test_who_was_down_while_others_were_heard_has_no_voice_until_it_is_heard_again() -> None:
    witnesses = Witnesses()
    witnesses.heard(HERE, 0)
    witnesses.is_down(HERE.network)
    assert witnesses.others("any", 1) == []
    witnesses.was_silent(HERE.network, 2)
    assert witnesses.voices == 0
    witnesses.heard(HERE, 3)
    witnesses.was_silent(HERE.network, 4)
    assert witnesses.voices == 1


@given(st.lists(st.integers(0, 300), max_size=600))
def test_however_many_are_heard_few_are_remembered(numbers: list[int]) -> None:
    witnesses = Witnesses()
    for moment, number in enumerate(numbers):
        witnesses.heard(somewhere(number), moment * SECOND)
    assert len(witnesses._remembered) <= MOST_REMEMBERED
    assert not numbers or witnesses.is_heard_since((len(numbers) - 1) * SECOND)
    assert not witnesses.is_heard_since(len(numbers) * SECOND)
