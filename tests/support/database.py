"""An empty, migrated database file: made once for all tests, since migrating outlasts most."""

import sqlite3
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fener.storage.migrating import migrate


def migrated_file(path: Path) -> Path:
    """Write such a file to `path`."""
    path.write_bytes(_template())
    return path


@cache
def _template() -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "template.db"
        migrate(path)
        with closing(sqlite3.connect(path)) as connection:
            # Opening it in this mode for the first time would cost each test a flush of the disk.
            connection.execute("PRAGMA journal_mode = WAL")
        return path.read_bytes()
