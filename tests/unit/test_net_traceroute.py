"""The way to an address: on loopback, and on a network of its own where this user may build one."""

import asyncio
import socket
from collections.abc import Callable, Sequence

import pytest
import uvloop

from fener.domain.check import Hop
from fener.net import traceroute
from fener.net.traceroute import AT_ONCE, FARTHEST, traced
from support.echoing import may_build_networks
from support.routing import Host, Routers
from support.targets import closed_port

PORT = 443
LOOPS = [asyncio.new_event_loop, uvloop.new_event_loop]
needs_network = pytest.mark.skipif(
    not may_build_networks(), reason="this user may not make a TUN device"
)


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
@pytest.mark.parametrize("has_port", [True, False])
async def test_this_machine_is_one_hop_away(address: str, *, has_port: bool) -> None:
    (hop,) = await traced(address, closed_port() if has_port else 0)
    assert (hop.distance, hop.address, hop.said) == (1, address.removeprefix("::ffff:"), "")
    assert hop.took is not None
    assert 0 <= hop.took < 600_000


async def test_a_port_that_takes_connections_ends_it() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert len(await traced("127.0.0.1", server.getsockname()[1])) == 1


async def test_a_system_that_tells_of_no_hosts_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(traceroute, "RECVERR", {socket.AF_INET: (socket.IPPROTO_IP, 9_999)})
    with pytest.raises(OSError, match="rotocol"):
        await traced("127.0.0.1", PORT)


def addresses(hops: Sequence[Hop]) -> list[str]:
    return [one.address for one in hops]


@needs_network
class TestOnANetwork:
    @staticmethod
    def ran(
        network: Routers,
        port: int = PORT,
        new_loop: Callable[[], asyncio.AbstractEventLoop] = uvloop.new_event_loop,
    ) -> tuple[Hop, ...]:
        async def once() -> tuple[Hop, ...]:
            return await traced(network.host, port)

        with network, asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(once())

    @pytest.mark.parametrize("new_loop", LOOPS)
    @pytest.mark.parametrize("port", [PORT, 0])
    @pytest.mark.parametrize("host", [Host.REFUSES, Host.OPENS])
    @pytest.mark.parametrize("number", [1, AT_ONCE - 1, AT_ONCE, AT_ONCE + 2])
    def test_every_router_is_heard_and_then_the_target(
        self,
        number: int,
        host: Host,
        port: int,
        new_loop: Callable[[], asyncio.AbstractEventLoop],
    ) -> None:
        network = Routers(number, host)
        hops = self.ran(network, port, new_loop)
        routers = [network.router_at(distance) for distance in range(1, number + 1)]
        assert addresses(hops) == [*routers, network.host]
        assert [one.distance for one in hops] == list(range(1, number + 2))
        assert all(one.took is not None and not one.said for one in hops)

    @pytest.mark.parametrize("port", [PORT, 0])
    def test_where_nobody_answers_any_more_the_way_ends_without_an_address(self, port: int) -> None:
        network = Routers(2, Host.SILENT)
        assert addresses(self.ran(network, port)) == [
            network.router_at(1),
            network.router_at(2),
            "",
        ]

    @pytest.mark.parametrize("port", [PORT, 0])
    def test_who_lets_nothing_pass_says_why(self, port: int) -> None:
        network = Routers(2, Host.PROHIBITED)
        hops = self.ran(network, port)
        assert addresses(hops) == [network.router_at(1), network.router_at(2), network.router_at(2)]
        assert hops[-1].said == "administratively prohibited"

    def test_a_router_that_says_nothing_leaves_a_gap(self) -> None:
        network = Routers(3, Host.REFUSES, silent=(2,))
        wanted = [network.router_at(1), "", network.router_at(3), network.host]
        assert addresses(self.ran(network)) == wanted

    def test_nobody_at_all_is_no_way(self) -> None:
        network = Routers(2, Host.SILENT, silent=(1, 2))
        assert self.ran(network) == ()

    def test_a_circle_of_routers_ends_somewhere(self) -> None:
        network = Routers(FARTHEST + 5, Host.OPENS)
        assert len(self.ran(network)) == FARTHEST
