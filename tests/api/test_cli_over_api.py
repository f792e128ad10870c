"""Commands that speak to a server's organization API: the same words, the same views."""

import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from fener.cli.server import Server
from fener.clock import stopwatch
from fener.testing.server import ServedFener
from support.command import Said, fener
from support.database import migrated_file
from support.targets import Target, page

ADDRESS = "https://shop.example/"
WITHIN_US = 30_000_000
"""Three checks, a second apart, and all that a busy machine does meanwhile."""


class Sides:
    """The same commands on the store of a server, and from afar."""

    def __init__(self, data: Path, url: str) -> None:
        self.data = data
        self._url = url
        self._token = ""

    def near(self, *words: str) -> Said:
        with self._set(FENER_DATA=str(self.data)):
            return fener(*words)

    def far(self, *words: str) -> Said:
        self._token = self._token or self.token()
        with self._set(FENER_DATA="/nowhere", FENER_URL=self._url, FENER_TOKEN=self._token):
            return fener(*words)

    def token(self, *options: str) -> str:
        return self.near("token", "create", "--name", "laptop", *options).out.strip()

    def bear(self, token: str) -> None:
        """Use this token from now on."""
        self._token = token

    @contextmanager
    def _set(self, **environment: str) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for name, value in environment.items():
                patch.setenv(name, value)
            yield


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sides]:
    """One server for all: starting it takes longer than most tests."""
    data = tmp_path_factory.mktemp("server") / "data"
    data.mkdir()
    migrated_file(data / "fener.db")
    with ServedFener(data) as served:
        yield Sides(data, served.url)


@pytest.fixture
def sides(shared: Sides) -> Iterator[Sides]:
    """Without the monitors that a test before has left."""
    for kind in ("monitor", "heartbeat"):
        for left in shared.near(kind, "list", "--json").json:
            shared.near("monitor", "delete", str(left["id"]))
    yield shared
    shared.bear("")


def test_what_is_added_from_afar_is_as_if_it_was_added_near(sides: Sides) -> None:
    options = ("--every", "90s", "--timeout", "5s", "--keyword", "Hi", "--expect", "200-204")
    sides.near("monitor", "add", ADDRESS, *options)
    added = sides.far("monitor", "add", ADDRESS, *options)
    assert added.code == 0, added.err
    near, far = sides.near("monitor", "list", "--json").json
    assert added.out == f"Monitor {far['id']}, shop.example: {ADDRESS} every 1m30s.\n"
    told = ("name", "target", "intervalSeconds", "customerId", "customerName")
    assert [near[name] for name in told] == [far[name] for name in told]


def test_changes_are_noticed_alike(sides: Sides) -> None:
    for side in (sides.near, sides.far):
        added = side("monitor", "add", "dns://shop.example?type=MX", "--notice-changes")
        assert added.code == 0, added.err
    with closing(sqlite3.connect(sides.data / "fener.db")) as store:
        sql = "SELECT settings FROM monitors WHERE deleted_at IS NULL"
        near, far = (json.loads(row[0]) for row in store.execute(sql))
    assert near["notice_changes"] is far["notice_changes"] is True
    assert near == far


def test_what_was_not_said_is_the_same_on_both_sides(sides: Sides) -> None:
    sides.near("monitor", "add", "shop.example")
    sides.far("monitor", "add", "shop.example")
    near, far = sides.near("monitor", "list", "--json").json
    assert (far["name"], far["target"]) == (near["name"], near["target"])
    assert far["intervalSeconds"] == near["intervalSeconds"] == 60


def same(sides: Sides, *words: str, untold: tuple[str, ...] = ()) -> Any:
    """What both sides tell alike, in every field that the API has; asked again where it changed
    meanwhile.
    """
    for _ in range(20):
        near = sides.near(*words, "--json").json
        far = sides.far(*words, "--json").json
        if near == sides.near(*words, "--json").json:
            assert far == (near | dict.fromkeys(untold) if untold else near)
            return near
    raise AssertionError(f"{words} change all the time")


