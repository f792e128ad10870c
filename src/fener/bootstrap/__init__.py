"""Assembles the whole. Pipeline and storage meet here and nowhere else.

What opens the store is here at once; `fener.bootstrap.serve` brings the web and everything with it.
"""

from fener.bootstrap.store import (
    DATABASE_FILE,
    AlreadyServing,
    NoDoorbells,
    locked,
    new_id,
    opened,
    prepared_database,
)

__all__ = [
    "DATABASE_FILE",
    "AlreadyServing",
    "NoDoorbells",
    "locked",
    "new_id",
    "opened",
    "prepared_database",
]
