"""Addresses, queries and forms that no page of the web app makes: a page that says no, never a
fault of ours.
"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest_asyncio

from support.api import Answer
from support.bad_input import BEYOND, IDS
from support.rights_pages import PAGES, PUBLIC, Page, Visitor
from support.rights_world import open_town

NUMBERS = ("page", "before", "customer", "tested")
QUERIES = (
    *(*NUMBERS, "search", "status", "monitor", "part", "span", "kind", "next", "only", "url"),
    *("secret", "state", "sort", "x"),
)
ODD = ("", "0", "-1", "9223372036854775807", "%F0%9F%94%A5", "a" * 8_000, "%00", "%FF")
GETTING = [one for one in PAGES if one.method == "GET" and one.path.split("/")[1] not in PUBLIC]
POSTING = [one for one in PAGES if one.method == "POST"]
LEAVING = {"/sign-out", "/setup"}
"""What ends the session, or is not there any more."""


@pytest_asyncio.fixture
async def visitor(tmp_path: Path) -> AsyncIterator[Visitor]:
    async with open_town(tmp_path) as here:
        yield Visitor(here, here.town.callers["session of owner"])


def fault(page: Page, sent: object, answer: Answer) -> list[str]:
    return [f"{page.method} {page.path} {sent!r:.100}: {answer.status}"] * (answer.status >= 500)


async def test_an_address_that_is_none_has_a_page_that_says_so(visitor: Visitor) -> None:
    wrong = []
    for page in (one for one in PAGES if "{" in one.path):
        for bad in IDS[::3]:
            target = re.sub(r"{\w+:\w+}", bad.replace("\\", r"\\"), page.path)
            answer = await (visitor.get if page.method == "GET" else visitor.post)(target)
            wrong += fault(page, bad, answer)
            is_list = bad == "%2F"  # as with any slash too many
            if page.thing and not is_list and answer.status not in {303, 400, 404}:
                wrong.append(f"{page} {bad:.60}: {answer.status}")
    assert not wrong, "\n".join(wrong)
    assert not visitor.here.is_changed


async def test_a_query_that_makes_no_sense_breaks_no_page(visitor: Visitor) -> None:
    wrong = []
    for page in GETTING:
        target = visitor.target_of(page, "A")
        for bad in ODD:
            query = "&".join(f"{name}={bad}" for name in QUERIES)
            wrong += fault(page, bad, await visitor.get(f"{target}?{query}"))
        for name in NUMBERS:
            for number in BEYOND[2:]:
                answer = await visitor.get(f"{target}?{name}={number}")
                wrong += fault(page, f"{name}={number}", answer)
    assert not wrong, "\n".join(wrong)
    assert not visitor.here.is_changed


BODIES = (
    *(b"", b"&&&", b"=", b"csrf=x", b"\xff", b"csrf=%FF", b"csrf=%00", b"\x00", b"{}", b"<a/>"),
    *(b"&".join(b"a%d=x" % number for number in range(600)), b"a=" + b"x" * 2**21),
)
TEXTS = (*("", "x" * 200_000, "9" * 5_000, "-1", "9223372036854775808", "\0", "\N{FIRE}", "\n"),)
FIELDS = (
    *("active", "again", "auth", "body", "channels", "comment", "current", "customer", "email"),
    *("expected_status", "expression", "first_name", "format", "grace", "headers", "interval"),
    *("keyword", "kind", "language", "life", "method", "name", "next", "password", "postmortem"),
    *("schedule", "secret", "tell", "text", "timeout", "timezone", "to", "unit", "url"),
    *("username", "wanted", "zone"),
)


async def test_a_form_that_is_none_breaks_no_page(visitor: Visitor) -> None:
    wrong = []
    for page in POSTING:
        if page.path in LEAVING:
            continue
        target = visitor.target_of(page, "A")
        for body in BODIES:
            wrong += fault(page, body, await visitor.post(target, body))
        for text in TEXTS:
            chosen = {"tell": "chosen"} if text else {}
            body = visitor.form({**dict.fromkeys(FIELDS, text), **chosen})
            wrong += fault(page, text, await visitor.post(target, body))
            visitor.here.reset()
    assert not wrong, "\n".join(wrong)
