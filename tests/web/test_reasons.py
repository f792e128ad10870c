"""Why a check failed is said in the reader's language; English is never more than its detail."""

import re
from collections.abc import AsyncIterator
from html import unescape
from pathlib import Path

import pytest

from fener.actions import signing_in
from fener.actions.identify import by_session
from fener.actions.profile import ProfileChange, change_profile
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.domain.check import Failure, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.fault import Fault, FaultReason
from fener.domain.time import HOUR, MINUTE, SECOND
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher
from fener.web import vocabulary
from fener.web.app import create_web
from fener.web.explaining import explained
from fener.web.languages import NAMES, words
from fener.web.options import WebOptions
from support.api import Client
from support.house import JOB, House, open_house
from support.people import PASSWORD
from support.visitor import Visitor

SAID = "an English sentence on what went wrong"
DETAIL = re.compile(r"<samp class=\"detail\"[^>]*>(.*?)</samp>", re.DOTALL)
TAG = re.compile(r"<[^>]*>")


class Shown:
    """A page as it is read: details of programs apart from all else."""

    def __init__(self, html: str) -> None:
        self.details = [unescape(one) for one in DETAIL.findall(html)]
        self.text = " ".join(unescape(TAG.sub("", DETAIL.sub("", html))).split())


class Reader:
    """Somebody who reads the pages of a house in a language."""

    def __init__(self, house: House, visitor: Visitor, language: str, faults: FaultBoard) -> None:
        self.house = house
        self.faults = faults
        self.visitor = visitor
        self.language = language

    async def read(self, path: str) -> Shown:
        answer = await self.visitor.get(path)
        assert answer.status == 200
        return Shown(answer.body.decode())

    def words_for(self, reason: FailureReason | UnknownReason | FaultReason) -> str:
        return words(self.language)(vocabulary.reason(reason))

    async def pages_of(self, monitor_id: int, incident_id: int) -> list[str]:
        sql = "SELECT public_id FROM monitors WHERE id = :id"
        monitor = await self.house.value(sql, id=monitor_id)
        incident = await self.house.public_id(incident_id)
        return ["/", "/incidents", f"/incidents/{incident}", f"/monitors/{monitor}"]


async def reader_of(house: House, language: str) -> Reader:
    context, clock = house.context, house.world.clock
    faults = FaultBoard(clock)
    web = create_web(context, WebOptions(publisher=Publisher(), faults=faults, can_mail=True))
    attempt = Attempt(email="owner@example.com", password=PASSWORD, address="192.0.2.1")
    entered = await signing_in.sign_in(context, SignInThrottle(clock), attempt)
    caller = await by_session(context, entered.cookie)
    assert caller is not None
    await change_profile(context, caller, ProfileChange(language=language))
    visitor = Visitor(Client(web), entered.cookie, entered.csrf_token)
    return Reader(house, visitor, language, faults)


@pytest.fixture(params=NAMES)
async def reader(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Reader]:
    async with open_house(tmp_path) as house:
        yield await reader_of(house, request.param)


async def fails(house: House, failure: Failure) -> tuple[int, int]:
    """Ids of a monitor that fails like this, and of its incident."""
    monitor_id = await house.monitor(name=str(failure.reason))
    at = house.world.now
    for number in range(3):
        await house.checked(monitor_id, at + number * 10 * SECOND, failure)
    return monitor_id, await house.newest_incident()


async def test_every_reason_is_said_on_every_page_in_the_readers_language(reader: Reader) -> None:
    opened = [
        (reason, await fails(reader.house, Failure(reason, SAID, Facts())))
        for reason in FailureReason
    ]
    for reason, (monitor_id, incident_id) in opened:
        overview, listed, *own = await reader.pages_of(monitor_id, incident_id)
        for path in (listed, *own):
            shown = await reader.read(path)
            assert reader.words_for(reason) in shown.text, path
            assert SAID not in shown.text, path
            assert SAID not in shown.details, path
    assert reader.words_for(FailureReason.RUN_TOO_LONG) in (await reader.read(overview)).text


