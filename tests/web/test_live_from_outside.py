"""An open page hears of what happened elsewhere: by API, by command, at a carrier. All is real."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from typing import Any
from urllib.parse import urlencode, urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from fener.testing.server import ServedFener
from support.curl import Curl
from support.people import PASSWORD
from support.real import Running
from support.targets import Answer, Exchange, Target, page

pytestmark = pytest.mark.browser

OWNER, READER = "ada@example.com", "rita@example.com"
AT_ONCE = 1_000
"""Milliseconds until a page shows it."""
NewContext = Callable[..., BrowserContext]


class Outside:
    """A Fener in a process of its own, with jobs that fail and a carrier under our hand."""

    def __init__(self, running: Running, carrier: Target) -> None:
        self.running = running
        self.url = running.fener.url
        self.carrier = carrier

    def job(self, name: str, customer: int = 1) -> dict[str, Any]:
        """A heartbeat: it is still, unless its job reports."""
        wanted = {
            "customerId": customer,
            "name": name,
            "monitoringType": "heartbeat",
            "heartbeatConfig": {"intervalSeconds": 3_600},
        }
        made: dict[str, Any] = self.post("/api/websites", wanted)
        return made

    def fails(self, job: dict[str, Any]) -> dict[str, Any]:
        """Its job reports a failure; gives the incident, once it is open."""
        with urlopen(f"{job['pingUrl']}/fail", timeout=10) as answer:
            assert answer.status == 200
        (incident,) = self.running.eventually(lambda: self.incidents_of(job))
        return incident

    def incidents_of(self, job: dict[str, Any]) -> list[dict[str, Any]]:
        return [one for one in self.running.incidents() if one["websiteId"] == job["id"]]

    def is_told_of(self, incident: dict[str, Any]) -> bool:
        known = self.running.organization(f"/api/incidents/{incident['publicId']}").json
        return bool(known["timeline"]["alertEvents"])

    def post(self, path: str, body: Any = None) -> Any:
        answer = self.running.organization(path, "POST", body)
        assert answer.status == 200, answer.body
        return answer.json

    def acknowledge(self, incident: dict[str, Any]) -> None:
        self.post(f"/api/incidents/{incident['publicId']}/acknowledge")

    def opened(self, context: BrowserContext, path: str) -> Page:
        """A page of the owner that hears the live stream."""
        opened = context.new_page()
        opened.goto(f"{self.url}/sign-in")
        opened.get_by_label("E-mail").fill(OWNER)
        opened.get_by_label("Password").fill(PASSWORD)
        opened.get_by_role("button", name="Sign in").click()
        opened.wait_for_url(f"{self.url}/")
        with opened.expect_response("**/live"):
            opened.goto(self.url + path)
        return opened


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    folder = tmp_path_factory.mktemp("outside")
    owner = {"FENER_SETUP_EMAIL": OWNER, "FENER_SETUP_PASSWORD": PASSWORD}
    with Target() as carrier, ServedFener(folder / "data", environment=owner) as fener:
        running = Running(fener, folder / "data", Curl(folder))
        for mail in running.organization("/api/notification-channels").json:
            running.organization(f"/api/notification-channels/{mail['id']}", "DELETE")
        made = Outside(running, carrier)
        hook = {"type": "webhook", "name": "Hook", "config": {"url": carrier.url("/")}}
        made.post("/api/notification-channels", hook)
        yield made


@pytest.fixture
def quiet(outside: Outside, request: pytest.FixtureRequest) -> dict[str, Any]:
    """An incident of this test, told on all channels: nothing happens to it by itself."""
    outside.carrier.at("/", page())
    incident = outside.fails(outside.job(request.node.name))
    outside.running.eventually(lambda: outside.is_told_of(incident))
    return incident


def test_an_acknowledgement_by_api_shows_within_a_second(
    outside: Outside, quiet: dict[str, Any], new_context: NewContext
) -> None:
    seen = outside.opened(new_context(), f"/incidents/{quiet['publicId']}")
    expect(seen.get_by_text("nobody is on it yet")).to_be_visible()
    outside.acknowledge(quiet)
    expect(seen.get_by_text("somebody is on it")).to_be_visible(timeout=AT_ONCE)


def test_an_acknowledgement_by_a_command_in_another_process_shows_within_a_second(
    outside: Outside, quiet: dict[str, Any], new_context: NewContext
) -> None:
    seen = outside.opened(new_context(), "/")
    expect(seen.get_by_text("nobody is on it yet")).not_to_have_count(0)
    for incident in outside.running.incidents():
        if incident["status"] == "open":
            outside.running.command("incident", "ack", str(incident["id"]))
    expect(seen.get_by_text("nobody is on it yet")).to_have_count(0, timeout=AT_ONCE)


def test_a_delivery_shows_within_a_second_of_the_carriers_answer(
    outside: Outside, new_context: NewContext
) -> None:
    answers = threading.Event()
    outside.carrier.at("/", held(answers, page()))
    asked = len(outside.carrier.requests)
    incident = outside.fails(outside.job("Held"))
    outside.running.eventually(lambda: len(outside.carrier.requests) > asked)
    seen = outside.opened(new_context(), f"/incidents/{incident['publicId']}")
    expect(seen.get_by_text("Nobody was told yet.")).to_be_visible()
    answers.set()
    expect(seen.get_by_text("A message arrived")).to_be_visible(timeout=AT_ONCE)


def held(answers: threading.Event, answer: Answer) -> Answer:
    """Takes requests at once and answers them when it may."""

    async def later(exchange: Exchange) -> None:
        while not answers.is_set():
            await exchange.wait(0.02)
        await answer(exchange)

    return later


def test_a_member_of_another_customer_hears_nothing(
    outside: Outside, quiet: dict[str, Any]
) -> None:
    beta = {"name": "Beta", "email": "beta@example.com", "packageType": "standard"}
    customer = outside.post("/api/customers", beta)["customer"]
    theirs = outside.job("Theirs", customer["id"])
    reader = {
        "email": READER,
        "password": PASSWORD,
        "role": "readonly",
        "customerIds": [customer["id"]],
    }
    outside.post("/api/users", reader)
    with heard_by(outside, READER) as heard:
        outside.acknowledge(quiet)
        outside.post(f"/api/incidents/{quiet['publicId']}/comments", {"text": "The disk is full."})
        other = outside.fails(outside.job("Another of the first customer's"))
        outside.running.eventually(lambda: outside.is_told_of(other))
        outside.fails(theirs)
        assert {change["monitor"] for change in next(heard)} == {theirs["publicId"]}


@contextmanager
def heard_by(outside: Outside, email: str) -> Iterator[Iterator[list[dict[str, Any]]]]:
    """What the live stream tells somebody who signs in without a browser, from now on."""
    where = urlsplit(outside.url).netloc
    form = urlencode({"email": email, "password": PASSWORD, "next": "/"})
    kind = {"Content-Type": "application/x-www-form-urlencoded", "Origin": outside.url}
    with (
        closing(http.client.HTTPConnection(where, timeout=20)) as door,
        closing(http.client.HTTPConnection(where, timeout=20)) as line,
    ):
        door.request("POST", "/sign-in", form, kind)
        cookie = door.getresponse().headers["Set-Cookie"].partition(";")[0]
        line.request("GET", "/live", headers={"Cookie": cookie})
        with line.getresponse() as told:
            assert told.status == 200
            yield (json.loads(one[6:]) for one in told if one.startswith(b"data: "))
