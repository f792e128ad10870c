"""The data folder: its disk, the key file in it, and the backups beside them."""

import os
import shutil
import stat
import tarfile
import tempfile
from pathlib import Path

from fener.cli.archives import BACKUPS, holds_key
from fener.cli.doctor.finding import Finding, broken, ok, warning
from fener.cli.doctor.patient import Patient
from fener.storage.sealing import KEY_FILE, Sealer, load_key

MEMORY = frozenset({"tmpfs", "ramfs"})
LAYERS = frozenset({"overlay", "aufs"})
NETWORK = frozenset({"nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs"})
TOO_LITTLE = 100 * 1024 * 1024
LITTLE = 1024 * 1024 * 1024
_MOUNTS = Path("/proc/self/mounts")
_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def data_folder(patient: Patient) -> Finding:
    about, folder = "data folder", patient.settings.data.absolute()
    try:
        _write_in(_standing(folder))
    except OSError as error:
        return broken(
            about,
            f"{folder} cannot be written to: {error.strerror}",
            "Give this user the right to it, or set FENER_DATA to another folder.",
        )
    if not folder.exists():
        return ok(about, f"{folder} will be made at the first start")
    return ok(about, f"{folder} can be written to")


def disk(patient: Patient, mounts: Path = _MOUNTS) -> Finding:
    about, folder = "disk", _standing(patient.settings.data.absolute())
    kind = file_system(folder, mounts)
    if kind in MEMORY:
        return warning(
            about, f"{kind} forgets everything at a restart", "Set FENER_DATA to a real disk."
        )
    if kind in NETWORK or kind.startswith("fuse.ssh"):
        return warning(
            about,
            f"{kind} is a network file system, on which SQLite's locks cannot be trusted",
            "Set FENER_DATA to a local disk.",
        )
    if kind in LAYERS:
        return warning(
            about,
            "the folder is part of a container, and goes with it",
            "Mount a volume there, or set FENER_DATA to one.",
        )
    return _space(about, shutil.disk_usage(folder).free)


def _space(about: str, free: int) -> Finding:
    said = f"{free / 1024**3:.1f} GiB free"
    if free < TOO_LITTLE:
        return broken(about, said, "Make room: a full disk stops recording.")
    if free < LITTLE:
        return warning(about, said, "Make room before it is full.")
    return ok(about, said)


def key(patient: Patient) -> Finding:
    about, settings = "key", patient.settings
    path = settings.data / KEY_FILE
    if not settings.secret_key and not path.exists():
        return _no_key(patient, path)
    sealer = Sealer(load_key(settings.data, settings.secret_key))
    if (foreign := _key_ids(patient) - {sealer.key_id}) != frozenset():
        return broken(
            about,
            f"stored secrets are sealed with the key {min(foreign)}, not with {sealer.key_id}",
            f"Put the key back that was used before, as {path} or FENER_SECRET_KEY.",
        )
    if settings.secret_key:
        return ok(about, "given by FENER_SECRET_KEY")
    if stat.S_IMODE(path.stat().st_mode) & _OTHERS:
        return broken(about, f"{path} can be read by other users", f"Run: chmod 600 {path}")
    return ok(about, f"{path}; keep a copy of it, apart from the backups")


def _no_key(patient: Patient, path: Path) -> Finding:
    if _key_ids(patient):
        return broken(
            "key",
            f"{path} is missing, and stored secrets were sealed with it",
            "Put it back, or set FENER_SECRET_KEY to what stood in it.",
        )
    return ok("key", f"{path} will be made at the first start")


def _key_ids(patient: Patient) -> frozenset[str]:
    content = patient.content
    return content.key_ids if content else frozenset()


def backups(patient: Patient) -> Finding:
    about, folder = "backups", patient.settings.data / BACKUPS
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    if not files:
        return ok(about, f"none in {folder}; make one: fener backup")
    with_key = [file.name for file in files if _has_key(file)]
    if with_key:
        return warning(
            about,
            f"{with_key[-1]} holds the key too: whoever has it can read every secret",
            "Keep it where only you can read it, apart from the server.",
        )
    return ok(about, f"{len(files)} in {folder}, none with the key")


def _has_key(file: Path) -> bool:
    try:
        return file.name == KEY_FILE or holds_key(file)
    except (OSError, tarfile.TarError):
        return False


def file_system(folder: Path, mounts: Path = _MOUNTS) -> str:
    """The kind of file system on which a folder lies; empty where that cannot be told."""
    if not mounts.exists():
        return ""
    real = folder.resolve()
    longest, kind = -1, ""
    for line in mounts.read_text("utf-8", "surrogateescape").splitlines():
        _, point, found, *_ = line.split(" ")
        mounted = Path(point.replace("\\040", " "))
        if real.is_relative_to(mounted) and len(mounted.parts) >= longest:
            longest, kind = len(mounted.parts), found
    return kind


def _standing(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    return next(one for one in (folder, *folder.parents) if one.exists())


def _write_in(folder: Path) -> None:
    with tempfile.NamedTemporaryFile(dir=folder, prefix=".fener-doctor-") as file:
        file.write(b"written by fener doctor")
        file.flush()
        os.fsync(file.fileno())
