"""Copies of a SQLite database that is in use, each verified before it is called a backup."""

import sqlite3
from contextlib import closing
from pathlib import Path


class BackupFailed(Exception):
    """The copy could not be made or did not pass its check; nothing stands at its place."""


def copy_database(source: Path, target: Path) -> None:
    """Copy while others may be writing, check the copy, then put it in place at once.

    Raises BackupFailed.
    """
    draft = target.with_name(target.name + ".part")
    draft.unlink(missing_ok=True)
    try:
        with closing(sqlite3.connect(source)) as origin, closing(sqlite3.connect(draft)) as copy:
            origin.backup(copy)
            (verdict,) = copy.execute("PRAGMA integrity_check").fetchone()
        if verdict != "ok":
            raise BackupFailed(f"the copy of {source} is damaged: {verdict}")
        draft.replace(target)
    except (sqlite3.Error, OSError) as error:
        raise BackupFailed(f"{source} could not be copied to {target}: {error}") from error
    finally:
        draft.unlink(missing_ok=True)
