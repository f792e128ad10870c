"""Monitors of every kind: added by address or by form, shown and changed without losing a thing."""

import json
from typing import Any
from uuid import UUID

import pytest
from msgspec import Struct

from fener.domain.check import Certificate, CheckResult, Evidence, Failure, Success, Timings
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds import PROBED, Kind, ProbeSettings
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.dns import DnsSettings, Match, RecordType
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.kinds.tcp import TcpSettings
from fener.domain.kinds.tls import StartTls, TlsSettings
from fener.domain.monitor import Monitor
from fener.domain.time import DAY, MINUTE, SECOND
from fener.storage.monitors import by_key
from fener.storage.recording import SqlRecordStore
from fener.web.kind_fields import DRAWN, Shape, fields_of
from support.fields import Fields
from support.place import Place
from support.store import settler
from support.visitor import Visitor

HOST = "srv.example.com"
SHARED: dict[str, Any] = {"name": "", "interval": "60", "timeout": "5", "tell": "all"}


async def stored(place: Place, address: str) -> Monitor:
    context, key = place.people.context, UUID(address.split("/")[2])
    async with context.database.read() as session:
        found = await by_key(session, context.sealer, key)
    assert found
    return found


@pytest.mark.parametrize(
    ("typed", "settings"),
    [
        ("shop.example.com", HttpSettings(url="https://shop.example.com")),
        (f"tcp://{HOST}:5432", TcpSettings(HOST, 5432)),
        (f"ping://{HOST}", IcmpSettings(HOST)),
        (f"smtp+tls://{HOST}", TlsSettings(HOST, 25, StartTls.SMTP)),
        (f"dns://{HOST}?type=mx", DnsSettings(HOST, (RecordType.MX,))),
        (f"redirect://{HOST}", HttpsRedirectSettings(HOST)),
    ],
)
async def test_the_start_takes_the_address_of_every_kind(
    place: Place, owner: Visitor, typed: str, settings: ProbeSettings
) -> None:
    answer = await owner.post("/start", url=typed)
    assert answer.status == 303
    monitor = await stored(place, answer.headers["location"])
    assert monitor.settings == settings


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("gopher://example.com", "gopher:// is nothing that can be watched"),
        ("tcp://example.com", "a port is needed"),
        ("dns://example.com?type=XX", "is no record type"),
        ("tcp://127.1:80", "neither a name nor an address"),
        ("https://exa mple/", "The address"),
    ],
)
async def test_the_start_says_what_is_wrong_with_an_address(
    owner: Visitor, typed: str, why: str
) -> None:
    answer = await owner.post("/start", url=typed)
    assert answer.status == 422
    page = answer.body.decode()
    assert 'id="e-url"' in page
    assert why in page


class Sample(Struct, frozen=True):
    """What a person types into the form of a kind, and what is then watched."""

    typed: dict[str, Any]
    settings: ProbeSettings


SAMPLES = {
    Kind.TCP: Sample(
        {"host": HOST, "port": "6379", "send": r"PING\r\n", "expect": "+PONG", "slow_after": "500"},
        TcpSettings(HOST, 6379, send=r"PING\r\n", expect="+PONG", slow_after=500),
    ),
    Kind.ICMP: Sample(
        {"host": HOST, "count": "5", "size": "", "most_loss": "0", "most_jitter": "30"},
        IcmpSettings(HOST, count=5, most_loss=0, most_jitter=30),
    ),
    Kind.TLS: Sample(
        {"host": HOST, "port": "", "starttls": "imap", "server_name": "mail.example.com"},
        TlsSettings(HOST, 143, StartTls.IMAP, server_name="mail.example.com"),
    ),
    Kind.DNS: Sample(
        {
            "host": HOST,
            "record_types": ["A", "MX"],
            "resolver": "192.0.2.53",
            "expected": "a 192.0.2.1\nA 192.0.2.2\n\nMX 10 mail.example.com.",
            "match": "contained",
            "notice_changes": "on",
        },
        DnsSettings(
            HOST,
            (RecordType.A, RecordType.MX),
            "192.0.2.53",
            {
                RecordType.A: ("192.0.2.1", "192.0.2.2"),
                RecordType.MX: ("10 mail.example.com.",),
            },
            Match.CONTAINED,
            notice_changes=True,
        ),
    ),
    Kind.HTTPS_REDIRECT: Sample(
        {"host": HOST, "port": "8080", "path": "/login", "ip_version": "ipv6", "upside_down": "on"},
        HttpsRedirectSettings(
            HOST, port=8080, path="/login", ip_version=IpVersion.IPV6, upside_down=True
        ),
    ),
}


def test_every_probed_kind_but_websites_is_drawn_from_its_fields() -> None:
    assert {*DRAWN, Kind.HTTP} == set(PROBED)
    assert SAMPLES.keys() == set(DRAWN)


