"""Probes of DNS records, against a real name server on loopback that tells the truth or lies."""

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest
from dns.rcode import REFUSED, SERVFAIL
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.check import CheckOrder, CheckResult, Purpose, Success
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.dns import DnsSettings, Match, RecordType
from fener.net import question, records
from fener.net.question import Server, read_server
from fener.pipeline.probe.prober import Prober
from support.nameserver import FakeNameserver
from support.probing import open_prober, order_for, reason_of
from support.targets import closed_port
from support.zone import (
    Records,
    Reply,
    Zone,
    about_another_name,
    code,
    contradiction,
    cut,
    first,
    garbage,
    hang_up,
    honest,
    mangled,
    silent,
    with_wrong_id,
)

NAME = "shop.test"
RECORDS: Records = {
    (NAME, "A"): ("192.0.2.1", "192.0.2.2"),
    (NAME, "AAAA"): ("2001:db8::1",),
    (NAME, "CAA"): ('0 issue "ca.test"', '0 IODEF "mailto:a@shop.test"'),
    ("www.shop.test", "CNAME"): ("Shop.Test.",),
    ("dangling.test", "CNAME"): ("nowhere.test.",),
    (NAME, "MX"): ("10 Mail.shop.test.", "20 mx.other.test."),
    (NAME, "NS"): ("ns1.test.", "ns2.test."),
    ("1.2.0.192.in-addr.arpa", "PTR"): ("shop.test.",),
    (NAME, "SOA"): ("ns1.test. admin.test. 7 3600 600 86400 60",),
    ("_sip._tcp.shop.test", "SRV"): ("1 2 5060 sip.shop.test.",),
    (NAME, "TXT"): ('"v=spf1 " "-all"', '"k=\\"v\\""'),
}
HONEST = honest(RECORDS)
LARGE = honest({(NAME, "A"): tuple(f"192.0.2.{last}" for last in range(1, 100))})


def order(
    resolver: str | None,
    *kinds: str,
    host: str = NAME,
    timeout: int = 600,
    allow_private: bool = True,
    purpose: Purpose = Purpose.MANUAL,
    expected: dict[str, tuple[str, ...]] | None = None,
    **settings: Any,
) -> CheckOrder:
    types = tuple(map(RecordType, kinds or ("A",)))
    wanted = {RecordType(kind): texts for kind, texts in (expected or {}).items()}
    return order_for(
        DnsSettings(host=host, record_types=types, resolver=resolver, expected=wanted, **settings),
        timeout=timeout,
        purpose=purpose,
        allow_private=allow_private,
    )


def message_of(result: CheckResult) -> str:
    assert not isinstance(result.outcome, Success), result.evidence
    return result.outcome.message


HEALTHY: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "addresses": (NAME, "A", ("192.0.2.2", "192.0.2.1")),
    "IPv6 addresses in another form": (NAME, "AAAA", ("2001:DB8:0:0::1",)),
    "CAA with a tag in capitals": (
        NAME,
        "CAA",
        ("0 ISSUE ca.test", '0 iodef "mailto:a@shop.test"'),
    ),
    "an alias": ("www.shop.test", "CNAME", ("shop.test",)),
    "addresses behind an alias": ("www.shop.test", "A", ("192.0.2.1", "192.0.2.2")),
    "mail servers": (NAME, "MX", ("10 mail.shop.test", "20 mx.other.test")),
    "name servers": (NAME, "NS", ("NS2.test.", "ns1.test")),
    "the name of an address": ("192.0.2.1", "PTR", (NAME,)),
    "SOA": (NAME, "SOA", ("ns1.test admin.test 7 3600 600 86400 60",)),
    "SRV": ("_sip._tcp.shop.test", "SRV", ("1 2 5060 SIP.shop.test",)),
    "TXT in pieces": (NAME, "TXT", ("v=spf1 -all", 'k="v"')),
    "TXT as zone files write it": (NAME, "TXT", ('"v=spf1 -all"', '"k=" "\\"v\\""')),
}


