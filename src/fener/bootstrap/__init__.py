"""Assembles the whole. Pipeline and storage meet here and nowhere else."""

from fener.bootstrap.serve import Announcement, serve
from fener.bootstrap.store import (
    DATABASE_FILE,
    AlreadyServing,
    NoDoorbells,
    locked,
    new_id,
    opened,
    prepared_database,
)
from fener.bootstrap.webserver import CannotListen

__all__ = [
    "DATABASE_FILE",
    "AlreadyServing",
    "Announcement",
    "CannotListen",
    "NoDoorbells",
    "locked",
    "new_id",
    "opened",
    "prepared_database",
    "serve",
]
