"""What people may ask of monitors of each kind: bounds, uniform forms, clear refusals."""

import pytest

from fener.actions.kind_settings import checked
from fener.domain.credentials import BearerCredentials
from fener.domain.errors import Invalid
from fener.domain.kinds import PROBED, SETTINGS, ProbeSettings
from fener.domain.kinds.dns import DnsSettings, RecordType
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import TlsSettings

HOST = "example.com"


@pytest.mark.parametrize(
    ("given", "uniform"),
    [
        (TcpSettings(" DB.Example.com. ", 25), TcpSettings("db.example.com", 25)),
        (TcpSettings(HOST, 25, send="", expect=""), TcpSettings(HOST, 25)),
        (
            TlsSettings(HOST, server_name=" WWW.example.com"),
            TlsSettings(HOST, server_name="www.example.com"),
        ),
        (TlsSettings(HOST, server_name=" "), TlsSettings(HOST)),
        (IcmpSettings("[2001:DB8::1]"), IcmpSettings("2001:db8::1")),
        (
            DnsSettings(HOST, (RecordType.A, RecordType.A), "9.9.9.9:53"),
            DnsSettings(HOST, (RecordType.A,), "9.9.9.9"),
        ),
        (DnsSettings(HOST, resolver="2620:fe::fe"), DnsSettings(HOST, resolver="[2620:fe::fe]")),
        (
            DnsSettings(HOST, expected={RecordType.A: (" 192.0.2.1 ", "", "192.0.2.1")}),
            DnsSettings(HOST, expected={RecordType.A: ("192.0.2.1",)}),
        ),
    ],
)
def test_settings_are_made_uniform(given: ProbeSettings, uniform: ProbeSettings) -> None:
    assert checked(given, None).settings == uniform


@pytest.mark.parametrize(
    ("given", "field", "why"),
    [
        (TcpSettings(HOST, 0), "port", "Expected `int` >= 1."),
        (TcpSettings(HOST, 65_536), "port", "Expected `int` <= 65535."),
        (TcpSettings("", 25), "host", "Expected `str` of length >= 1."),
        (TcpSettings("http://x", 25), "host", "The host cannot be watched: 'http://x' is no host"),
        (TcpSettings("127.1", 25), "host", "neither a name nor an address in its plain form"),
        (TcpSettings(HOST, 25, send=r"\q"), "send", r"\q is none of the escapes"),
        (TcpSettings(HOST, 25, expect="x" * 1_001), "expect", "Expected `str` of length <= 1000."),
        (TlsSettings(HOST, server_name="a b"), "server_name", "The host cannot be watched"),
        (IcmpSettings(HOST, count=21), "count", "Expected `int` <= 20."),
        (IcmpSettings(HOST, most_loss=100), "most_loss", "Expected `int` <= 99."),
        (HttpsRedirectSettings(HOST, path="login"), "path", "A path begins with /"),
        (DnsSettings(HOST, ()), "record_types", "Expected `array` of length >= 1."),
        (DnsSettings(HOST, resolver="dns.example"), "resolver", "given by its address"),
        (DnsSettings(HOST, resolver="9.9.9.9:x"), "resolver", "given by its address"),
        (IcmpSettings(HOST, slow_after=0), "slow_after", "longer than 1 ms up to 60 s"),
        (HttpSettings(HOST, slow_after=60_001), "slow_after", "longer than 1 ms up to 60 s"),
    ],
)
def test_what_is_out_of_bounds_is_refused(given: ProbeSettings, field: str, why: str) -> None:
    with pytest.raises(Invalid) as refused:
        checked(given, None)
    assert why in str(refused.value)
    assert refused.value.field == field


def test_only_websites_take_credentials() -> None:
    with pytest.raises(Invalid, match="Only websites and APIs take credentials"):
        checked(TcpSettings(HOST, 25), BearerCredentials("secret"))


@pytest.mark.parametrize("kind", PROBED)
def test_every_kind_says_where_it_is_stored(kind: str) -> None:
    assert SETTINGS[kind].__struct_config__.tag == kind  # type: ignore[index]
