"""An empty, migrated database file: made once for all tests, since migrating outlasts most."""

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
        return path.read_bytes()
