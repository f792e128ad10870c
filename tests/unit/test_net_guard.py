"""Which addresses are never dialled, which only where private ones are allowed, which always."""

import socket
from ipaddress import IPv4Address, IPv6Address, ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.net.guard import AddressGuard, Listener

GUARD = AddressGuard()

NEVER = [
    "0.0.0.0",
    "0.1.2.3",
    "::",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "100.100.100.200",
    "168.63.129.16",
    "192.0.0.192",
    "fd00:ec2::254",
    "fd20:ce::254",
    "fe80::1",
    "fe80::1%lo",
    "febf::1",
    "224.0.0.1",
    "239.255.255.250",
    "ff02::1",
    "255.255.255.255",
]
PRIVATE = [
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "198.18.0.1",
    "240.0.0.1",
    "::1",
    "fc00::1",
    "fd12:3456::1",
    "fec0::1",
    "2001:db8::1",
    "100::1",
    "5f00::1",
]
PUBLIC = [
    "1.1.1.1",
    "93.184.216.34",
    "100.63.255.255",
    "172.32.0.1",
    "192.169.0.1",
    "2606:4700::1111",
    "2a00:1450:4001::200e",
]


def wrapped(inner: str) -> list[str]:
    """Every way in which an IPv6 address can carry an IPv4 one."""
    number = int(IPv4Address(inner))
    high, low = number >> 16, number & 0xFFFF
    inverted = number ^ 0xFFFF_FFFF
    return [
        f"::ffff:{inner}",
        f"::ffff:0:{inner}",
        f"::{inner}",
        f"64:ff9b::{inner}",
        f"64:ff9b:1::{inner}",
        f"64:ff9b:1:{high:x}:{low >> 8:x}:{(low & 0xFF) << 8:x}::",
        f"2002:{high:x}:{low:x}::1",
        f"2001:0:{high:x}:{low:x}::1",
        f"2001:0:102:304:0:0:{inverted >> 16:x}:{inverted & 0xFFFF:x}",
        f"2a00:1450::5efe:{high:x}:{low:x}",
        f"2a00:1450::200:5efe:{high:x}:{low:x}",
    ]


@pytest.mark.parametrize("address", NEVER)
def test_some_addresses_are_refused_even_where_private_ones_are_allowed(address: str) -> None:
    assert GUARD.refusal(address, 80, allow_private=True)


@pytest.mark.parametrize("address", PRIVATE)
def test_private_addresses_are_refused_unless_allowed(address: str) -> None:
    assert "private" in (GUARD.refusal(address, 80, allow_private=False) or "")
    assert GUARD.refusal(address, 80, allow_private=True) is None


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are_dialled(address: str) -> None:
    assert GUARD.refusal(address, 80, allow_private=False) is None


@pytest.mark.parametrize("address", wrapped("169.254.169.254"))
def test_an_envelope_never_brings_a_forbidden_address_through(address: str) -> None:
    assert GUARD.refusal(address, 80, allow_private=True)


@pytest.mark.parametrize("address", wrapped("192.168.1.1"))
def test_an_envelope_never_brings_a_private_address_through(address: str) -> None:
    assert GUARD.refusal(address, 80, allow_private=False)


@pytest.mark.parametrize("address", ["::ffff:1.1.1.1", "64:ff9b::1.1.1.1", "2002:101:101::1"])
def test_an_envelope_of_a_public_address_is_as_public_as_what_it_holds(address: str) -> None:
    assert GUARD.refusal(address, 80, allow_private=False) is None


@pytest.mark.parametrize("text", ["", "example.com", "0x7f.1", "2130706433", "127.1", "0177.0.0.1"])
def test_what_is_no_plain_address_is_refused(text: str) -> None:
    assert GUARD.refusal(text, 80, allow_private=True)


@given(st.ip_addresses(v=4))
def test_every_ipv4_address_is_judged_alike_bare_and_mapped(address: IPv4Address) -> None:
    for allow_private in (False, True):
        bare = GUARD.refusal(str(address), 80, allow_private=allow_private)
        mapped = GUARD.refusal(f"::ffff:{address}", 80, allow_private=allow_private)
        assert (bare is None) == (mapped is None)


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)))
def test_what_python_calls_special_is_never_dialled_as_public(
    address: IPv4Address | IPv6Address,
) -> None:
    if address.is_link_local or address.is_multicast or address.is_unspecified:
        assert GUARD.refusal(str(address), 80, allow_private=True)
    if address.is_loopback or (address.version == 4 and address.is_reserved):
        assert GUARD.refusal(str(address), 80, allow_private=False)


@given(st.ip_addresses(v=4))
def test_no_envelope_is_more_lenient_than_what_it_holds(address: IPv4Address) -> None:
    for allow_private in (False, True):
        if GUARD.refusal(str(address), 80, allow_private=allow_private):
            for envelope in wrapped(str(address)):
                assert GUARD.refusal(envelope, 80, allow_private=allow_private), envelope


class TestOwnListeners:
    def test_an_own_listener_is_refused_where_private_addresses_are_allowed(self) -> None:
        guard = AddressGuard([Listener("127.0.0.1", 8000)])
        assert "itself" in (guard.refusal("127.0.0.1", 8000, allow_private=True) or "")
        assert guard.refusal("::ffff:127.0.0.1", 8000, allow_private=True)

    def test_another_port_or_address_is_no_own_listener(self) -> None:
        guard = AddressGuard([Listener("127.0.0.1", 8000)])
        assert guard.refusal("127.0.0.1", 8001, allow_private=True) is None
        assert guard.refusal("127.0.0.2", 8000, allow_private=True) is None

    @pytest.mark.parametrize("everywhere", ["0.0.0.0", "::"])
    def test_a_listener_on_every_address_covers_all_that_the_machine_holds(
        self, everywhere: str
    ) -> None:
        guard = AddressGuard([Listener(everywhere, 8000)])
        for address in ("127.0.0.1", "127.1.2.3", "::1", "::ffff:127.0.0.1", own_address()):
            assert guard.refusal(address, 8000, allow_private=True), address
        assert guard.refusal("127.0.0.1", 8001, allow_private=True) is None
        assert guard.refusal("1.1.1.1", 8000, allow_private=True) is None

    @pytest.mark.parametrize(
        ("text", "address", "port"),
        [
            ("127.0.0.1:8000", "127.0.0.1", 8000),
            ("[::1]:8000", "::1", 8000),
            ("localhost:80", "127.0.0.1", 80),
            ("[::0]:1", "::", 1),
        ],
    )
    def test_a_listener_is_read_from_text(self, text: str, address: str, port: int) -> None:
        assert Listener.read(text) == Listener(address, port)

    def test_a_listener_of_an_unknown_name_is_an_error(self) -> None:
        with pytest.raises(ValueError, match="example"):
            Listener.read("example.com:80")


def own_address() -> str:
    """Some address of this machine, found without sending anything."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return "127.0.0.1"
        found: str = probe.getsockname()[0]
        return str(ip_address(found))