@pytest.mark.parametrize("case", HEALTHY)
async def test_records_are_compared_by_what_they_mean(prober: Prober, case: str) -> None:
    host, kind, expected = HEALTHY[case]
    with Zone(HONEST) as zone:
        result = await prober.probe(order(zone.text, kind, host=host, expected={kind: expected}))
        assert result.outcome == Success()
        for wrong in (expected[1:], (*expected, _other(kind))):
            mismatch = order(zone.text, kind, host=host, expected={kind: wrong})
            if wrong:
                assert reason_of(await prober.probe(mismatch)) is FailureReason.WRONG_RECORDS


def _other(kind: str) -> str:
    return {
        "A": "192.0.2.9",
        "AAAA": "2001:db8::9",
        "CAA": '0 issue "other.test"',
        "MX": "10 other.test",
        "SOA": "ns1.test admin.test 8 3600 600 86400 60",
        "SRV": "1 2 5061 sip.shop.test",
    }.get(kind, "other.test")


@dataclass(frozen=True)
class Case:
    """A state of the name server, and the reason that it must get."""

    reason: FailureReason
    udp: Reply
    tcp: Reply = silent
    says: str = ""
    host: str = NAME
    kind: str = "A"


BROKEN = {
    "hangs": Case(FailureReason.TIMEOUT, silent, says="no answer within 0.6 s"),
    "hangs over TCP": Case(FailureReason.TIMEOUT, cut, silent),
    "answers garbage": Case(FailureReason.BAD_RESPONSE, garbage, says="no answer to the question"),
    "answers garbage in an answer's clothes": Case(FailureReason.BAD_RESPONSE, mangled),
    "answers garbage over TCP": Case(FailureReason.BAD_RESPONSE, cut, garbage),
    "answers with aliases in a circle": Case(FailureReason.BAD_RESPONSE, contradiction),
    "hangs up": Case(FailureReason.NO_RESPONSE, cut, hang_up),
    "only answers with wrong ids": Case(FailureReason.BAD_RESPONSE, with_wrong_id(HONEST)),
    "only answers other questions": Case(FailureReason.BAD_RESPONSE, about_another_name(HONEST)),
    "does not know the name": Case(
        FailureReason.NAME_NOT_FOUND, HONEST, host="no.test", says="no.test does not exist"
    ),
    "knows an alias that leads nowhere": Case(
        FailureReason.NAME_NOT_FOUND, HONEST, host="dangling.test"
    ),
    "knows no such records": Case(
        FailureReason.NO_RECORDS, HONEST, kind="SRV", says="shop.test has no SRV records"
    ),
    "refuses": Case(FailureReason.LOOKUP_REFUSED, code("REFUSED"), says="answered REFUSED"),
    "fails": Case(FailureReason.NAME_LOOKUP_FAILED, code("SERVFAIL"), says="answered SERVFAIL"),
    "is too old": Case(FailureReason.NAME_LOOKUP_FAILED, code("NOTIMP"), says="answered NOTIMP"),
}


@pytest.mark.parametrize("case", BROKEN)
async def test_a_name_server_that_breaks_is_told_by_its_reason(prober: Prober, case: str) -> None:
    state = BROKEN[case]
    with Zone(state.udp, state.tcp) as zone:
        result = await prober.probe(order(zone.text, state.kind, host=state.host))
    assert reason_of(result) is state.reason
    assert state.says in message_of(result)
    assert result.evidence is not None
    assert result.evidence.address == zone.text
    assert result.timings is not None
    assert result.timings.total < 1_000_000


async def test_a_closed_port_is_a_refused_connection(prober: Prober) -> None:
    result = await prober.probe(order(f"127.0.0.1:{closed_port()}"))
    assert reason_of(result) is FailureReason.CONNECTION_REFUSED


@pytest.mark.parametrize(
    "spoof",
    [
        garbage,
        with_wrong_id(code("NXDOMAIN")),
        with_wrong_id(cut),
        about_another_name(code("NXDOMAIN")),
    ],
)
async def test_an_answer_that_is_not_ours_is_not_taken_for_one(
    prober: Prober, spoof: Reply
) -> None:
    with Zone(first(spoof, HONEST)) as zone:
        assert (await prober.probe(order(zone.text))).outcome == Success()


