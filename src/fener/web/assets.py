"""The static files, read once: each address carries a digest, so that browsers keep them for ever.

Scripts import one another by relative paths, which stay below the same digest: no bundler needed.
"""

import gzip
import hashlib
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import PurePosixPath

from msgspec import Struct

_TYPES = {
    ".css": "text/css",
    ".js": "text/javascript",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".txt": "text/plain",
}
_LEAST_TO_COMPRESS = 512


class Asset(Struct, frozen=True):
    content_type: str
    body: bytes
    compressed: bytes | None
    """The gzip form, where it is smaller."""


class Assets(Struct, frozen=True):
    """All files by their path below `static`."""

    digest: str
    by_path: dict[str, Asset]

    def address(self, path: str) -> str:
        """Raises KeyError for a file that is not there: a typing error in a template."""
        if path not in self.by_path:
            raise KeyError(f"there is no static file {path}")
        return f"/static/{self.digest}/{path}"


@cache
def assets() -> Assets:
    by_path = dict(sorted(_walk(files("fener.web") / "static", PurePosixPath())))
    digest = hashlib.sha256()
    for path, asset in by_path.items():
        digest.update(path.encode() + b"\0" + asset.body)
    return Assets(digest.hexdigest()[:16], by_path)


def _walk(folder: Traversable, below: PurePosixPath) -> list[tuple[str, Asset]]:
    found: list[tuple[str, Asset]] = []
    for entry in folder.iterdir():
        path = below / entry.name
        if entry.is_dir():
            found += _walk(entry, path)
        elif path.suffix in _TYPES:
            found.append((str(path), _asset(entry.read_bytes(), _TYPES[path.suffix])))
    return found


def _asset(body: bytes, content_type: str) -> Asset:
    compressed = None
    if len(body) >= _LEAST_TO_COMPRESS and not content_type.startswith("image/png"):
        compressed = gzip.compress(body, mtime=0)
    return Asset(content_type, body, compressed)
