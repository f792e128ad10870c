"""The database: sound, of a revision that this program knows, and in step with the clock."""

from fener.bootstrap.store import DATABASE_FILE
from fener.cli.doctor.finding import Finding, broken, ok, warning
from fener.cli.doctor.patient import Patient
from fener.domain.time import MINUTE, Instant, to_datetime
from fener.ports import StoreUnavailable
from fener.settings import Settings
from fener.storage.inspecting import inspect

BORN: Instant = 1_760_000_000_000
"""October 2025: no clock that shows less is right."""
_LEEWAY = MINUTE


def patient_of(settings: Settings, now: Instant) -> Patient:
    path = settings.data / DATABASE_FILE
    if not path.exists():
        return Patient(settings, now)
    try:
        return Patient(settings, now, inspection=inspect(path))
    except StoreUnavailable as error:
        return Patient(settings, now, unreadable=str(error))


def database(patient: Patient) -> Finding:
    about, found = "database", patient.inspection
    restore = f"Stop Fener and put a backup in its place as {DATABASE_FILE}."
    if patient.unreadable:
        return broken(about, patient.unreadable, restore)
    if found is None:
        return ok(about, "will be made at the first start")
    if found.faults:
        return broken(about, f"the file is damaged: {found.faults[0]}", restore)
    if found.content is None:
        return broken(
            about,
            f"revision {found.revision} was made by a newer Fener",
            "Run the version that made it, or a newer one.",
        )
    if found.revision != found.newest_revision:
        return warning(
            about,
            f"revision {found.revision} is older than this program",
            "Start this version: it makes a backup, then migrates.",
        )
    return ok(about, f"sound, {found.content.words}")


def clock(patient: Patient) -> Finding:
    about, content = "clock", patient.content
    shown = to_datetime(patient.now).strftime("%Y-%m-%d %H:%M:%S UTC")
    mend = "Set it right and keep it so: timedatectl set-ntp true"
    if patient.now < BORN:
        return broken(about, f"it shows {shown}", mend)
    last = content.last_alive if content else None
    if last is not None and last > patient.now + _LEEWAY:
        then = to_datetime(last).strftime("%Y-%m-%d %H:%M:%S UTC")
        return broken(about, f"it shows {shown}, but Fener ran at {then} already", mend)
    return ok(about, f"it shows {shown}")
