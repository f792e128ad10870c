"""A path leads to one value or none; what RFC 9535 does not call a singular query is refused."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.domain.json_path import divided, find, parse

DOCUMENT = {
    "a": [{"b": 1}, {"b": None}],
    "x y": {"ü": True},
    'q"': "quote",
    "": "nameless",
    "\U0001f600": "smile",
}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("$", (DOCUMENT,)),
        ("$.a[0].b", (1,)),
        ("$.a[-1].b", (None,)),
        ('$["a"][0]["b"]', (1,)),
        ("$['x y'].ü", (True,)),
        (r'$["q\""]', ("quote",)),
        (r"$['q\u0022']", ("quote",)),
        (r'$["\ud83d\ude00"]', ("smile",)),
        ("$['']", ("nameless",)),
        ("$ .a [0]\n.b", (1,)),
        ("$.a[2]", ()),
        ("$.a[-3]", ()),
        ("$.a.b", ()),
        ("$['x y'][0]", ()),
        ("$.A", ()),
    ],
)
def test_a_path_leads_to_one_value_or_none(query: str, found: tuple[object, ...]) -> None:
    assert find(DOCUMENT, parse(query)) == found


@pytest.mark.parametrize(
    "query",
    [
        "",
        "a.b",
        " $",
        "$.",
        "$..a",
        "$.*",
        "$[*]",
        "$[0:1]",
        "$[0,1]",
        "$[?@.a]",
        "$[00]",
        "$[-0]",
        "$[1",
        "$.1a",
        "$.a-b",
        "$[9007199254740992]",
        "$[" + "9" * 5_000 + "]",
        "$['a\"]",
        r'$["\x41"]',
        r'$["\ud83d"]',
        '$["a\nb"]',
        "$.a ",
        "$.a b",
    ],
)
def test_what_is_no_singular_query_is_refused_in_a_sentence(query: str) -> None:
    with pytest.raises(ValueError, match="JSON path"):
        parse(query)


@given(st.lists(st.text(st.characters(codec="utf-8")) | st.integers(-9, 9)))
def test_any_name_can_be_written(steps: list[str | int]) -> None:
    written = "$" + "".join(f"[{json.dumps(step)}]" for step in steps)
    assert parse(written) == tuple(steps)


@pytest.mark.parametrize(
    ("line", "path", "wanted"),
    [
        ("$.status = ok", "$.status", "ok"),
        (" $.status=ok ", "$.status", "ok"),
        ("$.status", "$.status", None),
        ("$.status =", "$.status", ""),
        ('$["a = b"] = c = d', '$["a = b"]', "c = d"),
        ("$ = 5", "$", "5"),
        ("$.a-b = 5", "$.a-b = 5", None),
    ],
)
def test_a_line_is_divided_behind_its_path(line: str, path: str, wanted: str | None) -> None:
    assert divided(line) == (path, wanted)