async def test_an_answer_from_elsewhere_is_never_seen(prober: Prober) -> None:
    with Zone(silent) as zone:
        zone.from_elsewhere = HONEST
        assert reason_of(await prober.probe(order(zone.text))) is FailureReason.TIMEOUT


async def test_a_lost_packet_is_sent_again(prober: Prober) -> None:
    with Zone(HONEST) as zone:
        zone.drops = 2
        assert (await prober.probe(order(zone.text))).outcome == Success()
        assert zone.asked == {"udp": 3, "tcp": 0}


async def test_an_answer_that_does_not_fit_is_fetched_over_tcp(prober: Prober) -> None:
    with Zone(cut, LARGE) as zone:
        result = await prober.probe(order(zone.text))
        assert result.outcome == Success()
        assert zone.asked == {"udp": 1, "tcp": 1}
        assert result.evidence is not None
        assert "192.0.2.99" in result.evidence.body


async def test_every_type_must_have_an_answer(prober: Prober) -> None:
    with Zone(HONEST) as zone:
        assert (await prober.probe(order(zone.text, "A", "MX", "TXT"))).outcome == Success()
        result = await prober.probe(order(zone.text, "A", "SRV", "TXT"))
        assert reason_of(result) is FailureReason.NO_RECORDS
        only_expected = order(zone.text, "A", expected={"MX": ("1 x.test",)})
        assert reason_of(await prober.probe(only_expected)) is FailureReason.WRONG_RECORDS


async def test_a_mismatch_says_what_came_and_what_was_wanted(prober: Prober) -> None:
    with Zone(HONEST) as zone:
        exact = await prober.probe(order(zone.text, expected={"A": ("192.0.2.1",)}))
        assert message_of(exact) == "A records 192.0.2.1, 192.0.2.2, wanted 192.0.2.1"
        wanted = order(zone.text, expected={"A": ("192.0.2.9",)}, match=Match.CONTAINED)
        said = message_of(await prober.probe(wanted))
        assert said == "A records 192.0.2.1, 192.0.2.2, wanted 192.0.2.9 among them"


async def test_contained_allows_other_records(prober: Prober) -> None:
    with Zone(HONEST) as zone:
        wanted = order(zone.text, expected={"A": ("192.0.2.1",)}, match=Match.CONTAINED)
        assert (await prober.probe(wanted)).outcome == Success()


async def test_evidence_says_who_was_asked_what_and_what_came(prober: Prober) -> None:
    with Zone(HONEST) as zone:
        evidence = (await prober.probe(order(zone.text, "A", "MX"))).evidence
        assert evidence is not None
        assert evidence.request == f"A,MX shop.test @ {zone.text}"
        assert evidence.phase == "done"
        assert evidence.detail == "NOERROR, NOERROR"
        assert "shop.test. 60 IN MX 10 Mail.shop.test." in evidence.body.splitlines()
        plain = await prober.probe(order(zone.text, purpose=Purpose.SCHEDULED))
        assert plain.evidence is not None
        assert plain.evidence.body == ""


async def test_a_name_server_is_asked_over_ipv6(prober: Prober) -> None:
    with Zone(cut, HONEST, host="::1") as zone:
        result = await prober.probe(order(zone.text, ip_version=IpVersion.IPV6))
        assert result.outcome == Success()


@pytest.mark.parametrize(
    "settings",
    [
        {"resolver": "dns.test"},
        {"resolver": "0x7f000001"},
        {"resolver": "127.0.0.1:0"},
        {"resolver": "127.0.0.1:65536"},
        {"resolver": "::1:53:"},
        {"resolver": "127.0.0.1", "ip_version": IpVersion.IPV6},
        {"resolver": "127.0.0.1", "host": "a..b"},
        {"resolver": "127.0.0.1", "host": "a" * 64},
        {"resolver": "127.0.0.1", "expected": {"A": ("shop.test",)}},
        {"resolver": "127.0.0.1", "expected": {"MX": ("mail.test",)}},
    ],
)
async def test_a_monitor_that_is_badly_set_says_nothing_of_its_target(
    prober: Prober, settings: dict[str, Any]
) -> None:
    result = await prober.probe(order(**settings))
    assert reason_of(result) is UnknownReason.INTERNAL_ERROR
    assert "badly set" in message_of(result)


