"""Addresses are read strictly: one text, one host, and nothing secret in what is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.credentials import BasicCredentials
from fener.net.url import BadUrl, Origin, host_name, join, parse


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("http://example.com", "http://example.com/"),
        ("HTTPS://Example.COM:443/A?b=c#d", "https://example.com/A?b=c"),
        ("http://example.com:8080/", "http://example.com:8080/"),
        ("http://example.com./x", "http://example.com/x"),
        ("http://[::1]:80/", "http://[::1]/"),
        ("http://[2001:DB8:0::1]/", "http://[2001:db8::1]/"),
        ("http://1.2.3.4/", "http://1.2.3.4/"),
        ("http://müller.example/", "http://xn--mller-kva.example/"),
        ("http://例え.test/ä ö?q=ü", "http://xn--r8jz45g.test/%C3%A4%20%C3%B6?q=%C3%BC"),
        ("http://my_host/%20%2f", "http://my_host/%20%2f"),
        (" http://example.com/ ", "http://example.com/"),
    ],
)
def test_an_address_is_shown_as_it_is_dialled(text: str, shown: str) -> None:
    assert parse(text).text == shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "example.com",
        "//example.com/",
        "ftp://example.com/",
        "file:///etc/passwd",
        "gopher://example.com/",
        "http://",
        "http:///path",
        "http://exa mple.com/",
        "http://example.com\\@evil.test/",
        "http://example.com/\r\nX: y",
        "http://example.com/\0",
        "http://example.com:99999/",
        "http://example.com:0/",
        "http://example.com:x/",
        "http://[::1/",
        "http://[fe80::1%25eth0]/",
        "http://[v1.example]/",
        "http://[example.com]/",
        "http://-example.com/",
        "http://exa%6dple.com/",
        "http://" + "a" * 64 + ".test/",
        "http://" + "a." * 130 + "test/",
        "http://example.com/" + "a" * 9000,
        "http://faß.de/",
        "http://a..b/",
    ],
)
def test_what_is_no_proper_address_is_refused(text: str) -> None:
    with pytest.raises(BadUrl):
        parse(text)


@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "127.0.0.01", "1.2.3.4.5"]
)
def test_numbers_that_only_some_programs_take_for_an_address_are_refused(host: str) -> None:
    with pytest.raises(BadUrl, match="plain form"):
        parse(f"http://{host}/")


def test_user_and_password_stand_apart() -> None:
    url = parse("http://al%40ice:p%3Ass@example.com/x")
    assert url.credentials == BasicCredentials("al@ice", "p:ss")
    assert url.text == "http://example.com/x"


@pytest.mark.parametrize(
    ("location", "leads_to"),
    [
        ("/b", "http://example.com/b"),
        ("c", "http://example.com/a/c"),
        ("?q", "http://example.com/a/x?q"),
        ("//other.test/", "http://other.test/"),
        ("https://other.test", "https://other.test/"),
        ("http://u:p@other.test/", "http://other.test/"),
    ],
)
def test_a_redirect_is_read_from_where_it_was_given(location: str, leads_to: str) -> None:
    assert join(parse("http://example.com/a/x"), location).text == leads_to


@pytest.mark.parametrize("location", ["ftp://x/", "javascript:alert(1)", "http://[", "http://0x1/"])
def test_a_redirect_that_leads_nowhere_is_refused(location: str) -> None:
    with pytest.raises(BadUrl):
        join(parse("http://example.com/"), location)


def test_secrets_are_shared_with_the_same_origin_and_its_https_side_only() -> None:
    plain, secure = Origin("http", "a.test", 80), Origin("https", "a.test", 443)
    assert plain.may_share_secrets_with(plain)
    assert plain.may_share_secrets_with(secure)
    assert not secure.may_share_secrets_with(plain)
    for other in (
        Origin("http", "a.test", 81),
        Origin("https", "a.test", 8443),
        Origin("http", "b.test", 80),
        Origin("https", "b.a.test", 443),
    ):
        assert not plain.may_share_secrets_with(other)


@given(st.text(max_size=60))
def test_any_text_is_a_host_in_lower_case_ascii_or_an_error(text: str) -> None:
    try:
        host = host_name(text)
    except BadUrl:
        return
    assert host.isascii()
    assert host == host.lower()
    assert host_name(host) == host
    assert not set(host) & set("/@#?%\\ []\r\n\t\0")


@given(st.text(max_size=80))
def test_what_was_read_once_reads_the_same_again(text: str) -> None:
    try:
        url = parse(f"http://{text}")
    except BadUrl:
        return
    assert parse(url.text).text == url.text
