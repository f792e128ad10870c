"""Who may post, what others may load, and how a refusal looks; asked without a browser."""

from pathlib import Path
from typing import Any

import pytest
from markupsafe import escape

from fener.actions import identify, monitors, signing_in
from fener.actions.monitors import New
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.domain.failure import Facts
from fener.domain.fault import Fault, FaultReason
from fener.domain.kinds.http import HttpSettings
from fener.domain.people import Identity, Role
from fener.domain.time import HOUR, SECOND, Instant
from fener.web.assets import assets
from support.people import PASSWORD, world
from support.place import Place
from support.visitor import ORIGIN, Visitor


async def test_a_page_for_people_inside_leads_others_to_the_door_and_back(place: Place) -> None:
    refused = await place.stranger.get("/channels")
    assert (refused.status, refused.headers["location"]) == (303, "/sign-in?next=/channels")
    entered = await place.stranger.post(
        "/sign-in", email="owner@example.com", password=PASSWORD, next="/channels"
    )
    assert (entered.status, entered.headers["location"]) == (303, "/channels")


@pytest.mark.parametrize(
    "wanted", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:1", ""]
)
async def test_signing_in_leads_to_no_other_host(place: Place, wanted: str) -> None:
    entered = await place.stranger.post(
        "/sign-in", email="owner@example.com", password=PASSWORD, next=wanted
    )
    assert entered.headers["location"] == "/"


async def test_a_wrong_password_keeps_the_address_and_says_no_more_than_that(place: Place) -> None:
    answer = await place.stranger.post("/sign-in", email="owner@example.com", password="guess")
    assert answer.status == 422
    assert b'value="owner@example.com"' in answer.body
    assert b"The e-mail address or the password is wrong." in answer.body
    assert b"guess" not in answer.body


async def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(place: Place) -> None:
    answer = await place.stranger.post("/sign-in", email="owner@example.com", password=PASSWORD)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=lax" in cookie


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_form_from_elsewhere_does_nothing(
    place: Place, owner: Visitor, headers: dict[str, str]
) -> None:
    answer = await owner.post("/start", headers, url="https://shop.example/")
    assert answer.status == 403
    listed = await owner.get("/")
    assert b"shop.example" not in listed.body


async def test_a_form_of_ours_needs_the_token_of_its_session(owner: Visitor) -> None:
    refused = await owner.post("/start", csrf="guessed", url="https://shop.example/")
    assert refused.status == 403
    taken = await owner.post("/start", {"sec-fetch-site": "same-origin"}, url="https://a.example/")
    assert taken.status == 303


async def test_behind_a_proxy_the_public_address_is_ours_too(tmp_path: Path) -> None:
    async with world(tmp_path) as people:
        await people.organization("Acme", "owner@example.com")
        place = Place(people, public_url="https://fener.acme.example")
        headers = {"origin": "https://fener.acme.example"}
        answer = await place.stranger.post(
            "/sign-in", headers, email="owner@example.com", password=PASSWORD
        )
        assert answer.status == 303


async def test_every_answer_forbids_foreign_scripts_and_frames(
    place: Place, owner: Visitor
) -> None:
    for path in ("/sign-in", "/no-such-page", f"/static/{assets().digest}/js/app.js"):
        answer = await place.stranger.get(path)
        policy = answer.headers["content-security-policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert "frame-ancestors 'none'" in policy
    assert (await owner.get("/")).headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        "/monitors/no-uuid",
        "/monitors/0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
        "/incidents/0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b",
        "/heartbeats/0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b/edit",
        "/channels/99999999999999999999999",
        "/channels/7",
        "/xx/api-documentation",
        "/api-documentation/no-such-section",
    ],
)
async def test_what_is_not_there_is_a_page_that_says_so(owner: Visitor, path: str) -> None:
    answer = await owner.get(path)
    assert answer.status == 404
    assert b"Nothing is here" in answer.body


async def test_a_page_of_another_organization_looks_like_one_that_is_not_there(
    place: Place, owner: Visitor
) -> None:
    stranger = await place.people.organization("Other", "other@example.com")
    theirs = await _monitor(place, stranger)
    for path in (f"/monitors/{theirs}", f"/monitors/{theirs}/edit", f"/start/{theirs}"):
        answer = await owner.get(path)
        assert answer.status == 404
        assert b"shop.example" not in answer.body
    deleted = await owner.post(f"/monitors/{theirs}/delete")
    assert deleted.status == 404


