"""What each caller's lists hold: just what the caller reaches, by ids, totals, links and search."""

import math
from typing import Any

import pytest

from support.rights import lines, operations
from support.rights_asking import is_answered
from support.rights_building import town
from support.rights_town import Caller, mark
from support.rights_world import Open

_WITHIN = "organization_id = :organization AND (:every OR customer_id = :customer)"
LISTS: dict[str, tuple[str, str]] = {
    "account GET /api/incidents/": ("incidents", _WITHIN),
    "account GET /api/monitors/": ("monitors", f"{_WITHIN} AND kind NOT IN ('heartbeat', 'dns')"),
    "account GET /api/heartbeats/": ("monitors", f"{_WITHIN} AND kind = 'heartbeat'"),
    "account GET /api/dns-monitors/": ("monitors", f"{_WITHIN} AND kind = 'dns'"),
    "account GET /api/notification-handlers/": ("channels", _WITHIN),
    "organization GET /api/incidents": ("incidents", _WITHIN),
    "organization GET /api/websites": ("monitors", _WITHIN),
    "organization GET /api/icmp-monitors": ("monitors", f"{_WITHIN} AND kind = 'icmp'"),
    "organization GET /api/dns-monitors": ("monitors", f"{_WITHIN} AND kind = 'dns'"),
    "organization GET /api/notification-channels": ("channels", _WITHIN),
    "organization GET /api/customers": (
        "customers",
        "organization_id = :organization AND (:every OR id = :customer)",
    ),
    "organization GET /api/users": (
        "users",
        "id IN (SELECT user_id FROM members WHERE organization_id = :organization)",
    ),
    "organization GET /api/package-configs": ("policies", "organization_id = :organization"),
    "organization GET /api/organization/tokens": ("tokens", "organization_id = :organization"),
    "organization GET /api/customer/tokens": (
        "tokens",
        f"{_WITHIN} AND customer_id IS NOT NULL",
    ),
}
"""Of each list: the table and the rows that it may show."""
SINGLE = {
    "account GET /api/user",
    "organization GET /api/organization",
    "organization GET /api/organizations",
}
SIZE = 10


async def test_every_list_is_walked() -> None:
    listing = {one.name for one in operations() if one.is_safe and one.named is None}
    assert listing - SINGLE == set(LISTS)


def permitted(caller: Caller) -> list[str]:
    told = {line.name: line for line in lines() if is_answered(line.operation, caller)}
    return [
        name
        for name in LISTS
        if name in told and told[name].wanted(caller.column, with_session=caller.has_session) == "+"
    ]


def expected(here: Open, caller: Caller, name: str) -> list[int]:
    table, condition = LISTS[name]
    own = here.town.things[caller.whose["A"]]
    reach = {
        "organization": int(own["organizationId"][0]),
        "customer": 0 if caller.column == "read0" else int(own["customerId"][-1]),
        "every": "acme" not in caller.hidden or "neighbour" in caller.name,
    }
    rows = here.rows(f"SELECT id FROM {table} WHERE {condition}", **reach)
    return sorted(number for (number,) in rows)


def held(name: str, answer: Any) -> tuple[list[int], int | None]:
    """The ids of a page, and the total that it tells."""
    if name.startswith("account"):
        return _ids(answer["data"]), answer["meta"]["total"]
    if isinstance(answer, list):
        return _ids(answer), None
    return _ids(answer.get("items", answer.get("incidents"))), answer["total"]


def _ids(items: list[dict[str, Any]]) -> list[int]:
    return sorted(int(one["id"]) for one in items)


@pytest.mark.parametrize("name", town().callers)
async def test_a_list_holds_what_its_reader_reaches_and_counts_no_more(
    here: Open, name: str
) -> None:
    caller = here.town.callers[name]
    for listed in permitted(caller):
        path = listed.split()[-1]
        wanted = expected(here, caller, listed)
        for query in ("", "?includeTotal=1") if listed.endswith("GET /api/incidents") else ("",):
            answer = (await here.client(caller).get(path + query)).json
            ids, total = held(listed, answer)
            assert ids == wanted, (listed, query)
            assert total in {None, len(wanted)}, (listed, query)


@pytest.mark.parametrize("name", town().callers)
async def test_the_last_page_is_where_its_readers_reach_ends(here: Open, name: str) -> None:
    """Others have enough for many pages."""
    caller = here.town.callers[name]
    here.crowd({"A", "B", "elsewhere"} & {*caller.hidden}, 30)
    for listed in permitted(caller):
        wanted = expected(here, caller, listed)
        walked = []
        for target in _pages(listed, len(wanted)):
            answer = (await here.client(caller).get(target)).json
            ids, _ = held(listed, answer)
            walked += ids
            if listed.startswith("account"):
                last = max(1, math.ceil(len(wanted) / SIZE))
                assert answer["meta"]["total_pages"] == last
                assert answer["links"]["last"].endswith(f"page={last}")
        assert sorted(walked) == wanted, listed


def _pages(listed: str, count: int) -> list[str]:
    """Each page of what is expected, and the two behind it."""
    path = listed.rsplit(maxsplit=1)[-1]
    numbers = range(1, math.ceil(count / SIZE) + 3)
    if listed.startswith("account"):
        return [f"{path}?results_per_page={SIZE}&page={number}" for number in numbers]
    if path in {"/api/websites", "/api/icmp-monitors", "/api/dns-monitors"}:
        return [f"{path}?perPage={SIZE}&page={number}" for number in numbers]
    if path == "/api/incidents":
        return [f"{path}?limit={SIZE}&offset={(number - 1) * SIZE}" for number in numbers]
    return [path]


SEARCHABLE = {
    one.name: one.path
    for one in operations()
    if one.is_safe and one.named is None and "search" in one.query
}


@pytest.mark.parametrize("name", town().callers)
async def test_a_search_finds_nothing_beyond_its_readers_reach(here: Open, name: str) -> None:
    caller = here.town.callers[name]
    found_own = 0
    for listed in set(permitted(caller)) & set(SEARCHABLE):
        for owner in ("A", "B", "elsewhere"):
            for by in ("", "&search_by=name", "&search_by=target"):
                target = f"{SEARCHABLE[listed]}?search={mark(owner)}{by}"
                ids, total = held(listed, (await here.client(caller).get(target)).json)
                if owner in caller.hidden:
                    assert (ids, total) == ([], 0), target
                found_own += len(ids)
    assert found_own or caller.column == "read0"


async def test_what_lists_hold_is_told_apart_by_every_reach(here: Open) -> None:
    """The rows that are compared with differ, so the lists above could have been wrong."""
    for listed in LISTS:
        readers = [one for one in here.town.callers.values() if listed in permitted(one)]
        reaches = {tuple(expected(here, reader, listed)) for reader in readers}
        assert len(reaches) > 1, listed
