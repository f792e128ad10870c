"""Trials with real sockets on loopback, which stands for whatever route a test wants."""

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from fener.clock import SystemClock
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.neighbourhood import Hop, Neighbourhood
from fener.net.resolver import Resolver
from fener.pipeline.probe.trials import ROUTER_REMEMBERED, NetworkTrials, Question
from fener.pipeline.probe.whereabouts import Route, Whereabouts
from support.nameserver import FakeNameserver

WITHIN = 300


class Around(Neighbourhood):
    """A link of a test's own making, with its router on loopback."""

    def __init__(self, router: str | None = None, *, knows: bool = False) -> None:
        super().__init__(Path("/nonexistent"))
        self._hop = Hop("eth0", router)
        self._knows = knows
        self.has_carrier = True

    def hop(self, address: str) -> Hop | None:
        return self._hop

    def is_cut(self, hop: Hop) -> bool:
        return not self.has_carrier

    def is_known(self, router: str) -> bool:
        return self._knows


@pytest.fixture
def doors() -> Iterator[list[Whereabouts]]:
    """Two targets that open and one that is silent, on the Internet as far as the trial knows."""
    listeners = [socket.create_server(("127.0.0.1", 0)) for _ in range(2)]
    full = socket.socket()
    full.bind(("127.0.0.1", 0))
    full.listen(0)
    waiting = [socket.socket() for _ in range(4)]
    for one in waiting:
        one.setblocking(False)
        one.connect_ex(full.getsockname())
    everybody = [*listeners, full]
    yield [place(one.getsockname()[1]) for one in everybody]
    for one in (*everybody, *waiting):
        one.close()


def place(port: int, route: Route = Route.PUBLIC_V4) -> Whereabouts:
    return Whereabouts(route, str(port), "127.0.0.1", port)


def trials(
    nameserver: FakeNameserver | None = None,
    references: tuple[Whereabouts, ...] = (),
    around: Neighbourhood | None = None,
) -> NetworkTrials:
    clock = SystemClock()
    nameservers = Nameservers(clock, (nameserver or FakeNameserver()).configuration)
    resolver = Resolver(clock, nameservers, HostsFile(clock, Path("/nonexistent")))
    return NetworkTrials(resolver, references, around or Around())


TARGET = place(1)


async def test_who_answers_is_heard_and_who_does_not_is_silent(doors: list[Whereabouts]) -> None:
    *_, silent = doors
    findings = await trials().run(Question(TARGET, [silent]), WITHIN)
    assert (list(findings.heard), list(findings.silent)) == ([], [silent])
    findings = await trials().run(Question(TARGET, doors), WITHIN)
    assert findings.heard
    assert not findings.silent


async def test_references_of_other_routes_are_left_alone(doors: list[Whereabouts]) -> None:
    *_, silent = doors
    elsewhere = Whereabouts(Route.PUBLIC_V6, "x", silent.address, silent.port)
    made = trials(references=(silent, silent, elsewhere))
    findings = await made.run(Question(TARGET), WITHIN)
    assert findings.silent_references == 2


async def test_where_references_decide_the_resolver_is_not_asked(doors: list[Whereabouts]) -> None:
    *_, silent = doors
    with FakeNameserver() as nameserver:
        made = trials(nameserver, references=(silent, silent))
        findings = await made.run(Question(TARGET, wants_names=True), WITHIN)
        assert (findings.silent_references, findings.names) == (2, None)
        assert nameserver.asked == []


async def test_a_resolver_that_reaches_beyond_itself_denies_names_that_nobody_has() -> None:
    with FakeNameserver() as nameserver:
        made = trials(nameserver)
        assert (await made.run(Question(TARGET, wants_names=True), WITHIN)).names is True
        assert await made.names(WITHIN)
        names = [name for name, _ in nameserver.asked]
        assert len(set(names)) == len(names)
        assert {name.rpartition(".")[2] for name in names} <= {"com", "org"}


async def test_a_resolver_that_lost_its_way_out_reaches_nobody_though_it_knows_the_root() -> None:
    with FakeNameserver() as nameserver:
        nameserver.is_offline = True
        made = trials(nameserver)
        assert (await made.run(Question(TARGET, wants_names=True), WITHIN)).names is False


async def test_a_resolver_that_is_gone_reaches_nobody() -> None:
    assert not await trials().names(WITHIN)


async def test_a_resolver_is_asked_only_where_that_is_wanted() -> None:
    with FakeNameserver() as nameserver:
        assert (await trials(nameserver).run(Question(TARGET), WITHIN)).names is None
        assert nameserver.asked == []


LAN = place(1, Route.PRIVATE)


async def test_a_router_that_refuses_is_there() -> None:
    findings = await trials(around=Around("127.0.0.1")).run(Question(LAN), WITHIN)
    assert findings.is_router_heard


@pytest.mark.parametrize("knows", [True, False])
async def test_a_router_that_says_nothing_is_there_once_the_kernel_had_time_to_miss_it(
    *, knows: bool, monkeypatch: pytest.MonkeyPatch, doors: list[Whereabouts]
) -> None:
    *_, silent = doors
    monkeypatch.setattr("fener.pipeline.probe.trials._ROUTER_PORTS", (silent.port,))
    made = trials(around=Around("127.0.0.1", knows=knows))
    quiet = Question(LAN, quiet=ROUTER_REMEMBERED - 1)
    assert not (await made.run(quiet, WITHIN)).is_router_heard
    long_quiet = Question(LAN, quiet=ROUTER_REMEMBERED)
    assert (await made.run(long_quiet, WITHIN)).is_router_heard is knows


async def test_a_link_without_router_proves_nothing() -> None:
    assert not (await trials(around=Around()).run(Question(LAN), WITHIN)).is_router_heard


def test_a_link_is_cut_without_carrier() -> None:
    around = Around()
    assert not trials(around=around).is_link_cut(LAN)
    around.has_carrier = False
    assert trials(around=around).is_link_cut(LAN)