def test_both_sides_tell_the_same_of_what_is_up_down_paused_and_new(sides: Sides) -> None:
    with Target(answers={"/": page(), "/broken": page(status=500)}) as target:
        sides.near("monitor", "add", target.url(), "--name", "up", "--every", "1h")
        sides.near("monitor", "add", target.url("/broken"), "--name", "down", "--every", "1s")
        paused = sides.near("monitor", "add", ADDRESS, "--name", "paused", "--json").json
        sides.near("monitor", "pause", str(paused["id"]))
        (incident,) = until_listed(sides)
        told = {one["name"]: one for one in same(sides, "monitor", "list")}
        assert told["up"]["responseMs"] > 0
        assert told["up"]["stateSince"] <= told["up"]["lastCheckedAt"]
        assert told["down"]["openIncidentId"] == incident["id"]
        assert told["down"]["lastMessage"] == "status 500, wanted 200-299"
        assert [told[name]["state"] for name in told] == ["up", "down", "paused"]
        same(sides, "customer", "list")


def test_both_sides_tell_the_same_of_heartbeats(sides: Sides) -> None:
    new = sides.near("heartbeat", "add", "new", "--every", "1h", "--json").json
    heard = sides.near("heartbeat", "add", "heard", "--cron", "30 3 * * *", "--json").json
    with urlopen(heard["pingUrl"], timeout=10) as answer:
        assert answer.status == 200
    until_heard(sides, heard["id"])
    told = {one["name"]: one for one in same(sides, "heartbeat", "list")}
    assert told["heard"]["lastPingAt"] < told["heard"]["expectedAt"]
    assert told["new"]["lastPingAt"] is None
    for added in (new, heard):
        assert same(sides, "heartbeat", "show", str(added["id"]))["pingUrl"] == added["pingUrl"]


def test_both_sides_tell_the_same_of_incidents(sides: Sides) -> None:
    with Target(answers={"/": page(status=500)}) as target:
        sides.near("monitor", "add", target.url(), "--name", "Shop", "--every", "1s")
        (opened,) = until_listed(sides)
        sides.near("incident", "ack", str(opened["id"]))
        (listed,) = same(sides, "incidents", "--open")
        assert listed["acknowledgedAt"]
        assert listed["outageStartedAt"] < listed["openedAt"]
        assert listed["failedChecks"] >= 3
        same(sides, "incident", "show", str(opened["id"]))
        target.at("/", page())
        until(lambda: not sides.near("incidents", "--open", "--json").json)
    assert same(sides, "incidents", "--limit", "1")[0]["status"] == "resolved"
    assert same(sides, "incidents", "--open") == []
    shown = same(sides, "incident", "show", opened["publicId"])
    assert shown["incident"]["resolvedAt"]


def test_what_is_named_by_its_number_is_asked_for_by_it(
    sides: Sides, monkeypatch: pytest.MonkeyPatch
) -> None:
    with Target(answers={"/": page(status=500)}) as target:
        added = sides.near("monitor", "add", target.url(), "--every", "1s", "--json").json
        (incident,) = until_listed(sides)
    asked: list[tuple[str, dict[str, object]]] = []
    whole = Server.get

    def noted(self: Server, path: str, answer: type[Any], **query: object) -> Any:
        asked.append((path, query))
        return whole(self, path, answer, **query)

    monkeypatch.setattr(Server, "get", noted)
    assert sides.far("monitor", "pause", str(added["id"])).code == 0
    assert sides.far("incident", "ack", str(incident["id"])).code == 1, "a pause ended it"
    assert asked == [
        ("/api/websites", {"id": added["id"]}),
        ("/api/incidents", {"id": incident["id"], "includeTotal": 1}),
    ]


