"""No form of an address, no name and no redirect leads a probe or a sender where it must not go.

One table of disguises, run over every kind that is registered and every sender that calls out.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import dns.message
import pytest

from fener.clock import SystemClock
from fener.domain.check import CheckOrder, CheckResult, Failure, Success, Unknown
from fener.domain.credentials import OAuthCredentials
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import TlsSettings
from fener.domain.message import Delivery, DeliveryStatus
from fener.domain.notification import ChannelKind
from fener.faults import FaultBoard
from fener.net.caller import Caller
from fener.net.guard import AddressGuard, Listener
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import Resolver
from fener.net.wire import Wire
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.senders.email import EmailSender
from fener.pipeline.notify.senders.mail_server import read_mail_server
from fener.pipeline.notify.senders.webhook import WebhookSender
from fener.pipeline.probe.kinds import PROBES
from fener.pipeline.probe.prober import Prober
from fener.testing.clock import FakeClock
from support import letters
from support.mail import dialler, open_mail_host
from support.nameserver import FakeNameserver
from support.probing import open_prober, order_for
from support.targets import Target, page, redirect

METADATA = "169.254.169.254"

FORBIDDEN = {
    "a cloud's metadata": METADATA,
    "IPv4-mapped": f"::ffff:{METADATA}",
    "IPv4-mapped in hexadecimal": "::ffff:a9fe:a9fe",
    "IPv4-translated": f"::ffff:0:{METADATA}",
    "IPv4-compatible": f"::{METADATA}",
    "NAT64": f"64:ff9b::{METADATA}",
    "NAT64 of a local prefix": f"64:ff9b:1::{METADATA}",
    "6to4": "2002:a9fe:a9fe::1",
    "Teredo": "2001:0:a9fe:a9fe::1",
    "ISATAP": "2a00:1450::5efe:a9fe:a9fe",
    "link-local": "fe80::1",
    "multicast": "224.0.0.1",
    "IPv6 multicast": "ff02::1",
    "unspecified": "0.0.0.0",
    "IPv6 unspecified": "::",
    "broadcast": "255.255.255.255",
}
"""Never dialled, whatever an organization may."""

PRIVATE = {
    "loopback": "127.0.0.1",
    "another loopback": "127.8.9.10",
    "IPv6 loopback": "::1",
    "mapped loopback": "::ffff:127.0.0.1",
    "mapped loopback in hexadecimal": "::ffff:7f00:1",
    "compatible loopback": "::127.0.0.1",
    "NAT64 loopback": "64:ff9b::127.0.0.1",
    "6to4 loopback": "2002:7f00:1::1",
    "CGNAT": "100.64.0.1",
    "mapped CGNAT": "::ffff:100.127.255.254",
    "NAT64 of CGNAT": "64:ff9b::100.64.0.1",
    "RFC 1918": "192.168.1.1",
    "unique local": "fd12:3456::1",
}
"""Not dialled for an organization that may not watch private addresses."""

UNREADABLE = {
    "decimal": "2852039166",
    "decimal loopback": "2130706433",
    "hexadecimal": "0xa9fea9fe",
    "hexadecimal parts": "0xa9.0xfe.0xa9.0xfe",
    "octal": "0251.0376.0251.0376",
    "octal loopback": "0177.0.0.1",
    "leading zeros": "127.0.0.01",
    "short": "127.1",
    "very short": "0",
    "full-width digits": "１２７.０.０.１",  # noqa: RUF001 - that is the trick
    "with a zone": "fe80::1%lo",
    "userinfo": f"public.test@{METADATA}",
    "a fragment": f"{METADATA}#.public.test",
    "a backslash": f"{METADATA}\\.public.test",
    "a line break": f"public.test\r\n{METADATA}",
    "a NUL": f"{METADATA}\0.public.test",
}
"""Texts that some programs would take for an address, and others for something else."""

URLS = {
    "userinfo": (f"http://public.test@{METADATA}/", True),
    "userinfo with a password": (f"http://public.test:80@{METADATA}/", True),
    "two at signs": (f"http://a@public.test@{METADATA}/", True),
    "a fragment before the at sign": (f"http://{METADATA}#@public.test/", True),
    "a query before the at sign": (f"http://{METADATA}?@public.test/", True),
    "a path before the at sign": (f"http://{METADATA}/@public.test/", True),
    "a backslash before the at sign": (f"http://public.test\\@{METADATA}/", False),
    "a tab": ("http://169.254.\t169.254/", False),
    "a percent sign": ("http://169.254.169.%32%35%34/", False),
    "a percent-encoded slash": (f"http://public.test%2f@{METADATA}/", True),
}
"""Addresses whose host is another one than it seems; whether they can be read at all."""


def hosted(host: str) -> str:
    return f"[{host}]" if ":" in host and "%" not in host else host


PLACES: dict[type[ProbeSettings], Callable[[str, int], ProbeSettings]] = {
    HttpSettings: lambda host, port: HttpSettings(url=f"http://{hosted(host)}:{port}/"),
    HttpsRedirectSettings: lambda host, port: HttpsRedirectSettings(host=host, port=port),
    TlsSettings: lambda host, port: TlsSettings(host=host, port=port),
    TcpSettings: lambda host, port: TcpSettings(host=host, port=port),
    IcmpSettings: lambda host, _: IcmpSettings(host=host, count=1),
    DnsSettings: lambda host, port: DnsSettings(host="a.test", resolver=f"{hosted(host)}:{port}"),
}
"""How each kind is sent to a host and port. Of DNS it is the name server that is dialled."""

KINDS = pytest.mark.parametrize("kind", PROBES, ids=lambda kind: kind.__name__)
BY_NAME = pytest.mark.parametrize(
    "kind", [one for one in PROBES if one is not DnsSettings], ids=lambda kind: kind.__name__
)
"""A given name server has an address and no name."""


def order(settings: ProbeSettings, *, allow_private: bool) -> CheckOrder:
    return order_for(settings, timeout=1_000, allow_private=allow_private)


@pytest.fixture
def trap() -> Iterator[Target]:
    """A server on loopback that nobody must reach."""
    with Target() as target:
        yield target
        assert target.connections == 0


def test_every_probe_is_in_the_matrix() -> None:
    assert PLACES.keys() >= PROBES.keys()


def is_refused(result: CheckResult) -> bool:
    assert result.evidence is not None
    assert result.evidence.address == ""
    outcome = result.outcome
    return isinstance(outcome, Failure) and outcome.reason is FailureReason.ADDRESS_FORBIDDEN


@KINDS
class TestProbes:
    @pytest.mark.parametrize("disguise", FORBIDDEN)
    async def test_a_forbidden_address_is_never_dialled(
        self, prober: Prober, kind: type[ProbeSettings], disguise: str
    ) -> None:
        settings = PLACES[kind](FORBIDDEN[disguise], 80)
        assert is_refused(await prober.probe(order(settings, allow_private=True)))

    @pytest.mark.parametrize("disguise", PRIVATE)
    async def test_a_private_address_is_dialled_for_none_who_may_not(
        self, prober: Prober, trap: Target, kind: type[ProbeSettings], disguise: str
    ) -> None:
        settings = PLACES[kind](PRIVATE[disguise], trap.port)
        assert is_refused(await prober.probe(order(settings, allow_private=False)))

    @pytest.mark.parametrize("disguise", UNREADABLE)
    async def test_what_is_no_plain_host_is_not_guessed_at(
        self, prober: Prober, kind: type[ProbeSettings], disguise: str
    ) -> None:
        settings = PLACES[kind](UNREADABLE[disguise], 80)
        result = await prober.probe(order(settings, allow_private=True))
        if isinstance(result.outcome, Unknown):
            assert result.outcome.reason is UnknownReason.INTERNAL_ERROR
            assert "badly set" in result.outcome.message
        else:
            assert is_refused(result)  # it reads as an URL, of just that host


@BY_NAME
class TestProbesByName:
    @pytest.mark.parametrize("disguise", FORBIDDEN)
    async def test_a_name_of_a_forbidden_address_leads_nowhere(
        self, kind: type[ProbeSettings], disguise: str
    ) -> None:
        with FakeNameserver(**{"a.test": (FORBIDDEN[disguise],)}) as nameserver:
            async with open_prober(nameserver=nameserver) as prober:
                settings = PLACES[kind]("a.test", 80)
                assert is_refused(await prober.probe(order(settings, allow_private=True)))

    async def test_what_was_judged_is_what_is_dialled(self, kind: type[ProbeSettings]) -> None:
        """A name that changes after it was looked up is not looked up again."""
        with Rebinding("127.0.0.1", METADATA) as nameserver:
            async with open_prober(nameserver=nameserver) as prober:
                settings = PLACES[kind]("a.test", nameserver.port)
                result = await prober.probe(order(settings, allow_private=True))
        assert result.evidence is not None
        assert result.evidence.address.startswith("127.0.0.1")
        assert len(nameserver.asked) == 1

    async def test_a_refused_name_is_not_asked_for_until_it_pleases(
        self, trap: Target, kind: type[ProbeSettings]
    ) -> None:
        with Rebinding(METADATA, "127.0.0.1") as nameserver:
            async with open_prober(nameserver=nameserver) as prober:
                settings = PLACES[kind]("a.test", trap.port)
                assert is_refused(await prober.probe(order(settings, allow_private=True)))
        assert len(nameserver.asked) == 1

    async def test_a_name_that_changes_between_two_checks_is_judged_anew(
        self, kind: type[ProbeSettings]
    ) -> None:
        with FakeNameserver(**{"a.test": ("127.0.0.1",)}) as nameserver:
            for address, refused in (("127.0.0.1", False), (METADATA, True)):
                nameserver.records["a.test"] = (address,)
                async with open_prober(nameserver=nameserver) as prober:
                    settings = PLACES[kind]("a.test", nameserver.port)
                    result = await prober.probe(order(settings, allow_private=True))
                assert result.evidence is not None
                assert (result.evidence.address == "") is refused


class Rebinding(FakeNameserver):
    """Gives one address to the first who asks for a name, and another one to all who follow."""

    def __init__(self, first: str, then: str) -> None:
        super().__init__(**{"a.test": (first,)})
        self._then = then

    def _answer(self, query: dns.message.Message) -> dns.message.Message | None:
        answer = super()._answer(query)
        self.records["a.test"] = (self._then,)
        return answer


LEADS = [
    *(f"http://{hosted(one)}/" for one in FORBIDDEN.values()),
    *(url for url, _ in URLS.values()),
]


class TestHttp:
    @pytest.mark.parametrize("case", URLS)
    async def test_an_url_is_dialled_as_it_is_read(self, prober: Prober, case: str) -> None:
        url, is_readable = URLS[case]
        result = await prober.probe(order(HttpSettings(url=url), allow_private=True))
        if is_readable:
            assert is_refused(result)
        else:
            assert isinstance(result.outcome, Unknown)

    @pytest.mark.parametrize("location", LEADS)
    async def test_no_redirect_leads_to_a_forbidden_address(
        self, tmp_path: Path, location: str
    ) -> None:
        hosts = tmp_path / "hosts"
        hosts.write_text("127.0.0.1 public.test\n")
        with Target() as target:
            url = target.at("/", redirect(location.replace("\t", "%09")))
            async with open_prober(hosts=hosts) as prober:
                result = await prober.probe(order(HttpSettings(url=url), allow_private=True))
        assert isinstance(result.outcome, Failure)
        assert result.outcome.reason in {
            FailureReason.ADDRESS_FORBIDDEN,
            FailureReason.BAD_REDIRECT,
        }
        assert len(target.requests) == 1

    @pytest.mark.parametrize("disguise", FORBIDDEN)
    async def test_no_token_is_fetched_from_a_forbidden_address(
        self, prober: Prober, trap: Target, disguise: str
    ) -> None:
        asked = order_for(
            HttpSettings(url=trap.url()),
            credentials=OAuthCredentials(f"http://{hosted(FORBIDDEN[disguise])}/", "id", "s3cret"),
        )
        assert is_refused(await prober.probe(asked))

    async def test_a_redirect_to_our_own_listener_is_not_followed(self, trap: Target) -> None:
        own = (Listener("0.0.0.0", trap.port),)
        with Target() as target:
            url = target.at("/", redirect(f"http://[::ffff:127.0.0.1]:{trap.port}/"))
            async with open_prober(own_listeners=own) as prober:
                result = await prober.probe(order(HttpSettings(url=url), allow_private=True))
        assert isinstance(result.outcome, Failure)
        assert "itself" in result.outcome.message


class TestWebhooks:
    @pytest.mark.parametrize("disguise", FORBIDDEN)
    async def test_a_forbidden_address_is_never_called(self, disguise: str) -> None:
        delivery = await posted(f"http://{hosted(FORBIDDEN[disguise])}/", allow_private=True)
        assert delivery.status is DeliveryStatus.REFUSED
        assert "never dialled" in delivery.answer

    @pytest.mark.parametrize("disguise", PRIVATE)
    async def test_a_private_address_is_called_for_none_who_may_not(
        self, trap: Target, disguise: str
    ) -> None:
        url = f"http://{hosted(PRIVATE[disguise])}:{trap.port}/"
        delivery = await posted(url, allow_private=False)
        assert delivery.status is DeliveryStatus.REFUSED
        assert "private" in delivery.answer

    @pytest.mark.parametrize("disguise", UNREADABLE)
    async def test_what_is_no_plain_host_is_not_guessed_at(self, disguise: str) -> None:
        delivery = await posted(f"http://{hosted(UNREADABLE[disguise])}/", allow_private=True)
        assert delivery.status is DeliveryStatus.REFUSED

    @pytest.mark.parametrize("case", URLS)
    async def test_an_url_is_called_as_it_is_read(self, case: str) -> None:
        delivery = await posted(URLS[case][0], allow_private=True)
        assert delivery.status is DeliveryStatus.REFUSED

    async def test_a_redirect_is_not_followed(self, trap: Target) -> None:
        with Target() as target:
            url = target.at("/hook", redirect(trap.url(), 307))
            delivery = await posted(url, allow_private=True)
        assert delivery.status is DeliveryStatus.REFUSED
        assert "redirects are not followed" in delivery.answer

    async def test_what_was_judged_is_what_is_called(self) -> None:
        with Target() as target, Rebinding("127.0.0.1", METADATA) as nameserver:
            target.at("/hook", page())
            url = f"http://a.test:{target.port}/hook"
            delivery = await posted(url, allow_private=True, nameserver=nameserver)
        assert delivery.status is DeliveryStatus.SENT
        assert len(nameserver.asked) == 1


class TestMail:
    """Its server is the operator's: it may be private, and nothing else that is forbidden."""

    @pytest.mark.parametrize("disguise", FORBIDDEN)
    async def test_a_forbidden_address_is_never_dialled(self, disguise: str) -> None:
        delivery = await mailed(f"smtp://{hosted(FORBIDDEN[disguise])}:25")
        assert delivery.status is DeliveryStatus.TRY_AGAIN
        assert "never dialled" in delivery.answer

    async def test_our_own_listener_is_never_dialled(self, trap: Target) -> None:
        own = Listener("0.0.0.0", trap.port)
        delivery = await mailed(f"smtp://127.0.0.1:{trap.port}", None, own)
        assert "itself" in delivery.answer

    async def test_what_was_judged_is_what_is_dialled(self) -> None:
        with Rebinding("127.0.0.1", METADATA) as nameserver:
            async with open_mail_host() as host:
                delivery = await mailed(f"smtp://a.test:{host.port}", nameserver)
        assert delivery.status is DeliveryStatus.SENT
        assert len(nameserver.asked) == 1

    async def test_a_name_of_a_forbidden_address_leads_nowhere(self) -> None:
        with Rebinding(METADATA, "127.0.0.1") as nameserver:
            async with open_mail_host() as host:
                delivery = await mailed(f"smtp://a.test:{host.port}", nameserver)
        assert "never dialled" in delivery.answer
        assert host.connections == 0