async def test_the_values_stand_in_the_sentence(reader: Reader) -> None:
    failure = Failure(FailureReason.WRONG_STATUS, SAID, Facts(got="500", wanted="200-299"))
    wanted = explained(reader.language, failure.reason, failure.facts or Facts())
    assert wanted.startswith(reader.words_for(failure.reason))
    assert "200-299" in wanted
    for path in await reader.pages_of(*await fails(reader.house, failure)):
        assert wanted in (await reader.read(path)).text, path


async def test_what_was_told_in_english_alone_is_a_detail(reader: Reader) -> None:
    failure = Failure(FailureReason.ADDRESS_FORBIDDEN, SAID)
    for path in await reader.pages_of(*await fails(reader.house, failure)):
        shown = await reader.read(path)
        assert reader.words_for(failure.reason) in shown.text, path
        assert SAID not in shown.text, path
        assert SAID in shown.details, path


async def test_what_is_our_own_fault_is_said_so_too(reader: Reader) -> None:
    monitor_id = await reader.house.monitor()
    unknown = Unknown(UnknownReason.RESOLVER_DOWN, SAID, Facts(detail="SERVFAIL"))
    await reader.house.checked(monitor_id, reader.house.world.now, unknown)
    public_id = await reader.house.value("SELECT public_id FROM monitors")
    shown = await reader.read(f"/monitors/{public_id}")
    assert reader.words_for(UnknownReason.RESOLVER_DOWN) in shown.text
    assert SAID not in shown.text
    assert set(shown.details) == {"SERVFAIL"}


async def test_every_fault_of_fener_is_said_in_the_readers_language(reader: Reader) -> None:
    for reason in FaultReason:
        facts = Facts(name="#7", got="3", detail="EIO")
        reader.faults.report(reason, Fault(reason, SAID, facts))
    shown = await reader.read("/")
    for reason in FaultReason:
        assert reader.words_for(reason) in shown.text, reason
    assert shown.text.count("#7 · 3") == len(FaultReason)
    assert SAID not in shown.text
    assert shown.details == ["EIO"] * len(FaultReason)


async def test_a_heartbeat_says_what_became_of_its_run(reader: Reader) -> None:
    heartbeat = await reader.house.monitor(JOB, name="Backup")
    incident_id = await reader.house.falls_silent(heartbeat)
    public_id = await reader.house.value("SELECT public_id FROM monitors")
    wanted = reader.words_for(FailureReason.RUN_MISSED)
    incident = await reader.house.public_id(incident_id)
    for path in (f"/heartbeats/{public_id}", f"/incidents/{incident}", "/incidents", "/"):
        assert wanted in (await reader.read(path)).text, path


@pytest.mark.parametrize(
    ("facts", "english", "german"),
    [
        (Facts(), "", ""),
        (Facts(name="a.test"), "a.test", "a.test"),
        (Facts(got="exit 3"), "exit 3", "exit 3"),
        (Facts(got="a", wanted="b"), "a instead of b", "a statt b"),
        (Facts(waited=2_500), "waited 2.5 secs", "2,5 Sek. gewartet"),
        (Facts(waited=10 * SECOND), "waited 10 secs", "10 Sek. gewartet"),
        (Facts(waited=HOUR + 5 * MINUTE), "waited 1 hr 5 mins", "1 Std. 5 Min. gewartet"),
        (Facts(name="CN=a", at=1_767_268_800_000), "CN=a · 1 Jan 2026", "CN=a · 01.01.2026"),
        (Facts(name="<b>&amp;"), "<b>&amp;", "<b>&amp;"),
        (Facts(detail="said"), "", ""),
    ],
)
def test_facts_in_words(facts: Facts, english: str, german: str) -> None:
    for language, wanted in (("en", english), ("de", german)):
        said = explained(language, FailureReason.TIMEOUT, facts)
        reason = words(language)("The answer did not come in time")
        assert said == (f"{reason}: {wanted}" if wanted else reason)


async def test_what_a_target_said_is_text_and_never_markup(tmp_path: Path) -> None:
    hostile = "<script>x</script>"
    facts = Facts(name=hostile, got=hostile, wanted=hostile, detail=hostile)
    async with open_house(tmp_path) as house:
        reader = await reader_of(house, "en")
        failure = Failure(FailureReason.KEYWORD_MISSING, hostile, facts)
        for path in await reader.pages_of(*await fails(house, failure)):
            html = (await reader.visitor.get(path)).body.decode()
            assert hostile not in html
            assert "&lt;script&gt;" in html
