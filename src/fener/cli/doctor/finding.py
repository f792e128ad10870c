"""What the doctor finds."""

from enum import StrEnum

from msgspec import Struct


class Level(StrEnum):
    OK = "ok"
    WARNING = "warning"
    """Fener runs, but not as well as it could, or not for long."""
    BROKEN = "broken"
    """Something that Fener needs does not work."""


class Finding(Struct, frozen=True):
    """One thing that was looked at. `mend` says what to do about it."""

    about: str
    level: Level
    said: str
    mend: str = ""


def ok(about: str, said: str) -> Finding:
    return Finding(about, Level.OK, said)


def warning(about: str, said: str, mend: str) -> Finding:
    return Finding(about, Level.WARNING, said, mend)


def broken(about: str, said: str, mend: str) -> Finding:
    return Finding(about, Level.BROKEN, said, mend)
