"""A real server is stopped and started, a real job falls silent, and both APIs tell of it.

Everything runs as people run it: `fener serve`, its command line, the APIs through the real curl
binary. What the APIs say is held against the logs of those who were there.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from msgspec import Struct

from fener.clock import SystemClock
from fener.domain.time import SECOND, Instant, Span, from_datetime, parse_plain_text
from fener.testing.server import ServedFener
from support.api import Answer
from support.curl import Curl
from support.nginx import Line, Nginx
from support.real import Running
from support.schemas import fits, good
from support.targets import Target

INTERVAL: Span = 2 * SECOND
TIMEOUT: Span = 2 * SECOND
RECHECK: Span = 10 * SECOND
SITES = 5
HEARTBEAT_DUE: Span = 3 * SECOND
PUBLISHED = Path(__file__).parents[1] / "fixtures" / "published"
CLOCK = SystemClock()


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("real")
    with ServedFener(folder / "data") as fener:
        yield Running(fener, folder / "data", Curl(folder))


class Told(Struct):
    """What both APIs said at one time, by website: list item, details, and account item."""

    listed: dict[int, dict[str, Any]]
    details: dict[int, dict[str, Any]]
    account: dict[int, dict[str, Any]]
    account_list: list[dict[str, Any]]


class Outage(Struct):
    """A server that was down from `down_at` to `up_at`, and all that was said and logged of it."""

    websites: dict[int, dict[str, Any]]
    down_at: Instant
    up_at: Instant
    while_open: Told
    afterwards: Told
    checks: dict[int, dict[int, dict[str, Any]]]
    log: list[Line]
    hooks: list[dict[str, Any]]


def tell(running: Running) -> Told:
    listed = {one["websiteId"]: one for one in running.incidents()}
    details, account = {}, {}
    for website, one in listed.items():
        answer = running.organization(f"/api/incidents/{one['publicId']}")
        details[website] = good(answer, "organization-incident")
        item = good(running.account(f"/api/incidents/{one['id']}"), "account-incident")
        account[website] = item["data"]
    return Told(listed, details, account, running.account_incidents())


def add_website(running: Running, nginx: Nginx, number: int) -> dict[str, Any]:
    wanted = {
        "customerId": 1,
        "name": f"Site {number}",
        "url": nginx.url(f"/{number}"),
        "checkIntervalSeconds": INTERVAL // SECOND,
        "timeoutSeconds": TIMEOUT // SECOND,
    }
    website: dict[str, Any] = good(
        running.organization("/api/websites", "POST", wanted), "organization-website"
    )
    return website


@pytest.fixture(scope="module")
def outage(running: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outage]:
    """nginx is watched, stopped, started again; ends when all incidents are resolved and told."""
    with Target() as receiver, Nginx(tmp_path_factory.mktemp("nginx")) as nginx:
        hook = {"type": "webhook", "name": "Hook", "config": {"url": receiver.url("/hook")}}
        receiver.at("/hook", receiver.answers["/"])
        added = running.organization("/api/notification-channels", "POST", hook)
        good(added, "organization-channel")
        websites = [add_website(running, nginx, number) for number in range(SITES)]
        paths = {f"/{number}" for number in range(SITES)}
        running.eventually(lambda: paths <= {line.path for line in nginx.log()})
        nginx.stop()
        down_at = CLOCK.now()
        running.eventually(
            lambda: [one["status"] for one in running.incidents()] == ["open"] * SITES
        )
        while_open = tell(running)
        up_at = CLOCK.now()
        nginx.start()
        running.eventually(lambda: {one["status"] for one in running.incidents()} == {"resolved"})
        running.eventually(lambda: len(receiver.requests) >= 2 * SITES)
        yield Outage(
            websites={one["id"]: one for one in websites},
            down_at=down_at,
            up_at=up_at,
            while_open=while_open,
            afterwards=tell(running),
            checks={one["id"]: running.checks(one["publicId"]) for one in websites},
            log=nginx.log(),
            hooks=[json.loads(request.body) for request in receiver.requests],
        )


def instant(text: str) -> Instant:
    return from_datetime(datetime.fromisoformat(text))


def test_each_site_has_one_incident_confirmed_within_the_promised_time(outage: Outage) -> None:
    assert set(outage.while_open.listed) == set(outage.websites)
    for one in outage.while_open.listed.values():
        took = instant(one["started_at"]) - outage.down_at
        assert 0 < took <= INTERVAL + 2 * (RECHECK + TIMEOUT)
        assert (one["status"], one["severity"], one["resolved_at"]) == ("open", "downtime", None)
        assert one["status_code"] is None
        assert "refused" in one["error_message"]


def test_both_apis_tell_of_the_same_incident_while_it_is_open(outage: Outage) -> None:
    for website, listed in outage.while_open.listed.items():
        account, details = outage.while_open.account[website], outage.while_open.details[website]
        assert listed["id"] in [one["id"] for one in outage.while_open.account_list]
        timeline = details["timeline"]
        assert account["id"] == listed["id"] == details["incident"]["id"]
        assert (account["monitor_id"], account["heartbeat_id"]) == (website, 0)
        assert account["start_monitor_log_id"] == int(timeline["outageStartedCheck"]["id"])
        assert in_seconds(timeline["outageStartedAt"]) == account["start_datetime"]
        assert (account["end_datetime"], account["end_monitor_log_id"]) == (None, 0)
        assert timeline["confirmationAt"] == listed["started_at"]
        assert timeline["failedChecksTotal"] >= 3
        assert timeline["recoveryChecks"] == []
        assert listed["website"]["url"] == outage.websites[website]["url"]


def test_both_apis_tell_of_the_same_end(outage: Outage) -> None:
    for website, listed in outage.afterwards.listed.items():
        before, account = outage.while_open.listed[website], outage.afterwards.account[website]
        assert account in outage.afterwards.account_list
        timeline = outage.afterwards.details[website]["timeline"]
        for kept in ("id", "publicId", "started_at", "severity", "error_message"):
            assert listed[kept] == before[kept]
        assert instant(listed["resolved_at"]) > outage.up_at
        first = timeline["recoveryChecks"][0]
        assert account["end_monitor_log_id"] == int(first["id"])
        assert account["end_datetime"] == in_seconds(first["checkedAt"])
        failed = timeline["failedChecks"]
        assert account["failed_checks"] == timeline["failedChecksTotal"] == len(failed)
        assert account["last_failed_check_datetime"] == in_seconds(failed[-1]["checkedAt"])


def in_seconds(text: str) -> str:
    return text[:19].replace("T", " ")


def test_each_log_id_leads_to_a_check_that_the_server_s_own_log_bears_out(outage: Outage) -> None:
    """A failing check has no line there; the first good one has its line within its second."""
    for website, account in outage.afterwards.account.items():
        checks, asked = outage.checks[website], lines_of(outage, website)
        start, end = (checks[account[f"{which}_monitor_log_id"]] for which in ("start", "end"))
        assert (start["status"], end["status"]) == ("failure", "success")
        assert abs(instant(start["checkedAt"]) - outage.down_at) <= INTERVAL + SECOND
        assert instant(end["checkedAt"]) > outage.up_at - SECOND
        timeline = outage.afterwards.details[website]["timeline"]
        for check in (*timeline["failedChecks"], *timeline["recoveryChecks"]):
            recorded = checks[int(check["id"])]
            for field in ("checkedAt", "status", "statusCode", "errorMessage"):
                assert recorded[field] == check[field]
        for check in timeline["failedChecks"]:
            at = instant(check["checkedAt"])
            assert [line for line in asked if at <= line.at < at + SECOND] == []
        answered = lines_by_check(outage, website)[int(end["id"])]
        assert 0 <= answered.at - instant(end["checkedAt"]) < SECOND


def test_nobody_asked_the_server_while_it_was_down_and_every_good_check_did(
    outage: Outage,
) -> None:
    assert [line for line in outage.log if outage.down_at < line.at < outage.up_at] == []
    for website, checks in outage.checks.items():
        lines = lines_by_check(outage, website)
        assert len(lines) >= 3
        for identifier, line in lines.items():
            assert (line.method, line.status) == ("GET", 200)
            assert 0 <= line.at - instant(checks[identifier]["checkedAt"]) < TIMEOUT + SECOND


def lines_of(outage: Outage, website: int) -> list[Line]:
    path = "/" + outage.websites[website]["url"].rpartition("/")[2]
    return [line for line in outage.log if line.path == path]


def lines_by_check(outage: Outage, website: int) -> dict[int, Line]:
    """The line of each good check, by its id: one each, in the same order."""
    checks = sorted(outage.checks[website].values(), key=lambda check: str(check["checkedAt"]))
    succeeded = [int(check["id"]) for check in checks if check["status"] == "success"]
    lines = lines_of(outage, website)
    assert 0 <= len(lines) - len(succeeded) <= 1, "one more at most is on its way"
    return dict(zip(succeeded, lines, strict=False))


def test_the_webhook_was_told_once_of_each_outage_and_then_of_its_end(outage: Outage) -> None:
    for website, listed in outage.afterwards.listed.items():
        told = [one for one in outage.hooks if one["website"]["id"] == website]
        assert [one["event"] for one in told] == ["incident.created", "incident.resolved"]
        assert {one["incident"]["id"] for one in told} == {listed["id"]}
        assert told[0]["incident"]["started_at"] == listed["started_at"]
        assert instant(listed["last_notified_at"]) >= instant(listed["resolved_at"])


class Silence(Struct):
    """A job that pinged at `pinged_at` and then no more until `back_at`."""

    heartbeat: dict[str, Any]
    pinged_at: Instant
    back_at: Instant
    while_open: dict[str, Any]
    afterwards: dict[str, Any]
    checks: dict[int, dict[str, Any]]
    details: dict[str, Any]


def add_heartbeat(running: Running, name: str, seconds: int) -> int:
    """With a second of grace; gives its id."""
    form = {
        "name": name,
        "run_interval": seconds,
        "run_interval_type": "seconds",
        "run_interval_grace": 1,
        "run_interval_grace_type": "seconds",
    }
    created = running.account("/api/heartbeats", "POST", **form)
    assert created.status == 201
    number: int = fits("account-changed", created.json)["data"]["id"]
    return number


@pytest.fixture(scope="module")
def silence(running: Running) -> Silence:
    number = add_heartbeat(running, "Nightly backup", 2)
    path = f"/api/heartbeats/{number}"
    heartbeat = good(running.account(path), "account-heartbeat")["data"]
    pinged_at = ping(running, heartbeat)

    def of_job() -> list[dict[str, Any]]:
        return [one for one in running.account_incidents() if one["heartbeat_id"] == number]

    (while_open,) = running.eventually(of_job)
    back_at = ping(running, heartbeat)
    (afterwards,) = of_job()
    running.account(path, "POST", is_enabled=0)
    public_id = next(
        one["publicId"] for one in running.incidents() if one["id"] == afterwards["id"]
    )
    details = running.organization(f"/api/incidents/{public_id}")
    return Silence(
        heartbeat=heartbeat,
        pinged_at=pinged_at,
        back_at=back_at,
        while_open=while_open,
        afterwards=afterwards,
        checks=running.checks(number),
        details=good(details, "organization-incident"),
    )


def ping(running: Running, heartbeat: dict[str, Any], word: str = "") -> Instant:
    """As a job does; gives when it was answered."""
    answer = running.curl.ask("GET", running.url(f"/ping/{heartbeat['code']}{word}"))
    assert (answer.status, answer.body) == (200, b"OK")
    return CLOCK.now()


def test_a_job_that_falls_silent_appears_in_the_account_api_by_its_heartbeat_id(
    silence: Silence,
) -> None:
    incident = silence.while_open
    assert (incident["heartbeat_id"], incident["monitor_id"]) == (silence.heartbeat["id"], 0)
    assert (incident["start_monitor_log_id"], incident["end_monitor_log_id"]) == (0, 0)
    assert (incident["end_datetime"], incident["end_heartbeat_log_id"]) == (None, 0)
    due_at = silence.pinged_at + HEARTBEAT_DUE
    assert -SECOND <= parse_plain_text(incident["start_datetime"]) - due_at <= SECOND
    assert instant(silence.details["incident"]["startedAt"]) <= due_at + 3 * SECOND


def test_the_log_ids_of_a_silent_job_lead_to_its_missed_run_and_to_its_next_ping(
    silence: Silence,
) -> None:
    incident = silence.afterwards
    assert incident["id"] == silence.while_open["id"]
    missed = silence.checks[incident["start_heartbeat_log_id"]]
    back = silence.checks[incident["end_heartbeat_log_id"]]
    assert (missed["status"], back["status"]) == ("failure", "success")
    assert in_seconds(missed["checkedAt"]) == incident["start_datetime"]
    assert in_seconds(back["checkedAt"]) == incident["end_datetime"]
    assert 0 <= silence.back_at - instant(back["checkedAt"]) < SECOND
    missed_runs = [one for one in silence.checks.values() if one["status"] == "failure"]
    assert incident["failed_checks"] == len(missed_runs)
    assert silence.details["timeline"]["failedChecksTotal"] == len(missed_runs)


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("/fail", "the job reported a failure"),
        ("/3", "the job ended with exit status 3"),
        ("/start", "the run did not end within 1 second of its start"),
    ],
)
def test_a_job_that_fails_or_runs_too_long_opens_an_incident_that_says_so(
    running: Running, word: str, message: str
) -> None:
    number = add_heartbeat(running, f"Job {word}", 3_600)
    heartbeat = good(running.account(f"/api/heartbeats/{number}"), "account-heartbeat")["data"]
    ping(running, heartbeat, word)

    def of_job() -> list[dict[str, Any]]:
        return [one for one in running.incidents() if one["websiteId"] == number]

    (incident,) = running.eventually(of_job)
    assert (incident["status"], incident["error_message"]) == ("open", message)
    assert incident["website"]["url"] == ""
    ping(running, heartbeat, "/0")
    (incident,) = of_job()
    assert incident["status"] == "resolved"


def published(page: str) -> list[str]:
    """The command lines of a published page, as they stand there."""
    return (PUBLISHED / f"{page}.txt").read_text().rstrip("\n").split("\n\n")


def spelled(line: str, *, with_slash: bool) -> str:
    """The same line with or without a slash at the end of its path."""
    for mark in ("'", "?"):
        with_one, without = f"/{mark}", mark
        head, found, rest = line.partition("/api/incidents")
        path, mark_found, tail = rest.partition(mark)
        if not mark_found or "\n" in path:
            continue
        bare = path.rstrip("/")
        return f"{head}{found}{bare}{with_one if with_slash else without}{tail}"
    raise AssertionError(line)


CREDENTIALS = ("key", "token")
CASES = list(product(CREDENTIALS, [True, False]))


@pytest.mark.parametrize(("credential", "with_slash"), CASES)
def test_every_line_of_the_account_page_works_as_it_is_published(
    running: Running, outage: Outage, credential: str, *, with_slash: bool
) -> None:
    secret = getattr(running, credential)
    website = sorted(outage.websites)[CASES.index((credential, with_slash))]
    incident = outage.afterwards.listed[website]["id"]

    def paste(line: str) -> Answer:
        named = spelled(line, with_slash=with_slash)
        for text, stands_for in (
            ("https://calisiyormu.com", running.fener.url),
            ("{api_key}", secret),
            ("{incident_id}", str(incident)),
        ):
            named = named.replace(text, stands_for)
        return running.curl.paste(named)

    listing, getting, changing, deleting = published("account")
    if with_slash:
        assert paste(listing).body == running.account("/api/incidents/").body
        good(paste(listing), "account-incidents")
    else:
        good(paste(listing), "organization-incidents")
    before = good(paste(getting), "account-incident")["data"]
    assert (before["id"], before["comment"]) == (incident, None)
    assert good(paste(changing), "account-changed") == {"data": {"id": incident}}
    assert good(paste(getting), "account-incident")["data"] == {**before, "comment": "Example"}
    deleted = paste(deleting)
    assert (deleted.status, deleted.body) == (200, b"")
    assert paste(getting).status == 404


@pytest.mark.parametrize(("credential", "with_slash"), CASES)
def test_every_line_of_the_organization_page_works_as_it_is_published(
    running: Running, silence: Silence, credential: str, *, with_slash: bool
) -> None:
    head, *lines = published("organization")
    secret = getattr(running, credential)
    begin = head.replace("https://uptimeify.io", running.fener.url)
    begin = begin.replace("<dein-api-token>", secret)
    assert len(lines) == 2
    for line in lines:
        answer = running.curl.paste(f"{begin}\n{spelled(line, with_slash=with_slash)}")
        listed = good(answer, "organization-incidents")
        assert silence.afterwards["id"] in {one["id"] for one in listed}
