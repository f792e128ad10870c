"""Paths and queries that no sane client sends: a clear refusal for each, and nothing changed."""

import pytest

from support.api import Client
from support.bad_input import BEYOND, IDS, NO_TEXT, PARAMETERS, complaints, undocumented
from support.rights import Operation, operations
from support.rights_asking import Asked, own_requests
from support.rights_building import town
from support.rights_world import Open
from support.schemas import refused

CALLERS = ("key of owner", "token")
ASKED: dict[str, dict[str, Asked]] = {
    name: {one.line.operation.name: one for one in own_requests(town().callers[name])}
    for name in CALLERS
}
EITHER = ("/api/incidents", "/api/dns-monitors")
"""Here the form of the id, or the query, says which contract answers."""


KEYS = ("abc", "null")
"""What is no id, and may be the key of a package."""


def _answered(caller: str) -> list[Operation]:
    """Not those of a shared path whose contract another kind of credential chooses."""
    return [one for one in operations() if one.name in ASKED[caller]]


def _contract(operation: Operation) -> str | None:
    return None if operation.path.startswith(EITHER) else operation.contract


@pytest.mark.parametrize("caller", CALLERS)
async def test_an_id_that_is_none_is_refused_on_every_route(here: Open, caller: str) -> None:
    client = here.client(here.town.callers[caller])
    wrong = []
    for operation in (one for one in operations() if one.named):
        asked = ASKED[caller][operation.name]
        for bad in IDS:
            if operation.key == "PATCH /api/package-configs/{}" and bad in KEYS:
                continue  # one that is not there is added
            target = operation.path.replace(f"{{{operation.named}}}", bad)
            answer = await Asked(asked.line, "", bad, target, asked.body).of(client)
            said = [*complaints(answer, _contract(operation))]
            if not operation.path.startswith(EITHER):
                said += undocumented(answer, operation)
            elif answer.status == 405:
                continue  # the other contract has the path, not the method
            if answer.status not in {400, 403, 404}:
                said.append(f"{answer.status}")
            if bad in NO_TEXT and answer.status != 400:
                said.append(f"{answer.status}, wanted 400")
            if here.is_changed:
                said.append("changed something")
                here.reset()
            wrong += [f"{operation.name} {bad[:60]}: {one}" for one in said]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_parameter_that_makes_no_sense_is_ignored_or_refused(
    here: Open, caller: str
) -> None:
    client = here.client(here.town.callers[caller])
    wrong = []
    for operation in (one for one in _answered(caller) if one.is_safe and one.query):
        target = ASKED[caller][operation.name].target
        for name in operation.query:
            for bad in PARAMETERS:
                answer = await client.get(f"{target}?{name}={bad}")
                said = [*complaints(answer, _contract(operation))]
                said += undocumented(answer, operation)
                if answer.status not in _expected(operation, bad):
                    said.append(f"{answer.status} {answer.body!r:.100}")
                wrong += [f"{operation.name} {name}={bad[:60]}: {one}" for one in said]
    assert not wrong, "\n".join(wrong)
    assert not here.is_changed


def _expected(operation: Operation, bad: str) -> set[int]:
    """The account API ignores what makes no sense; the other one says what does."""
    if bad in NO_TEXT:
        return {400}
    if operation.contract == "account":
        return {200, 403} if operation.path == "/api/user" else {200}
    return {200, 400, 403, 404}


ODD = (
    *("page=1&page=x&page=", "page[]=1&page[0]=2&page[a]=3", "&&&==&=", "?", "page=1;limit=1"),
    *("limit=1&limit=-1&offset=x&page=0", "organizationId=&limit=", "%", "%zz=%zz"),
    *("a=" * 2_000, "x&" * 3_000, "__proto__[x]=1", "page=%31", "#page=1"),
)


@pytest.mark.parametrize("caller", CALLERS)
async def test_an_odd_query_breaks_no_list(here: Open, caller: str) -> None:
    client = here.client(here.town.callers[caller])
    for operation in (one for one in _answered(caller) if one.is_safe):
        target = ASKED[caller][operation.name].target
        for odd in ODD:
            answer = await client.get(f"{target}?{odd}")
            assert not [*complaints(answer, _contract(operation))], (target, odd)
            assert answer.status in {200, 400, 403}, (target, odd, answer)
    assert not here.is_changed