async def test_a_reader_sees_what_they_reach_and_changes_nothing(
    place: Place, owner: Visitor
) -> None:
    people = place.people
    caller = await identify.by_session(people.context, await _cookie(place, "owner@example.com"))
    assert caller
    who = await identify.identity_for(people.context, caller)
    seen = await _monitor(place, who)
    await people.member(who.organization_id, Role.READONLY, "reader@example.com")
    reader = await place.signed_in("reader@example.com")
    page = await reader.get(f"/monitors/{seen}")
    assert page.status == 200
    for word in (b"Check now", b"Pause", b"Delete"):
        assert word not in page.body
    for deed in ("check", "pause", "delete"):
        assert (await reader.post(f"/monitors/{seen}/{deed}")).status == 403
    assert (await reader.post("/start", url="https://a.example/")).status == 403


async def test_a_page_says_so_when_the_database_does_not_answer(
    place: Place, owner: Visitor
) -> None:
    async with place.people.context.database.write() as session:
        await session.run("DROP TABLE incidents")
    answer = await owner.get("/", headers={"accept-language": "de"})
    assert answer.status == 503
    assert b"Die Datenbank antwortet nicht" in answer.body


async def test_a_fault_of_fener_shows_on_the_overview(place: Place, owner: Visitor) -> None:
    facts = Facts(name="probe", detail="OSError()")
    fault = Fault(FaultReason.STAGE_BROKE_DOWN, "the prober died three times", facts)
    place.faults.report("probe", fault)
    answer = await owner.get("/")
    assert b"A part of Fener does not work" in answer.body
    assert b"A part of Fener broke down and is started again" in answer.body
    assert b"OSError()" in answer.body
    assert b"died three times" not in answer.body


async def test_a_time_in_which_nobody_heard_is_told_for_some_hours(
    place: Place, owner: Visitor
) -> None:
    now = place.people.now
    await _deaf(place, now - 2 * HOUR, now - HOUR)
    assert b"Fener did not hear anything from 10:00:00 to 11:00:00" in (await owner.get("/")).body
    await place.people.clock.advance(13 * HOUR)
    assert b"Fener did not hear anything" not in (await owner.get("/")).body


async def test_a_moment_of_deafness_is_not_worth_telling(place: Place, owner: Visitor) -> None:
    await _deaf(place, place.people.now - 20 * SECOND, place.people.now)
    assert b"Fener did not hear anything" not in (await owner.get("/")).body


async def _deaf(place: Place, start: Instant, end: Instant) -> None:
    async with place.people.context.database.write() as session:
        await session.run(
            "INSERT INTO deaf_periods (from_at, until_at, why) VALUES (:start, :end, 'asleep')",
            {"start": start, "end": end},
        )


@pytest.mark.parametrize("body", [b"csrf=%ff", b"csrf=a%00", b"a=1&" * 600])
async def test_a_form_that_is_no_text_is_refused_in_words(place: Place, body: bytes) -> None:
    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    answer = await place.client.post("/sign-in", body=body, headers=headers)
    assert answer.status == 400
    assert b"This cannot be" in answer.body


async def test_a_body_beyond_a_megabyte_is_refused(place: Place) -> None:
    headers = {**ORIGIN, "content-type": "application/x-www-form-urlencoded"}
    answer = await place.client.post("/sign-in", body=b"a=" + b"x" * 2**21, headers=headers)
    assert answer.status == 413


async def test_a_static_file_is_kept_for_ever_under_its_own_digest(place: Place) -> None:
    address = assets().address("css/tokens.css")
    present = await place.stranger.get(address)
    assert "immutable" in present.headers["cache-control"]
    past = await place.stranger.get(address.replace(assets().digest, "0123456789abcdef"))
    assert past.headers["cache-control"] == "no-cache"
    assert (await place.stranger.get(f"/static/{assets().digest}/../app.py")).status == 404


async def test_pieces_of_a_page_are_compressed_where_that_is_understood(owner: Visitor) -> None:
    plain = await owner.get("/")
    small = await owner.get("/", headers={"accept-encoding": "gzip"})
    assert small.headers["content-encoding"] == "gzip"
    assert len(small.body) < len(plain.body) / 2


async def _cookie(place: Place, email: str) -> str:
    attempt = Attempt(email=email, password=PASSWORD, address="192.0.2.1")
    return (
        await signing_in.sign_in(place.people.context, SignInThrottle(place.people.clock), attempt)
    ).cookie


async def _monitor(place: Place, who: Identity) -> str:
    new = New(settings=HttpSettings(url="https://shop.example/"))
    return str((await monitors.add(place.people.context, who, new)).public_id)


@pytest.mark.parametrize(
    "path", ["/", "/incidents", "/heartbeats", "/channels", "/tokens", "/you", "/monitors/add"]
)
@pytest.mark.parametrize("reach", [None, ()], ids=["everything", "nothing"])
async def test_every_list_is_open_to_a_reader_of_all_or_of_nothing(
    place: Place, path: str, reach: tuple[int, ...] | None
) -> None:
    await place.people.member(1, Role.READONLY, "reader@example.com", reach)
    reader = await place.signed_in("reader@example.com")
    assert (await reader.get(path)).status == 200


