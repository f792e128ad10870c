"""Targets are typed as addresses, and written back as what was typed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.dns import DnsSettings, RecordType
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import StartTls, TlsSettings
from fener.net.targets import read_target
from fener.net.url import BadUrl

HOSTS = st.sampled_from(["db.example.com", "198.51.100.7", "2001:db8::7", "localhost", "a_b.test"])
PORTS = st.integers(1, 65_535)
TYPES = st.lists(st.sampled_from(RecordType), min_size=1, unique=True).map(tuple)
RESOLVERS = st.sampled_from([None, "9.9.9.9", "9.9.9.9:5353", "[2620:fe::fe]:53"])
SETTINGS = st.one_of(
    st.builds(TcpSettings, HOSTS, PORTS),
    st.builds(TlsSettings, HOSTS, PORTS, st.sampled_from(StartTls)),
    st.builds(IcmpSettings, HOSTS),
    st.builds(DnsSettings, HOSTS.filter(lambda host: ":" not in host), TYPES, RESOLVERS),
    st.builds(HttpsRedirectSettings, HOSTS, PORTS, st.sampled_from(["/", "/login", "/a/b"])),
)


@given(SETTINGS)
def test_what_is_written_is_read_as_the_same(settings: ProbeSettings) -> None:
    assert read_target(settings.target) == settings


@pytest.mark.parametrize(
    ("typed", "settings"),
    [
        ("example.com", HttpSettings("example.com")),
        ("HTTPS://example.com/a", HttpSettings("HTTPS://example.com/a")),
        (" tcp://DB.example.com:5432 ", TcpSettings("db.example.com", 5432)),
        ("tcp://[::1]:25/", TcpSettings("::1", 25)),
        ("tls://example.com", TlsSettings("example.com")),
        ("smtp+tls://mail.example.com", TlsSettings("mail.example.com", 25, StartTls.SMTP)),
        ("imap+tls://mail.example.com:144", TlsSettings("mail.example.com", 144, StartTls.IMAP)),
        ("ping://example.com", IcmpSettings("example.com")),
        ("icmp://münchen.example", IcmpSettings("xn--mnchen-3ya.example")),
        ("dns://example.com", DnsSettings("example.com")),
        (
            "dns://example.com?type=mx,TXT&resolver=9.9.9.9",
            DnsSettings("example.com", (RecordType.MX, RecordType.TXT), "9.9.9.9"),
        ),
        ("redirect://example.com", HttpsRedirectSettings("example.com")),
        ("redirect://example.com:8080/x", HttpsRedirectSettings("example.com", 8080, "/x")),
    ],
)
def test_an_address_names_kind_and_settings(typed: str, settings: ProbeSettings) -> None:
    assert read_target(typed) == settings


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        (
            "gopher://example.com",
            "gopher:// is nothing that can be watched; there are dns, ftp+tls",
        ),
        ("tcp://example.com", "a port is needed, such as tcp://db.example.com:5432"),
        ("tcp://example.com:0", "a port is needed"),
        ("tcp://example.com:70000", "the address cannot be read"),
        ("tcp://:25", "the address has no host"),
        ("tcp://user@example.com:25", "the address holds a user or a fragment"),
        ("tcp://example.com:25#x", "the address holds a user or a fragment"),
        ("tcp://example.com:25/path", "/path has no place in the address of a tcp target"),
        ("tcp://0x7f.1:25", "neither a name nor an address in its plain form"),
        ("icmp://example.com:7", "7 has no place in the address of a icmp target"),
        ("dns://example.com?type=WKS", "'WKS' is no record type: one of A, AAAA"),
        ("dns://example.com?kind=A", "'kind' is neither type nor resolver"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_a_reason(typed: str, why: str) -> None:
    with pytest.raises(BadUrl) as refused:
        read_target(typed)
    assert why in str(refused.value)
