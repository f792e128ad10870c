"""Looks at a database file without changing it: for the doctor, and for backups just made."""

import sqlite3
from contextlib import closing
from pathlib import Path

from alembic.script import ScriptDirectory
from msgspec import Struct

from fener.domain.time import Instant
from fener.ports import StoreUnavailable
from fener.storage.migrating import MIGRATIONS
from fener.storage.queries import statements

SQL = statements("inspecting")


class Content(Struct, frozen=True):
    """What is in a database whose revision is known."""

    monitors: int
    """Those that are probed."""
    incidents: int
    key_ids: frozenset[str]
    """The ids of the keys with which its secrets are sealed."""
    last_alive: Instant | None

    @property
    def words(self) -> str:
        return f"{_counted(self.monitors, 'monitor')} and {_counted(self.incidents, 'incident')}"


class Inspection(Struct, frozen=True):
    """What was found in a file."""

    faults: tuple[str, ...]
    """What SQLite says is wrong with it; empty for a sound file."""
    revision: str
    newest_revision: str
    """The revision to which this program brings it."""
    content: Content | None
    """None where the revision is of a newer Fener, or the file is not sound."""


def inspect(path: Path) -> Inspection:
    """Raises StoreUnavailable for what cannot be opened, or is no database of Fener."""
    script = ScriptDirectory(str(MIGRATIONS))
    known = {one.revision for one in script.walk_revisions()}
    try:
        with closing(sqlite3.connect(_address(path), uri=True)) as opened:
            faults = _faults(opened)
            revision = str(_value(opened, "revision"))
            readable = revision in known and not faults
            content = _content(opened) if readable else None
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{path} cannot be read: {error}") from error
    return Inspection(faults, revision, script.get_current_head() or "", content)


def _address(path: Path) -> str:
    """Where nobody has the file open, SQLite would leave a log beside it that is ours to own."""
    is_open = path.with_name(f"{path.name}-wal").exists()
    return f"{path.absolute().as_uri()}?mode=ro{'' if is_open else '&immutable=1'}"


def _faults(opened: sqlite3.Connection) -> tuple[str, ...]:
    said = tuple(str(row[0]) for row in opened.execute(SQL["soundness"]))
    return () if said == ("ok",) else said


def _content(opened: sqlite3.Connection) -> Content:
    return Content(
        monitors=int(_value(opened, "monitors")),
        incidents=int(_value(opened, "incidents")),
        key_ids=frozenset(str(row[0]) for row in opened.execute(SQL["key_ids"])),
        last_alive=_value(opened, "last_alive"),
    )


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _value(opened: sqlite3.Connection, name: str) -> int:
    """The first column of the only row."""
    row = opened.execute(SQL[name]).fetchone()
    if row is None:
        raise sqlite3.DatabaseError(f"it holds no {name}")
    value: int = row[0]
    return value