async def test_the_pieces_of_a_page_come_without_its_frame(owner: Visitor) -> None:
    for path in ("/?part=now", "/?part=list", "/wall?here=/", "/incidents", "/heartbeats"):
        answer = await owner.get(path, headers={"hx-request": "true"})
        assert answer.status == 200
        assert b"<html" not in answer.body


async def test_whoever_is_signed_out_meanwhile_is_led_to_the_door_by_a_piece_too(
    place: Place,
) -> None:
    answer = await place.stranger.get("/?part=now", headers={"hx-request": "true"})
    assert answer.headers["hx-redirect"] == "/sign-in"


async def test_signing_out_ends_the_session_for_good(place: Place, owner: Visitor) -> None:
    assert (await owner.post("/sign-out")).headers["location"] == "/sign-in"
    assert (await owner.get("/")).status == 303


async def test_guessing_passwords_is_slowed_down(place: Place) -> None:
    for _ in range(10):
        await place.stranger.post("/sign-in", email="owner@example.com", password="guess")
    answer = await place.stranger.post("/sign-in", email="owner@example.com", password=PASSWORD)
    assert answer.status == 429
    assert b"Too many attempts. Wait 15 minutes" in answer.body


async def test_the_secrets_of_a_monitor_and_a_channel_are_never_shown_again(
    owner: Visitor,
) -> None:
    added = await owner.post(
        "/monitors/add",
        url="https://shop.example/",
        interval="60",
        timeout="10",
        auth="basic",
        username="ada",
        secret="hunter2hunter2",
        expected_status="200-299",
        tell="all",
    )
    page = await owner.get(f"{added.headers['location']}/edit")
    assert b'value="ada"' in page.body
    assert b"hunter2" not in page.body
    kept = await owner.post(
        f"{added.headers['location']}/edit",
        url="https://shop.example/",
        interval="60",
        timeout="10",
        auth="basic",
        username="grace",
        expected_status="200-299",
        tell="all",
    )
    assert kept.status == 303


async def test_what_is_asked_of_an_answer_is_kept_by_the_form(owner: Visitor) -> None:
    asked: dict[str, Any] = {
        "url": "https://shop.example/",
        "interval": "60",
        "timeout": "10",
        "expected_status": "200-299",
        "tell": "all",
        "keyword_absent": "Fatal error",
        "pattern": "v[0-9]+ ",
        "json": "$.status = ok\n$['a = b']",
        "least_size": "10",
        "most_size": "1000",
        "expected_headers": "X-Env: prod",
        "ip_version": "ipv6",
        "http_version": "2",
        "cache_buster": "on",
        "keep_cookies": "on",
        "slow_after": "1500",
        "upside_down": "on",
    }
    added = await owner.post("/monitors/add", **asked)
    page = (await owner.get(f"{added.headers['location']}/edit")).body.decode()
    names = ("keyword_absent", "pattern", "json", "most_size", "slow_after")
    shown = [escape(asked[name]) for name in names]
    chosen = ['<option value="ipv6" selected>', '<option value="2" selected>']
    ticked = ("cache_buster", "keep_cookies", "upside_down")
    chosen += [f'name="{name}" checked' for name in ticked]
    assert [one for one in (*shown, *chosen) if one not in page] == []
    refused = await owner.post("/monitors/add", **{**asked, "ip_version": "ipv5"})
    assert refused.status == 422
    refused = await owner.post("/monitors/add", **{**asked, "json": "status", "least_size": "x"})
    assert refused.status == 422
    assert b'id="e-least_size"' in refused.body
    refused = await owner.post("/monitors/add", **{**asked, "json": "status"})
    assert b'id="e-json"' in refused.body
    refused = await owner.post("/monitors/add", **{**asked, "slow_after": "60001"})
    assert b'id="e-slow_after"' in refused.body


async def test_the_secret_of_a_client_is_kept_for_its_own_endpoint_alone(owner: Visitor) -> None:
    asked: dict[str, Any] = {
        "url": "https://shop.example/",
        "interval": "60",
        "timeout": "10",
        "expected_status": "200-299",
        "tell": "all",
        "auth": "oauth2",
        "username": "fener",
        "token_url": "https://id.example/token",
        "scope": "read",
    }
    added = await owner.post("/monitors/add", **{**asked, "secret": "hunter2hunter2"})
    edit = f"{added.headers['location']}/edit"
    page = (await owner.get(edit)).body
    assert b'value="https://id.example/token"' in page
    assert b"hunter2" not in page
    assert (await owner.post(edit, **asked)).status == 303
    away = await owner.post(edit, **{**asked, "token_url": "https://evil.example/token"})
    assert away.status == 422
