"""Backups: a copy of the database, alone or with its key, checked before it is called one."""

import hashlib
import io
import os
import tarfile
from functools import partial
from pathlib import Path
from typing import IO

from msgspec import Struct

from fener.bootstrap.store import DATABASE_FILE
from fener.cli.complaints import Code, Complaint
from fener.domain.time import Instant, to_datetime
from fener.settings import Settings
from fener.storage.backup import BackupFailed, copy_database
from fener.storage.inspecting import Content, inspect
from fener.storage.sealing import KEY_FILE, load_key

__all__ = ["BACKUPS", "KEY_FILE", "Archive", "holds_key", "planned"]

BACKUPS = "backups"
"""The folder below the data folder into which backups go where no other place is named."""
_CHUNK = 1024 * 1024


class Archive(Struct, frozen=True):
    """A backup to be made."""

    source: Path
    target: Path
    key: bytes | None
    """To be packed beside the database; None for the database alone."""

    def make(self) -> Content:
        """Gives what is in it. Raises BackupFailed, StoreUnavailable."""
        if self.key is None:
            return _copy(self.source, self.target)
        return _copy_with_key(self.source, self.target, self.key)

    def share(self) -> float:
        """How much of the copy is written, from 0 to 1."""
        part = _copied(self.target, self.key).with_suffix(".db.part")
        try:
            return part.stat().st_size / max(1, self.source.stat().st_size)
        except OSError:
            return 1.0


def planned(
    settings: Settings, file: Path | None, now: Instant, *, with_key: bool, force: bool
) -> Archive:
    """What `fener backup` was asked for. Raises Complaint."""
    source = settings.data / DATABASE_FILE
    if not source.exists():
        raise Complaint(
            f"There is no database at {source.absolute()}",
            "Set FENER_DATA to the data folder of Fener.",
            Code.UNAVAILABLE,
        )
    target = _target(file, settings.data, now, "tar" if with_key else "db")
    if not target.parent.is_dir():
        raise Complaint(
            f"There is no folder {target.parent}", "Make it first, or name another one."
        )
    if target.exists() and not force:
        raise Complaint(f"{target} exists", "Name another file, or add --force to replace it.")
    if target.resolve().parent == source.resolve().parent and target.name in (
        DATABASE_FILE,
        KEY_FILE,
    ):
        raise Complaint(f"{target} is what Fener works with", "Name another file.")
    return Archive(
        source, target, load_key(settings.data, settings.secret_key) if with_key else None
    )


def holds_key(file: Path) -> bool:
    """Raises OSError, tarfile.TarError."""
    if not tarfile.is_tarfile(file):
        return False
    with tarfile.open(file) as archive:
        return KEY_FILE in archive.getnames()


def _target(file: Path | None, data: Path, now: Instant, ending: str) -> Path:
    stamped = f"fener-{to_datetime(now):%Y%m%d-%H%M%S}.{ending}"
    if file is None:
        folder = data / BACKUPS
        folder.mkdir(mode=0o700, exist_ok=True)
        return folder / stamped
    return file / stamped if file.is_dir() else file


def _copied(target: Path, key: bytes | None) -> Path:
    """Where the copy of the database comes to stand."""
    return target if key is None else target.with_name(f".{target.name}.db")


def _copy(source: Path, target: Path) -> Content:
    copy_database(source, target)
    found = inspect(target)
    if found.content is None:
        said = found.faults[0] if found.faults else f"its revision is {found.revision}"
        raise BackupFailed(f"{target} cannot be read by this version of Fener: {said}")
    return found.content


def _copy_with_key(source: Path, target: Path, key: bytes) -> Content:
    """A tar of both, ready to be unpacked into a data folder."""
    database, draft = _copied(target, key), target.with_name(f".{target.name}")
    try:
        content = _copy(source, database)
        _pack(draft, database, key)
        _verify(draft, database, key)
        draft.replace(target)
    except (OSError, tarfile.TarError) as error:
        raise BackupFailed(f"{target} could not be written: {error}") from error
    finally:
        database.unlink(missing_ok=True)
        draft.unlink(missing_ok=True)
    return content


def _pack(archive: Path, database: Path, key: bytes) -> None:
    with archive.open("wb") as file:
        os.fchmod(file.fileno(), 0o600)
        with tarfile.open(fileobj=file, mode="w") as tar:
            tar.add(database, DATABASE_FILE, filter=_private)
            member = tarfile.TarInfo(KEY_FILE)
            member.size = len(key)
            member.mtime = database.stat().st_mtime
            tar.addfile(_private(member), io.BytesIO(key))
        file.flush()
        os.fsync(file.fileno())


def _private(member: tarfile.TarInfo) -> tarfile.TarInfo:
    """Whoever unpacks it owns it, and nobody else reads it."""
    member.mode = 0o600
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def _verify(archive: Path, database: Path, key: bytes) -> None:
    """Read back what was packed."""
    with tarfile.open(archive) as tar, database.open("rb") as original:
        packed, kept = tar.extractfile(DATABASE_FILE), tar.extractfile(KEY_FILE)
        if packed is None or kept is None or kept.read() != key:
            raise BackupFailed(f"{archive} does not hold the key that was put into it")
        if _digest(packed) != _digest(original):
            raise BackupFailed(f"{archive} does not hold the database that was put into it")


def _digest(file: IO[bytes]) -> bytes:
    digest = hashlib.sha256()
    for chunk in iter(partial(file.read, _CHUNK), b""):
        digest.update(chunk)
    return digest.digest()
