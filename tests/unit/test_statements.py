"""The named SQL statements: each is used, and each name that is used stands in its file."""

import ast
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

import pytest

import fener
from fener.storage.queries import statements

PACKAGE = Path(fener.__file__).parent
ROOMS = sorted(file.stem for file in (PACKAGE / "storage" / "sql").glob("*.sql"))


def _room(node: ast.expr, known: dict[str, str]) -> str | None:
    """The file whose statements this expression is."""
    match node:
        case ast.Name(id=name):
            return known.get(name)
        case ast.Call(func=ast.Name(id="statements"), args=[ast.Constant(value=str(room))]):
            return room
    return None


def _names(node: ast.expr, room: str, texts: set[str]) -> set[str]:
    """What stands in the brackets: `*` for a part of it that is only known at run time. Where that
    is all of it, any text of the module may be meant that is a name.
    """
    match node:
        case ast.Constant(value=str(name)):
            return {name}
        case ast.IfExp(body=one, orelse=other):
            return _names(one, room, texts) | _names(other, room, texts)
        case ast.JoinedStr(values=parts):
            fixed = (part.value if isinstance(part, ast.Constant) else "*" for part in parts)
            return {"".join(map(str, fixed))}
    return texts & statements(room).keys()


def uses(source: str) -> Iterator[tuple[str, str]]:
    """Pairs of a room and a name, or the pattern of one."""
    nodes = list(ast.walk(ast.parse(source)))
    known: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Assign) and (room := _room(node.value, {})):
            known |= {target.id: room for target in node.targets if isinstance(target, ast.Name)}
    texts = {str(node.value) for node in nodes if isinstance(node, ast.Constant)}
    for node in nodes:
        if isinstance(node, ast.Subscript) and (room := _room(node.value, known)):
            yield from ((room, name) for name in _names(node.slice, room, texts))


@pytest.fixture(scope="module")
def used() -> set[tuple[str, str]]:
    return {use for file in PACKAGE.rglob("*.py") for use in uses(file.read_text("utf-8"))}


def test_a_use_is_found_however_it_is_written() -> None:
    source = """
SQL = statements("one")
PEOPLE = statements("people")
f"{SQL['a']} WHERE {SQL['b']}"
SQL[f"set_{field}"]
SQL["c" if is_c else "d"]
statements("third")["e"]
DICTIONARY["f"]
for name in ("insert_user", "no statement"):
    PEOPLE[name]
"""
    names = {"a", "b", "set_*", "c", "d"}
    assert set(uses(source)) == {
        *(("one", name) for name in names),
        ("third", "e"),
        ("people", "insert_user"),
    }


@pytest.mark.parametrize("room", ROOMS)
def test_every_statement_is_used(room: str, used: set[tuple[str, str]]) -> None:
    patterns = [pattern for place, pattern in used if place == room]
    unused = [
        name for name in statements(room) if not any(fnmatch(name, pattern) for pattern in patterns)
    ]
    assert unused == []


def test_every_name_that_is_used_is_there(used: set[tuple[str, str]]) -> None:
    missing = [
        (room, pattern)
        for room, pattern in sorted(used)
        if room not in ROOMS or not any(fnmatch(name, pattern) for name in statements(room))
    ]
    assert missing == []


@pytest.mark.parametrize("room", ROOMS)
def test_no_name_stands_twice_in_a_file(room: str) -> None:
    text = (PACKAGE / "storage" / "sql" / f"{room}.sql").read_text("utf-8")
    assert text.count("-- name: ") == len(statements(room))
