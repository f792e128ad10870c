"""Hosts become addresses, and where they do not it is clear whose fault that is."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import dns.asyncresolver
import dns.rcode
import dns.resolver
import pytest

from fener.domain.check import Failure, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.time import MINUTE, SECOND
from fener.net.hosts import HostsFile
from fener.net.nameservers import Nameservers
from fener.net.resolver import CACHE_SIZE, Resolver, machine_resolver
from fener.testing.clock import FakeClock
from support.nameserver import FakeNameserver

WITHIN = 2 * SECOND


@pytest.fixture
def nameserver() -> Iterator[FakeNameserver]:
    with FakeNameserver() as running:
        running.records["good.test"] = ("198.51.100.7", "198.51.100.8", "2001:db8::7")
        running.records["six.test"] = ("2001:db8::7",)
        running.records["bare.test"] = ()
        running.refusals["broken.test"] = dns.rcode.SERVFAIL
        running.silent.add("silent.test")
        yield running


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def resolver(clock: FakeClock, nameserver: FakeNameserver) -> AsyncIterator[Resolver]:
    async with opened(clock, nameserver) as one:
        yield one


@asynccontextmanager
async def opened(
    clock: FakeClock, nameserver: FakeNameserver, hosts: Path = Path("/nonexistent")
) -> AsyncIterator[Resolver]:
    one = Resolver(clock, Nameservers(clock, nameserver.configuration), HostsFile(clock, hosts))
    yield one
    await one.aclose()


BOTH = {"198.51.100.7", "198.51.100.8"}


async def test_several_addresses_are_kept(resolver: Resolver) -> None:
    found = await resolver.resolve("good.test", WITHIN)
    assert isinstance(found, tuple)
    assert set(found) == BOTH


async def test_ipv6_is_used_where_there_is_no_ipv4_or_where_it_is_asked_for(
    resolver: Resolver,
) -> None:
    assert await resolver.resolve("six.test", WITHIN) == ("2001:db8::7",)
    assert await resolver.resolve("good.test", WITHIN, ipv6=True) == ("2001:db8::7",)


@pytest.mark.parametrize("address", ["127.0.0.1", "2001:db8::1", "::1"])
async def test_an_address_needs_no_nameserver(resolver: Resolver, address: str) -> None:
    assert await resolver.resolve(address, WITHIN) == (address,)


async def test_localhost_never_leaves_the_machine(
    resolver: Resolver, nameserver: FakeNameserver
) -> None:
    assert await resolver.resolve("localhost", WITHIN) == ("127.0.0.1", "::1")
    assert await resolver.resolve("app.localhost", WITHIN) == ("127.0.0.1", "::1")
    assert nameserver.asked == []


async def test_the_hosts_file_comes_before_the_nameserver(
    clock: FakeClock, nameserver: FakeNameserver, tmp_path: Path
) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text("# own\n::5 Good.test\n192.0.2.5 good.test other # x\nfe80::1%lo z\nzz z")
    async with opened(clock, nameserver, hosts) as resolver:
        assert await resolver.resolve("good.test", WITHIN) == ("192.0.2.5", "::5")
        assert await resolver.resolve("other", WITHIN) == ("192.0.2.5",)
        assert nameserver.asked == []
        hosts.write_text("192.0.2.66 good.test")
        await clock.advance(6 * SECOND)
        assert await resolver.resolve("good.test", WITHIN) == ("192.0.2.66",)


async def test_an_answer_is_kept_as_long_as_it_says_and_five_minutes_at_most(
    clock: FakeClock, nameserver: FakeNameserver, resolver: Resolver
) -> None:
    nameserver.ttl = 30
    for _ in range(3):
        await resolver.resolve("good.test", WITHIN)
        await clock.advance(14 * SECOND)
    assert nameserver.asked == [("good.test", "A")]
    nameserver.ttl = 86_400
    await clock.advance(20 * SECOND)
    await resolver.resolve("good.test", WITHIN)
    await clock.advance(4 * MINUTE)
    await resolver.resolve("good.test", WITHIN)
    assert len(nameserver.asked) == 2
    await clock.advance(MINUTE)
    await resolver.resolve("good.test", WITHIN)
    assert len(nameserver.asked) == 3


async def test_a_forgotten_host_is_asked_for_again(
    nameserver: FakeNameserver, resolver: Resolver
) -> None:
    await resolver.resolve("good.test", WITHIN)
    resolver.forget("good.test")
    await resolver.resolve("good.test", WITHIN)
    assert len(nameserver.asked) == 2


async def test_however_many_ask_at_once_one_query_is_sent(
    nameserver: FakeNameserver, resolver: Resolver
) -> None:
    answers = await asyncio.gather(*(resolver.resolve("good.test", WITHIN) for _ in range(20)))
    assert len(set(answers)) == 1
    assert isinstance(answers[0], tuple)
    assert nameserver.asked == [("good.test", "A")]


async def test_the_cache_is_bounded(
    clock: FakeClock, nameserver: FakeNameserver, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert CACHE_SIZE <= 10_000
    monkeypatch.setattr("fener.net.resolver.CACHE_SIZE", 3)
    names = [f"n{number}.test" for number in range(6)]
    nameserver.records |= dict.fromkeys(names, ("192.0.2.1",))
    async with opened(clock, nameserver) as resolver:
        for name in names:
            await resolver.resolve(name, WITHIN)
        nameserver.asked.clear()
        for name in names[-3:]:
            await resolver.resolve(name, WITHIN)
        assert nameserver.asked == []
        await resolver.resolve(names[0], WITHIN)
        assert nameserver.asked == [(names[0], "A")]


async def test_a_name_that_does_not_exist_is_the_targets_fault(resolver: Resolver) -> None:
    failure = await resolver.resolve("nowhere.test", WITHIN)
    assert isinstance(failure, Failure)
    assert failure.reason is FailureReason.NAME_NOT_FOUND
    assert failure.facts == Facts(name="nowhere.test")


async def test_a_name_without_addresses_is_the_targets_fault(resolver: Resolver) -> None:
    failure = await resolver.resolve("bare.test", WITHIN)
    facts = Facts(name="bare.test", detail="it has no address")
    assert failure == Failure(FailureReason.NAME_NOT_FOUND, "bare.test has no address", facts)


async def test_a_broken_zone_is_the_targets_fault_while_our_resolver_answers(
    resolver: Resolver,
) -> None:
    failure = await resolver.resolve("broken.test", WITHIN)
    assert isinstance(failure, Failure)
    assert failure.reason is FailureReason.NAME_LOOKUP_FAILED
    assert "SERVFAIL" in failure.message
    assert failure.facts == Facts(name="broken.test", detail="SERVFAIL")


async def test_a_silent_zone_is_the_targets_fault_while_our_resolver_answers(
    resolver: Resolver,
) -> None:
    failure = await resolver.resolve("silent.test", 100)
    assert isinstance(failure, Failure)
    assert failure.reason is FailureReason.NAME_LOOKUP_FAILED


async def test_a_resolver_that_fails_for_everything_is_our_fault(
    nameserver: FakeNameserver, resolver: Resolver
) -> None:
    nameserver.refusals["."] = dns.rcode.SERVFAIL
    unknown = await resolver.resolve("broken.test", WITHIN)
    assert isinstance(unknown, Unknown)
    assert unknown.reason is UnknownReason.RESOLVER_DOWN


async def test_a_resolver_that_is_silent_is_our_fault(
    nameserver: FakeNameserver, resolver: Resolver
) -> None:
    nameserver.silent.add(".")
    unknown = await resolver.resolve("silent.test", 100)
    assert isinstance(unknown, Unknown)
    assert unknown.reason is UnknownReason.RESOLVER_DOWN


async def test_a_resolver_that_is_not_there_is_our_fault(clock: FakeClock) -> None:
    async with opened(clock, FakeNameserver()) as resolver:
        unknown = await resolver.resolve("good.test", 100)
        assert isinstance(unknown, Unknown)
        assert unknown.reason is UnknownReason.RESOLVER_DOWN


async def test_a_machine_without_nameservers_is_our_fault(clock: FakeClock) -> None:
    def unconfigured() -> dns.asyncresolver.Resolver:
        raise dns.resolver.NoResolverConfiguration

    hosts = HostsFile(clock, Path("/nonexistent"))
    resolver = Resolver(clock, Nameservers(clock, unconfigured), hosts)
    unknown = await resolver.resolve("good.test", WITHIN)
    assert isinstance(unknown, Unknown)
    assert unknown.reason is UnknownReason.RESOLVER_DOWN


async def test_a_failed_lookup_is_not_kept(nameserver: FakeNameserver, resolver: Resolver) -> None:
    assert isinstance(await resolver.resolve("late.test", WITHIN), Failure)
    nameserver.records["late.test"] = ("192.0.2.9",)
    assert await resolver.resolve("late.test", WITHIN) == ("192.0.2.9",)


async def test_the_machines_own_resolver_knows_localhost(clock: FakeClock) -> None:
    resolver = machine_resolver(clock)
    found = await resolver.resolve("localhost", WITHIN)
    assert isinstance(found, tuple)
    assert set(found) <= {"127.0.0.1", "::1"}
    await resolver.aclose()
