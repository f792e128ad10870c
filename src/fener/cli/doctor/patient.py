"""What the examinations look at."""

from msgspec import Struct

from fener.domain.time import Instant
from fener.settings import Settings
from fener.storage.inspecting import Content, Inspection


class Patient(Struct, frozen=True):
    """A Fener that may run, be stopped, or not have been started yet."""

    settings: Settings
    now: Instant
    inspection: Inspection | None = None
    """None where there is no database, or none that could be read."""
    unreadable: str = ""
    """Why the database could not be read."""

    @property
    def content(self) -> Content | None:
        return self.inspection.content if self.inspection else None
