"""Our own end of a route as Linux tells it, and knocking at doors on loopback."""

import socket
from pathlib import Path

import pytest

from fener.net.knock import Knock, knock
from fener.net.neighbourhood import Hop, Neighbourhood
from support.targets import closed_port

ROUTES = """\
Iface	Destination	Gateway 	Flags	RefCnt	Use	Metric	Mask		MTU	Window	IRTT
eth0	00000000	0101A8C0	0003	0	0	100	00000000	0	0	0
wlan0	00000000	0102A8C0	0003	0	0	600	00000000	0	0	0
eth0	0001A8C0	00000000	0001	0	0	100	00FFFFFF	0	0	0
eth0	0000000A	FE01A8C0	0003	0	0	0	000000FF	0	0	0
down0	0000000B	00000000	0000	0	0	0	000000FF	0	0	0
"""
NEIGHBOURS = """\
IP address       HW type     Flags       HW address            Mask     Device
192.168.1.1      0x1         0x2         52:54:00:12:34:56     *        eth0
192.168.1.254    0x1         0x0         00:00:00:00:00:00     *        eth0
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "proc/net").mkdir(parents=True)
    (tmp_path / "proc/net/route").write_text(ROUTES, encoding="ascii")
    (tmp_path / "proc/net/arp").write_text(NEIGHBOURS, encoding="ascii")
    interface = tmp_path / "sys/class/net/eth0"
    interface.mkdir(parents=True)
    (interface / "carrier").write_text("1\n", encoding="ascii")
    return tmp_path


@pytest.mark.parametrize(
    ("address", "hop"),
    [
        ("8.8.8.8", Hop("eth0", "192.168.1.1")),
        ("192.168.1.7", Hop("eth0", None)),
        ("10.9.8.7", Hop("eth0", "192.168.1.254")),
        ("11.0.0.1", Hop("eth0", "192.168.1.1")),
        ("2001:db8::1", None),
    ],
)
def test_the_longest_route_that_is_up_leads_there(
    root: Path, address: str, hop: Hop | None
) -> None:
    assert Neighbourhood(root).hop(address) == hop


def test_a_way_is_cut_where_its_router_does_not_answer_for_its_address(root: Path) -> None:
    around = Neighbourhood(root)
    assert around.is_cut(Hop("eth0", "192.168.1.254"))
    assert not around.is_cut(Hop("eth0", "192.168.1.1"))
    assert not around.is_cut(Hop("eth0", "192.168.1.77"))
    assert not around.is_cut(Hop("eth0", None))
    assert around.is_known("192.168.1.1")
    assert not around.is_known("192.168.1.254")


def test_a_way_is_cut_where_the_cable_is_out(root: Path) -> None:
    (root / "sys/class/net/eth0/carrier").write_text("0\n", encoding="ascii")
    assert Neighbourhood(root).is_cut(Hop("eth0", None))


def test_where_the_kernel_says_nothing_nothing_is_known(tmp_path: Path) -> None:
    around = Neighbourhood(tmp_path)
    assert around.hop("8.8.8.8") is None
    assert not around.is_cut(Hop("eth0", "192.168.1.1"))
    assert not around.is_known("192.168.1.1")


def test_this_machines_own_tables_can_be_read() -> None:
    around = Neighbourhood()
    hop = around.hop("192.0.2.1")
    assert hop is None or hop.interface
    assert hop is None or around.is_cut(hop) in {True, False}


async def test_a_door_opens_or_is_refused() -> None:
    with socket.create_server(("127.0.0.1", 0)) as door:
        assert await knock("127.0.0.1", door.getsockname()[1], 1_000) is Knock.OPENED
    assert await knock("127.0.0.1", closed_port(), 1_000) is Knock.REFUSED


async def test_a_full_house_is_silent() -> None:
    """A listener whose queue is full drops who knocks, as a dead host would."""
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen(0)
        address = door.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(address)
        host, port = address
        assert await knock(host, port, 50) is Knock.SILENT
        for one in waiting:
            one.close()


async def test_who_cannot_knock_has_heard_no_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_descriptor(*_: object) -> socket.socket:
        raise OSError(24, "Too many open files")

    monkeypatch.setattr("fener.net.knock.socket.socket", no_descriptor)
    assert await knock("127.0.0.1", 80, 50) is Knock.UNTOLD