@pytest.mark.parametrize("kind", DRAWN)
async def test_each_kind_is_added_with_what_its_form_says(
    place: Place, owner: Visitor, kind: Kind
) -> None:
    sample = SAMPLES[kind]
    answer = await owner.post(f"/monitors/add?kind={kind}", **SHARED, **sample.typed)
    assert answer.status == 303, answer.body.decode()
    monitor = await stored(place, answer.headers["location"])
    assert monitor.settings == sample.settings
    assert monitor.timeout == 5 * SECOND


@pytest.mark.parametrize("kind", DRAWN)
async def test_a_form_that_is_saved_as_it_came_changes_nothing(
    place: Place, owner: Visitor, kind: Kind
) -> None:
    added = await owner.post(f"/monitors/add?kind={kind}", **SHARED, **SAMPLES[kind].typed)
    address = added.headers["location"]
    before = await stored(place, address)
    page = (await owner.get(f"{address}/edit")).body.decode()
    shown = {field.name: _shown(page, field.name, field.shape) for field in fields_of(kind)}
    given = {name: value for name, value in shown.items() if value not in (None, [])}
    saved = await owner.post(f"{address}/edit", **SHARED, **given)
    assert saved.status == 303
    assert await stored(place, address) == before


def _shown(page: str, name: str, shape: Shape) -> Any:
    """What a browser would send of a field that nobody touched."""
    found = Fields(page).values.get(name, [])
    return found if shape is Shape.CHOICES else next(iter(found), None)


@pytest.mark.parametrize("kind", DRAWN)
async def test_an_empty_form_names_what_is_missing_and_keeps_what_was_typed(
    owner: Visitor, kind: Kind
) -> None:
    answer = await owner.post(f"/monitors/add?kind={kind}", **{**SHARED, "name": "Mine <3"})
    page = answer.body.decode()
    assert answer.status == 422
    assert 'id="e-host"' in page
    assert "Mine &lt;3" in page


@pytest.mark.parametrize(
    ("kind", "field", "typed"),
    [
        (Kind.TCP, "port", "65536"),
        (Kind.TCP, "port", "http"),
        (Kind.TCP, "send", r"\q"),
        (Kind.TCP, "slow_after", "60001"),
        (Kind.TCP, "slow_after", "1.5"),
        (Kind.TCP, "timeout", "61"),
        (Kind.TCP, "ip_version", "ipv5"),
        (Kind.ICMP, "count", "21"),
        (Kind.ICMP, "host", "exa mple"),
        (Kind.TLS, "starttls", "gopher"),
        (Kind.DNS, "record_types", "SPF"),
        (Kind.DNS, "resolver", "dns.example.com"),
        (Kind.DNS, "expected", "192.0.2.1"),
        (Kind.HTTPS_REDIRECT, "path", "login"),
    ],
)
async def test_what_is_wrong_stands_beside_its_field(
    owner: Visitor, kind: Kind, field: str, typed: str
) -> None:
    given = {**SHARED, **SAMPLES[kind].typed, field: typed}
    answer = await owner.post(f"/monitors/add?kind={kind}", **given)
    assert answer.status == 422
    assert f'id="e-{field}"' in answer.body.decode()


async def test_the_page_to_add_leads_to_the_form_of_every_kind(owner: Visitor) -> None:
    page = (await owner.get("/monitors/add")).body.decode()
    for kind in Kind:
        assert f'href="/monitors/add?kind={kind}"' in page
    beats = await owner.get("/monitors/add?kind=heartbeat")
    assert beats.headers["location"] == "/heartbeats/add"
    assert (await owner.get("/monitors/add?kind=gopher")).status == 200


FOUND = {
    Kind.ICMP: Evidence(request=f"3 echo requests to {HOST}", detail="3 sent, 1 answered"),
    Kind.DNS: Evidence(request=f"A {HOST}", body="A 192.0.2.66", detail="NOERROR"),
}
FAILURES = {
    Kind.ICMP: Failure(FailureReason.PACKETS_LOST, "2 of 3 packets were lost"),
    Kind.DNS: Failure(
        FailureReason.WRONG_RECORDS, "A records", Facts(got="192.0.2.66", wanted="192.0.2.1")
    ),
}


