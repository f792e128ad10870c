"""What can be wrong with a request, whoever makes it: one tree, mapped to HTTP once per contract.

Messages are sentences for the person who asked: what was wrong, where, and what would be right.
"""


class FenerError(Exception):
    """Anything that an action refuses."""

    @property
    def message(self) -> str:
        return str(self)


class NotSignedIn(FenerError):
    """Nobody could be recognized by what was sent."""


class NoOrganization(FenerError):
    """The caller belongs to no organization, or named none where one is needed."""


class Invalid(FenerError):
    """The request says something that cannot be. `field` names the part, where it is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class NotPermitted(FenerError):
    """The caller sees the thing, but their role may not do this."""


class OutOfReach(FenerError):
    """The thing exists, in another organization or outside the caller's customers."""


class NotFound(FenerError):
    """There is no such thing."""


class Conflict(FenerError):
    """The thing cannot be as asked because of another one. `field` names the part, if it is one."""

    def __init__(self, message: str, field: str | None = None) -> None:
        super().__init__(message)
        self.field = field


class TooMany(FenerError):
    """Asked too often; `retry_after` is in seconds."""

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message)
        self.retry_after = retry_after