def test_a_monitor_is_paused_resumed_checked_and_deleted_from_afar(sides: Sides) -> None:
    with Target() as target:
        added = sides.far("monitor", "add", target.url(), "--every", "1h", "--json").json
        for name in (str(added["id"]), added["publicId"]):
            assert sides.far("monitor", "pause", name).code == 0
            assert sides.near("monitor", "list", "--json").json[0]["state"] == "paused"
            assert sides.far("monitor", "resume", name).code == 0
            assert sides.far("monitor", "check", name).code == 0
        assert sides.far("monitor", "delete", str(added["id"])).code == 0
    assert sides.near("monitor", "list", "--json").json == []


def test_a_heartbeat_added_from_afar_has_the_same_address(sides: Sides) -> None:
    words = ("--cron", "30 3 * * *", "--zone", "Europe/Istanbul", "--grace", "10m")
    added = sides.far("heartbeat", "add", "backup", *words, "--json").json
    near = sides.near("heartbeat", "show", str(added["id"]), "--json").json
    far = sides.far("heartbeat", "show", str(added["id"]), "--json").json
    for name in ("pingUrl", "schedule", "graceSeconds", "name"):
        assert added[name] == near[name] == far[name], name
    assert added["schedule"] == "cron 30 3 * * * (Europe/Istanbul)"
    assert added["graceSeconds"] == 600


def test_a_heartbeat_that_was_heard_is_not_said_to_be_silent_from_afar(sides: Sides) -> None:
    added = sides.far("heartbeat", "add", "backup", "--every", "1h", "--json").json
    assert "never" in sides.far("heartbeat", "list").out
    with urlopen(added["pingUrl"], timeout=10) as answer:
        assert answer.status == 200
    until_heard(sides, added["id"])
    assert "never" not in sides.far("heartbeat", "list").out


@pytest.mark.parametrize(
    ("words", "schedule"),
    [
        (("--every", "90m"), "every 1h30m"),
        (("--on-calendar", "Mon..Fri 08:00", "--zone", "UTC"), "oncalendar Mon..Fri 08:00 (UTC)"),
    ],
)
def test_each_schedule_is_kept_on_the_way(
    sides: Sides, words: tuple[str, ...], schedule: str
) -> None:
    added = sides.far("heartbeat", "add", "backup", *words, "--json").json
    assert added["schedule"] == schedule
    shown = sides.near("heartbeat", "show", str(added["id"]), "--json").json
    assert shown["schedule"] == schedule


def test_an_incident_is_seen_and_acknowledged_from_afar(sides: Sides) -> None:
    with Target(answers={"/": page(status=500)}) as target:
        sides.far("monitor", "add", target.url(), "--every", "1s", "--name", "Shop")
        (listed,) = until_listed(sides)
        assert (listed["monitorName"], listed["cause"]) == ("Shop", "http_status")
        for name in (str(listed["id"]), listed["publicId"]):
            shown = sides.far("incident", "show", name, "--json").json
            assert shown["incident"]["monitorName"] == "Shop"
            assert shown["incident"]["failedChecks"] >= 3
            assert [event["kind"] for event in shown["events"]][:2] == [
                "first_failure",
                "confirmed",
            ]
        acknowledged = sides.far("incident", "ack", str(listed["id"]))
        assert acknowledged.out == f"Incident {listed['id']}, Shop, is acknowledged.\n"
        assert sides.near("incidents", "--open", "--json").json[0]["acknowledgedAt"]
    sides.near("monitor", "delete", str(listed["monitorId"]))
    assert same(sides, "incident", "show", str(listed["id"]))["incident"]["monitorName"] == "Shop"
    assert sides.far("incidents", "--open", "--json").json == []