@pytest.mark.parametrize("kind", DRAWN)
async def test_the_pages_of_a_kind_show_its_target_and_what_was_found(
    place: Place, owner: Visitor, kind: Kind
) -> None:
    added = await owner.post(f"/monitors/add?kind={kind}", **SHARED, **SAMPLES[kind].typed)
    address = added.headers["location"]
    monitor = await stored(place, address)
    now = place.people.now
    certificate = Certificate(HOST, "A Root", now - DAY, now + 90 * DAY, (HOST,), "ab" * 32)
    result = CheckResult(
        monitor_id=monitor.id,
        location_id=1,
        at=now,
        finished_at=now + 12,
        outcome=FAILURES.get(kind, Success()),
        timings=Timings(total=12_000, dns=4_000),
        certificate=certificate if kind is Kind.TLS else None,
        evidence=FOUND.get(kind),
    )
    context = place.people.context
    store = SqlRecordStore(context.database, context.sealer, place.people.clock, place.faults)
    await store.record([result], settler().settle)
    page = (await owner.get(address)).body.decode()
    assert f'<span translate="no">{monitor.target}</span>'.replace("&", "&amp;") in page
    for told in (FOUND[kind].detail, FOUND[kind].request) if kind in FOUND else ():
        assert told in page
    assert ("A Root" in page) == (kind is Kind.TLS)
    assert "<dt>Transfer</dt>" not in page
    listed = (await owner.get(f"/?kind={kind}")).body.decode()
    assert monitor.target.replace("&", "&amp;") in listed
    others = (await owner.get(f"/?kind={Kind.HEARTBEAT}")).body.decode()
    assert monitor.target.replace("&", "&amp;") not in others


async def test_the_chart_of_a_ping_shows_its_round_trips_and_not_its_lookup(
    place: Place, owner: Visitor
) -> None:
    added = await owner.post("/monitors/add?kind=icmp", **SHARED, **SAMPLES[Kind.ICMP].typed)
    address = added.headers["location"]
    monitor = await stored(place, address)
    context, now = place.people.context, place.people.now
    store = SqlRecordStore(context.database, context.sealer, place.people.clock, place.faults)
    timings = Timings(total=12_000, dns=4_000)
    result = CheckResult(monitor.id, 1, now, now, Success(), timings=timings)
    await store.record([result], settler().settle)
    columns = json.loads((await owner.get(f"{address}/latency.json")).body)
    assert columns["total"] == [12.0]
    assert columns["dns"] == [None]


async def test_what_is_upside_down_has_no_changes_to_notice(owner: Visitor) -> None:
    given = {**SHARED, **SAMPLES[Kind.DNS].typed, "upside_down": "on"}
    answer = await owner.post("/monitors/add?kind=dns", **given)
    assert answer.status == 422
    assert 'id="e-notice_changes"' in answer.body.decode()


class Name:
    """A name that is watched for changes, and its page."""

    def __init__(self, place: Place, owner: Visitor, address: str, number: int) -> None:
        self.place, self.owner, self.address, self.number = place, owner, address, number

    @classmethod
    async def watched(cls, place: Place, owner: Visitor) -> "Name":
        typed: dict[str, Any] = {"host": HOST, "record_types": ["A"], "notice_changes": "on"}
        added = await owner.post("/monitors/add?kind=dns", **SHARED, **typed)
        address = added.headers["location"]
        return cls(place, owner, address, (await stored(place, address)).id)

    async def answers(self, *answers: tuple[str, ...], location: int = 1) -> None:
        people = self.place.people
        context = people.context
        store = SqlRecordStore(context.database, context.sealer, people.clock, self.place.faults)
        for records in answers:
            people.clock.step_wall(MINUTE)
            now = people.now
            result = CheckResult(self.number, location, now, now, Success(), records=records)
            await store.record([result], settler().settle)

    async def page(self) -> str:
        return (await self.owner.get(self.address)).body.decode()


OLD, NEW = ("A 192.0.2.1", "A 192.0.2.9"), ("A 192.0.2.2", "A 192.0.2.9")


async def test_the_page_shows_the_records_and_what_the_last_change_took_away(
    place: Place, owner: Visitor
) -> None:
    name = await Name.watched(place, owner)
    assert "records-title" not in await name.page()
    await name.answers(OLD)
    page = await name.page()
    assert "<code>A 192.0.2.1</code>" in page
    assert "No change so far." in page
    await name.answers(NEW, NEW, NEW)
    page = await name.page()
    assert "<li><code>A 192.0.2.2</code></li>" in page
    assert "<del><code>A 192.0.2.1</code></del>" in page
    assert "<del><code>A 192.0.2.9</code></del>" not in page
    assert "1 change so far" in page
    assert "alternate" not in page


async def test_the_page_tells_what_changed_and_its_incident_that_it_is_none_that_lasts(
    place: Place, owner: Visitor
) -> None:
    name = await Name.watched(place, owner)
    await name.answers(OLD, NEW, NEW, NEW)
    page = await name.page()
    assert "The records are other than before" in page
    link = page.partition('href="/incidents/')[2].partition('"')[0]
    incident = (await owner.get(f"/incidents/{link}")).body.decode()
    assert "A 192.0.2.2</bdi> instead of" in incident
    assert "First seen" in incident
    assert "Failing checks" not in incident


async def test_the_page_says_when_answers_alternate(place: Place, owner: Visitor) -> None:
    name = await Name.watched(place, owner)
    await name.answers(*(OLD, NEW) * 8)
    assert "The answers alternate. A change is told when it has held for 30" in await name.page()
