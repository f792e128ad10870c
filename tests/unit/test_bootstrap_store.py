"""The data folder belongs to one server, and a command never migrates it under that one's feet."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from fener.bootstrap import AlreadyServing, NoDoorbells, locked, opened, prepared_database
from fener.settings import Settings
from fener.testing.clock import FakeClock


def test_a_folder_is_locked_once(tmp_path: Path) -> None:
    with locked(tmp_path), pytest.raises(AlreadyServing, match="another Fener"), locked(tmp_path):
        pass
    with locked(tmp_path):
        pass


async def test_a_command_works_beside_the_server(tmp_path: Path) -> None:
    prepared_database(tmp_path)
    with locked(tmp_path):
        async with (
            opened(Settings(data=tmp_path), FakeClock(), NoDoorbells()) as context,
            context.database.read() as session,
        ):
            assert await session.value("SELECT count(*) FROM monitors") == 0


async def test_a_command_does_not_migrate_what_is_being_served(tmp_path: Path) -> None:
    path = prepared_database(tmp_path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM alembic_version")
        connection.commit()
    with locked(tmp_path), pytest.raises(AlreadyServing):
        async with opened(Settings(data=tmp_path), FakeClock(), NoDoorbells()):
            pass
