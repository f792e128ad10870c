"""`fener backup`: a copy that can be trusted, while others write."""

import sqlite3
import stat
import tarfile
import threading
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fener.cli.archives import holds_key
from fener.storage.inspecting import inspect
from fener.storage.sealing import Sealer, load_key
from support.command import fener
from support.database import migrated_file

KEY = "a key of sixteen bytes and more"


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one monitor that has a secret."""
    folder = tmp_path / "data"
    folder.mkdir()
    migrated_file(folder / "fener.db")
    monkeypatch.setenv("FENER_DATA", str(folder))
    fener("monitor", "add", "https://ada:pass@shop.example/")
    return folder


def private(file: Path) -> bool:
    return stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_copy_is_whole_private_and_checked(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    said = fener("backup", str(target))
    assert said.code == 0
    assert said.out.splitlines() == [
        f"{target}: checked, with 1 monitor and 0 incidents.",
        f"The key is not inside: it is in {data / 'secret.key'}. Keep a copy of it elsewhere.",
    ]
    assert private(target)
    assert inspect(target).faults == ()
    assert sorted(tmp_path.iterdir()) == [target, data]


def test_backups_have_a_folder_of_their_own_and_names_by_time(data: Path) -> None:
    assert fener("backup").code == 0
    (file,) = (data / "backups").iterdir()
    assert file.name.startswith("fener-20")
    assert file.suffix == ".db"


def test_a_folder_may_be_named(data: Path, tmp_path: Path) -> None:
    (tmp_path / "kept").mkdir()
    assert fener("backup", str(tmp_path / "kept")).code == 0
    assert [file.suffix for file in (tmp_path / "kept").iterdir()] == [".db"]


def test_nothing_is_replaced_unasked(data: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("mine")
    refused = fener("backup", str(target))
    assert refused.code == 1
    assert "--force" in refused.complaint[1]
    assert target.read_text() == "mine"
    assert fener("backup", str(target), "--force").code == 0
    assert inspect(target).content is not None


@pytest.mark.parametrize("name", ["fener.db", "secret.key"])
def test_what_fener_works_with_is_never_replaced(data: Path, name: str) -> None:
    before = (data / name).read_bytes()
    assert fener("backup", str(data / name), "--force").code == 1
    assert (data / name).read_bytes() == before


def test_a_folder_that_is_not_there_is_not_made_up(data: Path, tmp_path: Path) -> None:
    refused = fener("backup", str(tmp_path / "typo" / "copy.db"))
    assert refused.code == 1
    assert refused.complaint[0] == f"fener: There is no folder {tmp_path / 'typo'}"


def test_without_a_database_there_is_nothing_to_back_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENER_DATA", str(tmp_path / "nowhere"))
    refused = fener("backup")
    assert refused.code == 3
    assert refused.complaint[1] == "  Set FENER_DATA to the data folder of Fener."
    assert not (tmp_path / "nowhere").exists()


def test_a_tar_with_the_key_opens_every_secret(data: Path, tmp_path: Path) -> None:
    target, fresh = tmp_path / "whole.tar", tmp_path / "fresh"
    said = fener("backup", str(target), "--with-key")
    assert "The key is inside" in said.out
    assert private(target)
    with tarfile.open(target) as archive:
        archive.extractall(fresh, filter="data")
    assert sorted(file.name for file in fresh.iterdir()) == ["fener.db", "secret.key"]
    assert all(private(file) for file in fresh.iterdir())
    sealed = {"type": "basic", "username": "ada", "password": "pass"}
    assert opened_secret(fresh, "")["credentials"] == sealed
    assert sorted(tmp_path.iterdir()) == [data, fresh, target]


def test_a_key_of_the_environment_is_packed_as_the_file_it_replaces(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fener("monitor", "delete", "1")
    monkeypatch.setenv("FENER_SECRET_KEY", KEY)
    fener("monitor", "add", "https://ada:pass@shop.example/")
    assert "FENER_SECRET_KEY" in fener("backup", str(tmp_path / "copy.db")).out
    fener("backup", str(tmp_path / "whole.tar"), "--with-key")
    with tarfile.open(tmp_path / "whole.tar") as archive:
        archive.extractall(tmp_path / "fresh", filter="data")
    assert opened_secret(tmp_path / "fresh", "")["credentials"]["password"] == "pass"


def test_only_a_tar_with_the_key_holds_it(data: Path, tmp_path: Path) -> None:
    fener("backup", str(tmp_path / "copy.db"))
    fener("backup", str(tmp_path / "whole.tar"), "--with-key")
    assert not holds_key(tmp_path / "copy.db")
    assert holds_key(tmp_path / "whole.tar")
    assert (data / "secret.key").read_bytes() not in (tmp_path / "copy.db").read_bytes()


def test_a_copy_made_while_others_write_is_of_one_moment(data: Path, tmp_path: Path) -> None:
    """Both rows of each transaction are in the copy, or neither."""
    database, stop = data / "fener.db", threading.Event()
    begun = threading.Event()
    writer = threading.Thread(target=write_pairs, args=(database, begun, stop))
    writer.start()
    try:
        assert begun.wait(10)
        copies = [tmp_path / f"{number}.db" for number in range(5)]
        codes = [fener("backup", str(copy)).code for copy in copies]
    finally:
        stop.set()
        writer.join()
    assert codes == [0] * 5
    for copy in copies:
        names = [name for (name,) in rows(copy, "SELECT name FROM facts WHERE name LIKE 'pair-%'")]
        assert len(names) % 2 == 0
        assert names


def test_a_damaged_database_gives_no_backup(data: Path, tmp_path: Path) -> None:
    with (data / "fener.db").open("r+b") as file:
        file.seek(8_192)
        file.write(b"\xff" * 4_096 * 20)
    refused = fener("backup", str(tmp_path / "copy.db"))
    assert refused.code == 3
    assert "Nothing stands at its place" in refused.complaint[1]
    assert sorted(tmp_path.iterdir()) == [data]


def test_a_copy_is_not_older_than_its_last_commit(data: Path, tmp_path: Path) -> None:
    fener("monitor", "add", "https://second.example/")
    fener("backup", str(tmp_path / "copy.db"))
    assert rows(tmp_path / "copy.db", "SELECT count(*) FROM monitors") == [(2,)]


def write_pairs(database: Path, begun: threading.Event, stop: threading.Event) -> None:
    with closing(sqlite3.connect(database, isolation_level=None, timeout=10)) as opened:
        number = 0
        while not stop.is_set():
            opened.execute("BEGIN IMMEDIATE")
            for half in "ab":
                opened.execute("INSERT INTO facts VALUES (?, '')", (f"pair-{number}-{half}",))
            opened.execute("COMMIT")
            number += 1
            begun.set()


def rows(database: Path, sql: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(f"{database.as_uri()}?immutable=1", uri=True)) as opened:
        return opened.execute(sql).fetchall()


def opened_secret(folder: Path, given: str) -> Any:
    sealer = Sealer(load_key(folder, given))
    (*_, (sealed,)) = rows(folder / "fener.db", "SELECT sealed_credentials FROM monitors")
    secret: dict[str, str] = sealer.open(str(sealed))
    return secret
