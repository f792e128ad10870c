"""What the command line says when it cannot do what it was asked: what, and how to mend it."""

from enum import IntEnum

from fener.domain.errors import FenerError, Invalid, NotFound, TooMany
from fener.ports import StoreUnavailable
from fener.settings import SettingError


class Code(IntEnum):
    """Exit codes; `docs/command-line.md` names each."""

    DONE = 0
    REFUSED = 1
    """It was refused, is not there, or what was asked about is not well."""
    USAGE = 2
    """The command or a setting cannot be read; `fener check` could not tell."""
    UNAVAILABLE = 3
    """The data folder, the address to listen on, or the server cannot be used."""
    INTERRUPTED = 130


class Complaint(Exception):
    """Two lines for a person, and the exit code."""

    def __init__(self, what: str, mend: str, code: Code = Code.REFUSED) -> None:
        super().__init__(what)
        self.what = what
        self.mend = mend
        self.code = code


def complaint_about(error: Exception) -> Complaint | None:
    """What to tell of an error that can be expected; None for one that is a fault of Fener."""
    match error:
        case Complaint():
            return error
        case SettingError():
            return Complaint(str(error), "See every setting: fener serve --help", Code.USAGE)
        case StoreUnavailable():
            what, *_ = str(error).splitlines() or [""]
            return Complaint(what, "See what is wrong: fener doctor", Code.UNAVAILABLE)
        case FenerError():
            code = Code.USAGE if isinstance(error, Invalid) else Code.REFUSED
            return Complaint(error.message, _mend(error), code)
        case OSError(filename=str() as path, strerror=str() as said):
            mend = "Give this user the right to it, or set FENER_DATA to another folder."
            return Complaint(f"{path}: {said}", mend, Code.UNAVAILABLE)
    return None


def _mend(error: FenerError) -> str:
    match error:
        case NotFound():
            return "See what is there: fener monitor list, fener policy list, fener incidents"
        case TooMany(retry_after=seconds):
            return f"Try again in {seconds} s."
    return "See what may be given: add --help to the command"