async def mailed(url: str, nameserver: FakeNameserver | None = None, *own: Listener) -> Delivery:
    clock = FakeClock()
    server = read_mail_server(url, "Fener <fener@example.com>")
    async with opened_resolver(nameserver or FakeNameserver()) as resolver:
        dial = dialler(clock, resolver, *own)
        sender = EmailSender(server, letters.WRITER, clock, FaultBoard(clock), dial)
        channel = letters.channel(ChannelKind.EMAIL, {"to": "ops@example.com"})
        return await sender.send(letters.message(channel))


async def posted(
    url: str, *, allow_private: bool, nameserver: FakeNameserver | None = None
) -> Delivery:
    channel = letters.channel(ChannelKind.WEBHOOK, {"url": url})
    async with opened_caller(nameserver or FakeNameserver()) as caller:
        sender = WebhookSender(caller, Links("https://fener.example"), SystemClock())
        return await sender.send(letters.message(channel, allow_private=allow_private))


@asynccontextmanager
async def opened_caller(nameserver: FakeNameserver) -> AsyncIterator[Caller]:
    async with opened_resolver(nameserver) as resolver, Wire() as wire:
        yield Caller(wire, resolver, AddressGuard(), SystemClock())


@asynccontextmanager
async def opened_resolver(nameserver: FakeNameserver) -> AsyncIterator[Resolver]:
    clock = SystemClock()
    nameservers = Nameservers(clock, nameserver.configuration)
    resolver = Resolver(clock, nameservers, HostsFile(clock, Path("/nonexistent")))
    yield resolver
    await resolver.aclose()


async def test_the_matrix_would_notice_a_probe_that_dials(prober: Prober) -> None:
    """What is allowed is dialled, so that its refusals mean something."""
    with Target(answers={"/": page()}) as target:
        settings = HttpSettings(url=target.url())
        result = await prober.probe(order(settings, allow_private=True))
    assert result.outcome == Success()
    assert result.evidence is not None
    assert result.evidence.address
    assert target.connections == 1