@pytest.mark.parametrize("caller", CALLERS)
async def test_numbers_of_pages_end_nowhere(here: Open, caller: str) -> None:
    """Far pages are empty, and huge limits hold what there is."""
    client = here.client(here.town.callers[caller])
    for number in ("9223372036854775807", *BEYOND):
        far = await client.get(f"/api/monitors/?page={number}&results_per_page=1000")
        assert far.json["data"] == []
        assert far.json["meta"]["total"] == 4
        assert (await client.get(f"/api/websites?page={number}&perPage=200")).json["items"] == []
        assert (await client.get(f"/api/incidents?offset={number}&limit=500")).json == []
        everything = (await client.get(f"/api/incidents?limit={number}&includeTotal=1")).json
        assert (everything["limit"], len(everything["incidents"])) == (500, everything["total"])
    for below in ("0", "-1", "-9223372036854775809"):
        first = (await client.get(f"/api/monitors/?page={below}")).json
        assert first["meta"]["page"] == 1
        assert len(first["data"]) == 4
        refused(await client.get(f"/api/incidents?limit={below}"), "organization", 400)
        refused(await client.get(f"/api/websites?page={below}"), "organization", 400)


METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND", "get")


@pytest.mark.parametrize("caller", CALLERS)
async def test_a_method_that_a_path_has_not_is_refused(here: Open, caller: str) -> None:
    client = here.client(here.town.callers[caller])
    known: dict[str, set[str]] = {}
    for operation in _answered(caller):
        path = ASKED[caller][operation.name].target.rstrip("/")
        known.setdefault(path, {"HEAD", "OPTIONS"}).add(operation.method)
    for path, methods in known.items():
        for method in (one for one in METHODS if one not in methods):
            answer = await client.ask(method, path, json={})
            # a number is no public id, which the contract that has the method says first
            is_other = path.startswith(EITHER) and method in {"PATCH", "PUT"}
            assert answer.status in ({400, 404, 405} if is_other else {403, 404, 405}), (
                method,
                path,
                answer,
            )
            assert not [*complaints(answer, None)], (method, path)
            assert not here.is_changed, (method, path)


HEADERS: tuple[dict[str, str], ...] = (
    {"authorization": "Bearer \x00"},
    {"authorization": "Bearer \xff\xfe"},
    {"authorization": "Bearer " + "x" * 60_000},
    {"authorization": "bearer"},
    {"authorization": "Bearer a b c"},
    {"authorization": "\xff"},
    {"cookie": "\xff=\xff; fener_session=\x00; ;;=;fener_session"},
    {"cookie": "fener_session=" + "x" * 60_000},
    {"cookie": 'fener_session="quoted"; fener_session=again'},
)


@pytest.mark.parametrize("headers", HEADERS, ids=repr)
async def test_a_credential_that_is_none_recognizes_nobody(
    here: Open, headers: dict[str, str]
) -> None:
    for asked in ASKED["token"].values():
        refused(
            await asked.of(Client(here.api, headers)),
            asked.line.operation.contract,
            401,
            "Unauthorized",
        )


SOME = (
    "account GET /api/incidents/",
    "account POST /api/incidents/{}",
    "organization GET /api/incidents",
    "organization PATCH /api/websites/{}",
)


@pytest.mark.parametrize("sign", ["origin", "sec-fetch-site", "x-csrf-token", "host", "accept"])
@pytest.mark.parametrize("value", ["", "\xff", "\x00", "x" * 60_000, "http://[", 'a, b; c="d'])
async def test_a_header_that_makes_no_sense_breaks_nothing(
    here: Open, sign: str, value: str
) -> None:
    client = here.client(here.town.callers["session of owner"])
    for name in SOME:
        asked = ASKED["token"][name]
        own = {"origin": "http://fener.example"} if sign != "origin" else {}
        answer = await asked.of(client, headers={**own, sign: value})
        assert not [*complaints(answer, asked.line.operation.contract)], asked
        if here.is_changed:
            here.reset()