def test_both_sides_tell_and_change_the_same_of_policies(sides: Sides) -> None:
    options = ("--down-after", "2", "--recheck", "2500ms", "--locations", "2", "--remind", "90s")
    made = sides.far("policy", "set", "gold", "--name", "Gold Plus", *options)
    assert made.code == 0, made.err
    assert made.out == (
        "Policy Gold Plus (gold): down after 2 failing checks, 2s500ms after the first one; "
        "locations: 2; reminder: 1m30s.\n"
    )
    assert made.out == sides.near("policy", "set", "gold").out
    sides.far("policy", "set", "gold", "--remind", "never", "--flap-calm", "1h")
    assert same(sides, "policy", "list")[1]["reminderSeconds"] is None
    assert same(sides, "policy", "show", "gold plus")["flapCalmSeconds"] == 3600
    added = sides.far("monitor", "add", ADDRESS, "--policy", "Gold Plus", "--json").json
    number = str(added["id"])
    shown = same(sides, "monitor", "show", number, untold=("responseTimes",))
    assert shown["policyId"] is not None
    assert shown["responseTimes"] is not None
    for words in (("policy", "delete", "gold"), ("policy", "show", "silver")):
        near, far = sides.near(*words), sides.far(*words)
        assert (near.code, near.complaint[0]) == (far.code, far.complaint[0]), words
    assert sides.far("policy", "use", "--monitor", number).code == 0
    for key in ("gold", "standard"):
        assert sides.far("policy", "use", key, "--customer", "1").code == 0
        assert same(sides, "policy", "show", key)["customers"] == 1
    assert sides.far("policy", "delete", "gold").code == 0
    assert len(same(sides, "policy", "list")) == 1


def test_a_token_of_one_customer_adds_to_it(sides: Sides) -> None:
    (customer,) = sides.near("customer", "list", "--json").json
    sides.bear(sides.token("--customer", str(customer["id"])))
    assert sides.far("monitor", "add", ADDRESS).code == 0
    assert sides.far("customer", "list", "--json").json == [customer]


@pytest.mark.parametrize(
    ("words", "code", "what"),
    [
        (("monitor", "add", "http://a b/"), 2, "space"),
        (("monitor", "add", ADDRESS, "--customer", "777"), 1, "Customer not found"),
        (("monitor", "pause", "777"), 1, "There is no monitor 777"),
        (("monitor", "pause", "019b7a2c-5a00-7c3e-9d11-0a8f5e2b7c41"), 1, "not found"),
        (("incident", "show", "777"), 1, "There is no incident 777"),
        (("heartbeat", "add", "x", "--cron", "61 * * * *"), 2, "61"),
    ],
)
def test_a_refusal_of_the_server_is_told_in_its_words(
    sides: Sides, words: tuple[str, ...], code: int, what: str
) -> None:
    refused = sides.far(*words)
    assert refused.code == code
    assert what in refused.complaint[0]
    assert len(refused.complaint) == 2


def test_a_token_that_was_revoked_is_refused(sides: Sides) -> None:
    sides.bear("wsm_" + "0" * 48)
    refused = sides.far("monitor", "list")
    assert refused.code == 1
    assert refused.complaint[0] == "fener: The server does not know this token"


def test_from_afar_no_token_is_no_access(sides: Sides, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENER_URL", "http://127.0.0.1:1")
    refused = fener("monitor", "list")
    assert refused.code == 2
    assert "FENER_TOKEN" in refused.complaint[0]


def until(condition: Callable[[], Any]) -> Any:
    """What the condition gives once it holds."""
    begun = stopwatch()
    while stopwatch() - begun < WITHIN_US:
        if found := condition():
            return found
    raise AssertionError("it did not come to pass")


def until_listed(sides: Sides) -> list[Any]:
    """The open incidents, once there are some."""
    return list(until(lambda: sides.far("incidents", "--open", "--json").json))


def until_heard(sides: Sides, number: int) -> None:
    """The recorder takes up a ping shortly after it was answered."""
    show = ("heartbeat", "show", str(number), "--json")
    until(lambda: sides.far(*show).json["state"] == "up")
