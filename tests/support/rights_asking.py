"""From a line of the table of rights and a caller to the requests that it stands for."""

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from support.api import Answer, Client
from support.rights import WHOSE, Line, Operation, lines
from support.rights_building import town
from support.rights_town import Caller

_THINGS = {
    "customerIds": "customerId",
    "is_ok_notifications": "channel_id",
    "notifications": "channel_id",
    "notificationChannelIds": "channel_id",
}
_CREATED_FOR = {"POST /api/websites", "POST /api/icmp-monitors", "POST /api/dns-monitors"}
"""What a customer is named for."""
_LISTED = frozenset(_THINGS)
SHARED = frozenset({"/api/dns-monitors"})
"""Paths whose contract the credential chooses."""


class Asked(Struct, frozen=True):
    """One request; it names a thing of `whose`, where it names one."""

    line: Line
    whose: str
    spelled: str
    """How the thing is named."""
    target: str
    body: dict[str, Any] | None

    @property
    def said(self) -> str:
        """All that the caller told by it."""
        return f"{self.target} {self.body}"

    async def of(self, client: Client, query: str = "", **more: Any) -> Answer:
        sent: dict[str, Any] = {} if self.body is None else {"json": self.body}
        return await client.ask(self.line.operation.method, self.target + query, **sent, **more)


def is_answered(operation: Operation, caller: Caller) -> bool:
    """Whether the contract of the operation answers this caller: for a shared path the kind of
    credential chooses it.
    """
    if operation.path.rstrip("/") not in SHARED:
        return True
    return (operation.contract == "account") == caller.name.startswith("key of")


def requests(line: Line, caller: Caller) -> Iterator[Asked]:
    """For a thing of each owner, in each spelling that things of its kind have."""
    if not is_answered(line.operation, caller):
        return
    for whose in filter(caller.whose.__contains__, WHOSE if line.names_a_thing else WHOSE[:1]):
        for spelled in _spellings(line, caller, whose):
            yield _asked(line, caller, whose, spelled)


def own_requests(caller: Caller) -> list[Asked]:
    """A right one for each route, for the caller's own things."""
    first: dict[str, Line] = {}
    for line in lines():
        if is_answered(line.operation, caller):
            first.setdefault(line.operation.name, line)
    return [next(requests(line, caller)) for line in first.values()]


def _spellings(line: Line, caller: Caller, whose: str) -> tuple[str, ...]:
    named = line.field.lstrip("?") if line.field else _named(line)
    if named is None:
        return ("",)
    spellings = town().things[caller.whose[whose]][_THINGS.get(named, named)]
    # a channel's record shows numbers alone, so these are what is sent back with it
    is_number = line.field and line.operation.key == "PATCH /api/notification-channels/{}"
    return spellings[-1:] if is_number else spellings


def _named(line: Line) -> str | None:
    is_unlimited = line.operation.path == "/api/organization/tokens/{token_id}"
    return "organization_token_id" if is_unlimited else line.operation.named


def _asked(line: Line, caller: Caller, whose: str, spelled: str) -> Asked:
    operation, field = line.operation, line.field
    mine = town().things[caller.whose["A"]]
    in_path = spelled if field is None else mine[_named(line) or "monitor_id"][0]
    target = re.sub(r"{\w+}", in_path, operation.path)
    body = operation.body
    is_organizations = operation.contract == "organization"
    if body is not None and is_organizations and operation.key in _CREATED_FOR:
        body["customerId"] = int(mine["customerId"][-1])
    if field and field.startswith("?"):
        target += f"?{field[1:]}={spelled}"
    elif field and body is not None:
        value = int(spelled) if spelled.isdigit() else spelled
        body[field] = [value] if field in _LISTED else value
    return Asked(line, whose, spelled, target, body)