class TestTheMachinesOwnNameServers:
    """Whose fault is it that there is no answer? The resolver is asked for the root."""

    @pytest.mark.parametrize(
        ("how", "reason"),
        [
            (lambda ns: ns.refusals.update({NAME: SERVFAIL}), "name_lookup_failed"),
            (lambda ns: ns.refusals.update({NAME: REFUSED}), "lookup_refused"),
            (lambda ns: ns.silent.add(NAME), "name_lookup_failed"),
            (lambda ns: ns.records.clear(), "name_not_found"),
            (lambda ns: ns.records.update({NAME: ("2001:db8::1",)}), "no_records"),
            (lambda ns: ns.silent.update({NAME, "."}), "resolver_down"),
            (
                lambda ns: ns.refusals.update({NAME: REFUSED, ".": REFUSED}),
                "resolver_down",
            ),
        ],
    )
    async def test_a_fault_is_theirs_only_where_the_resolver_answers(
        self, how: Callable[[FakeNameserver], None], reason: str
    ) -> None:
        with FakeNameserver(**{NAME: ("192.0.2.1",)}) as nameserver:
            how(nameserver)
            async with open_prober(nameserver=nameserver) as prober:
                assert reason_of(await prober.probe(order(None))) == reason

    async def test_they_are_asked_where_no_other_is_given(self) -> None:
        with FakeNameserver(**{NAME: ("192.0.2.1",)}) as nameserver:
            async with open_prober(nameserver=nameserver) as prober:
                result = await prober.probe(order(None, expected={"A": ("192.0.2.1",)}))
        assert result.outcome == Success()
        assert result.evidence is not None
        assert result.evidence.address == f"127.0.0.1:{nameserver.port}"

    async def test_a_resolver_that_is_down_is_our_fault(self) -> None:
        async with open_prober(nameserver=FakeNameserver()) as prober:
            result = await prober.probe(order(None))
        assert reason_of(result) is UnknownReason.RESOLVER_DOWN

    async def test_another_is_asked_where_the_first_fails(self) -> None:
        with ExitStack() as stack:
            good = stack.enter_context(Zone(HONEST, host="127.0.0.2"))
            down = FakeNameserver()
            down.port = good.port
            configured = down.configuration()
            configured.nameservers = ["127.0.0.1", "127.0.0.2"]
            down.configuration = lambda: configured  # type: ignore[method-assign]
            async with open_prober(nameserver=down) as prober:
                result = await prober.probe(order(None))
        assert result.outcome == Success()

    async def test_none_of_the_wanted_ip_version_is_our_fault(self) -> None:
        with FakeNameserver(**{NAME: ("192.0.2.1",)}) as nameserver:
            async with open_prober(nameserver=nameserver) as prober:
                result = await prober.probe(order(None, ip_version=IpVersion.IPV6))
        assert reason_of(result) is UnknownReason.RESOLVER_DOWN


@pytest.mark.parametrize(
    ("text", "server"),
    [
        ("9.9.9.9", Server("9.9.9.9", 53)),
        ("9.9.9.9:5353", Server("9.9.9.9", 5353)),
        ("2620:FE::fe", Server("2620:fe::fe", 53)),
        ("[2620:fe::fe]:5353", Server("2620:fe::fe", 5353)),
    ],
)
def test_a_name_server_is_read_with_and_without_its_port(text: str, server: Server) -> None:
    assert read_server(text) == server
    assert read_server(server.text) == server


@given(st.sampled_from(RecordType), st.text(max_size=40))
def test_any_text_is_a_record_or_an_error(kind: RecordType, text: str) -> None:
    try:
        records.read(kind, text)
    except records.BadRecord as error:
        assert str(kind) in str(error)  # noqa: PT017 - either way is right


@given(st.binary(max_size=200))
def test_any_bytes_are_an_answer_or_garbage(data: bytes) -> None:
    wire = b"\0\7\x81\x80\0\1\0\1\0\0\0\0\4shop\4test\0\0\1\0\1\xc0\x0c" + data
    try:
        message = question._read(wire)
    except question.Garbage as error:
        assert "cannot be read" in str(error)  # noqa: PT017 - either way is right
        return
    assert message.id == 7
