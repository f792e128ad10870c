"""A certificate for a target, and a trust store as large as a real one that trusts it."""

import sys
from pathlib import Path

from msgspec import Struct

from fener.net.wire import find_trust_store

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from support.certificates import make_authority


class Trust(Struct, frozen=True):
    store: Path
    leaf: Path
    """The certificate with its chain and its key."""


def trust(folder: Path, name: str) -> Trust:
    """For a target of this name or address, by an authority of its own."""
    authority = make_authority(folder)
    authority.leaf(name)
    leaf = next(path for path in folder.glob("*.pem") if path != authority.trust_store)
    usual = find_trust_store()
    store = folder / "store"
    store.write_bytes(authority.trust_store.read_bytes() + (usual.read_bytes() if usual else b""))
    return Trust(store, leaf)
