"""The table of rights: what each caller gets on each route of both APIs, for whose things.

A line is a method and a path, where `{}` is the thing that is asked for, and a cell for each
caller. On lines that name a thing a cell has four signs: for a thing of customer A, for one of
customer B, for another organization's, and for one that does not exist. Other lines have one sign.

    +  done          -  403          .  404          !  400

A word after the path is a field of the body that names the thing; the path is then a thing of A.
`*` after it marks what sessions alone may do: keys and tokens get 403 for everything.
"""

import re
from functools import cache
from typing import Any

from msgspec import Struct

from fener.api.app import documents

TABLE = """
account                                   owner admin user  userA readA read0 token tokenA
GET    /api/incidents/                    +     +     +     +     +     +     +     +
GET    /api/incidents/{}                  ++..  ++..  ++..  +...  +...  ....  ++..  +...
POST   /api/incidents/{}                  ++..  ++..  ++..  +...  -...  ....  ++..  +...
DELETE /api/incidents/{}                  ++..  ++..  ++..  +...  -...  ....  ++..  +...
GET    /api/monitors/                     +     +     +     +     +     +     +     +
POST   /api/monitors                      +     +     +     +     -     -     +     +
POST   /api/monitors is_ok_notifications  +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
GET    /api/monitors/{}                   ++..  ++..  ++..  +...  +...  ....  ++..  +...
POST   /api/monitors/{}                   ++..  ++..  ++..  +...  -...  ....  ++..  +...
POST   /api/monitors/{} is_ok_notifications
                                          +!!!  +!!!  +!!!  +!!!  ----  ....  +!!!  +!!!
DELETE /api/monitors/{}                   ++..  ++..  ++..  +...  -...  ....  ++..  +...
GET    /api/heartbeats/                   +     +     +     +     +     +     +     +
POST   /api/heartbeats                    +     +     +     +     -     -     +     +
POST   /api/heartbeats is_ok_notifications
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
GET    /api/heartbeats/{}                 ++..  ++..  ++..  +...  +...  ....  ++..  +...
POST   /api/heartbeats/{}                 ++..  ++..  ++..  +...  -...  ....  ++..  +...
POST   /api/heartbeats/{} is_ok_notifications
                                          +!!!  +!!!  +!!!  +!!!  ----  ....  +!!!  +!!!
DELETE /api/heartbeats/{}                 ++..  ++..  ++..  +...  -...  ....  ++..  +...
GET    /api/dns-monitors/                 +     +     +     +     +     +     +     +
POST   /api/dns-monitors                  +     +     +     +     -     -     +     +
POST   /api/dns-monitors notifications    +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
GET    /api/dns-monitors/{}               ++..  ++..  ++..  +...  +...  ....  ++..  +...
POST   /api/dns-monitors/{}               ++..  ++..  ++..  +...  -...  ....  ++..  +...
POST   /api/dns-monitors/{} notifications +!!!  +!!!  +!!!  +!!!  ----  ....  +!!!  +!!!
DELETE /api/dns-monitors/{}               ++..  ++..  ++..  +...  -...  ....  ++..  +...
GET    /api/notification-handlers/        +     +     +     +     -     -     +     +
POST   /api/notification-handlers         +     +     +     +     -     -     +     +
GET    /api/notification-handlers/{}      ++..  ++..  ++..  +...  -...  ....  ++..  +...
POST   /api/notification-handlers/{}      ++..  ++..  ++..  +...  -...  ....  ++..  +...
DELETE /api/notification-handlers/{}      ++..  ++..  ++..  +...  -...  ....  ++..  +...
GET    /api/user                          +     +     +     +     +     +     -     -

organization                              owner admin user  userA readA read0 token tokenA
GET    /api/incidents                     +     +     +     +     +     +     +     +
GET    /api/incidents/{}                  ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
POST   /api/incidents/{}/acknowledge      ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/incidents/{}/comments         ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/incidents/{}/resolve          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
PUT    /api/incidents/{}/postmortem       ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
GET    /api/websites                      +     +     +     +     +     +     +     +
GET    /api/websites ?customerId          ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
POST   /api/websites customerId           ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/websites notificationChannelIds
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
POST   /api/websites packageId            ++!!  ++!!  ++!!  ++!!  ----  ----  ++!!  ++!!
GET    /api/websites/{}                   ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
PATCH  /api/websites/{}                   ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
PATCH  /api/websites/{} customerId        ++-.  ++-.  ++-.  +--.  ----  ----  ++-.  +--.
PATCH  /api/websites/{} notificationChannelIds
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
PATCH  /api/websites/{} packageId         ++!!  ++!!  ++!!  ++!!  ----  ----  ++!!  ++!!
DELETE /api/websites/{}                   ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/websites/{}/trigger-check     ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
GET    /api/websites/{}/check-history     ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/websites/{}/incident-history  ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/websites/{}/alert-history     ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/websites/{}/uptime-stats      ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/icmp-monitors                 +     +     +     +     +     +     +     +
GET    /api/icmp-monitors ?customerId     ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
POST   /api/icmp-monitors customerId      ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/icmp-monitors notificationChannelIds
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
GET    /api/icmp-monitors/{}              ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
PATCH  /api/icmp-monitors/{}              ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
PATCH  /api/icmp-monitors/{} customerId   ++-.  ++-.  ++-.  +--.  ----  ----  ++-.  +--.
PATCH  /api/icmp-monitors/{} notificationChannelIds
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
DELETE /api/icmp-monitors/{}              ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/icmp-monitors/{}/trigger-check
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
GET    /api/icmp-monitors/{}/check-history
                                          ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/icmp-monitors/{}/incident-history
                                          ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/icmp-monitors/{}/alert-history
                                          ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/icmp-monitors/{}/details      ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/dns-monitors                  +     +     +     +     +     +     +     +
GET    /api/dns-monitors ?customerId      ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
POST   /api/dns-monitors customerId       ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/dns-monitors notificationChannelIds
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
GET    /api/dns-monitors/{}               ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
PATCH  /api/dns-monitors/{}               ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
PATCH  /api/dns-monitors/{} customerId    ++-.  ++-.  ++-.  +--.  ----  ----  ++-.  +--.
PATCH  /api/dns-monitors/{} notificationChannelIds
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
DELETE /api/dns-monitors/{}               ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/dns-monitors/{}/trigger-check ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
GET    /api/dns-monitors/{}/check-history ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/dns-monitors/{}/incident-history
                                          ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/dns-monitors/{}/alert-history ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/dns-monitors/{}/details       ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
GET    /api/notification-channels         +     +     +     +     -     -     +     +
GET    /api/notification-channels ?customerId
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
GET    /api/notification-channels ?websiteId
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/notification-channels         +     +     +     +     -     -     +     +
POST   /api/notification-channels customerId
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/notification-channels websiteId
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/notification-channels organizationId
                                          ++--  ++--  ++--  ++--  ----  ----  ++--  ++--
PATCH  /api/notification-channels/{}      ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
PATCH  /api/notification-channels/{} customerId
                                          +!!!  +!!!  +!!!  +!!!  ----  ----  +!!!  +!!!
PATCH  /api/notification-channels/{} websiteId
                                          !!!!  !!!!  !!!!  !!!!  ----  ----  !!!!  !!!!
PATCH  /api/notification-channels/{} organizationId
                                          ++--  ++--  ++--  ++--  ----  ----  ++--  ++--
DELETE /api/notification-channels/{}      ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/notification-channels/test    +     +     +     +     -     -     +     +
POST   /api/notification-channels/test customerId
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/notification-channels/test websiteId
                                          ++-.  ++-.  ++-.  +--.  ---.  ---.  ++-.  +--.
POST   /api/notification-channels/test organizationId
                                          ++--  ++--  ++--  ++--  ----  ----  ++--  ++--
GET    /api/customers                     +     +     +     +     +     +     +     +
POST   /api/customers                     +     +     -     -     -     -     +     -
POST   /api/customers organizationId      ++--  ++--  ----  ----  ----  ----  ++--  ----
GET    /api/customers/{}                  ++-.  ++-.  ++-.  +--.  +--.  ---.  ++-.  +--.
PATCH  /api/customers/{}                  ++-.  ++-.  ----  ----  ----  ----  ++-.  ----
POST   /api/customers/{}/cancel           ++-.  ++-.  ----  ----  ----  ----  ++-.  ----
DELETE /api/customers/{}/cancel           ++-.  ++-.  ----  ----  ----  ----  ++-.  ----
GET    /api/users                         +     +     -     -     -     -     +     -
POST   /api/users                         +     +     -     -     -     -     +     -
POST   /api/users customerIds             ++!!  ++!!  ----  ----  ----  ----  ++!!  ----
GET    /api/users/{}                      ++-.  ++-.  ----  ----  ----  ----  ++-.  ----
PATCH  /api/users/{}                      ++-.  ++-.  ----  ----  ----  ----  ++-.  ----
PATCH  /api/users/{} customerIds          ++!!  ++!!  ----  ----  ----  ----  ++!!  ----
DELETE /api/users/{}                      ++-.  ++-.  ----  ----  ----  ----  ++-.  ----
GET    /api/organization                  +     +     +     +     +     +     +     +
PATCH  /api/organization                  +     +     -     -     -     -     +     -
GET    /api/organizations                 +     +     +     +     +     +     +     +
PATCH  /api/organizations                 +     +     -     -     -     -     +     -
GET    /api/organizations/{}              ++-.  ++-.  ++-.  ++-.  ++-.  ++-.  ++-.  ++-.
PATCH  /api/organizations/{}              ++-.  ++-.  ---.  ---.  ---.  ---.  ++-.  ---.
GET    /api/package-configs               +     +     +     +     +     +     +     +
GET    /api/organizations/{}/package-configs
                                          ++-.  ++-.  ++-.  ++-.  ++-.  ++-.  ++-.  ++-.
PATCH  /api/package-configs/{}            ++++  ++++  ----  ----  ----  ----  ++++  ----
DELETE /api/package-configs/{}            ++..  ++..  ----  ----  ----  ----  ++..  ----
GET    /api/organization/tokens *         +     +     -     -     -     -     -     -
POST   /api/organization/tokens *         +     +     -     -     -     -     -     -
POST   /api/organization/tokens customerId *
                                          ++!!  ++!!  ----  ----  ----  ----  ----  ----
DELETE /api/organization/tokens/{} *      ++-.  ++-.  ---.  ---.  ---.  ---.  ----  ----
GET    /api/customer/tokens *             +     +     +     +     -     -     -     -
POST   /api/customer/tokens *             +     +     !     !     -     -     -     -
POST   /api/customer/tokens customerId *  ++!!  ++!!  ++!!  +-!!  ----  ----  ----  ----
DELETE /api/customer/tokens/{} *          ++-.  ++-.  ++-.  +--.  ---.  ---.  ----  ----
"""
STATUSES = {"+": frozenset({200, 201, 204}), "-": {403}, ".": {404}, "!": {400}}
WHOSE = ("A", "B", "elsewhere", "nobody's")
"""Whose things the four signs of a cell are about, in order."""

BODIES: dict[str, dict[str, Any]] = {
    "POST /api/incidents/{}": {"comment": "x"},
    "POST /api/monitors": {"name": "New", "target": "https://new.example/"},
    "POST /api/monitors/{}": {"name": "Other"},
    "POST /api/heartbeats": {"name": "New"},
    "POST /api/heartbeats/{}": {"name": "Other"},
    "account POST /api/dns-monitors": {"name": "New", "target": "new.example"},
    "POST /api/dns-monitors/{}": {"name": "Other"},
    "POST /api/notification-handlers": {"name": "New", "type": "email", "email": "a@example.com"},
    "POST /api/notification-handlers/{}": {"name": "Other"},
    "POST /api/incidents/{}/comments": {"text": "x"},
    "PUT /api/incidents/{}/postmortem": {"text": "x"},
    "POST /api/websites": {"name": "New", "url": "https://new.example/"},
    "PATCH /api/websites/{}": {"name": "Other"},
    "POST /api/icmp-monitors": {"name": "New", "hostname": "new.example"},
    "PATCH /api/icmp-monitors/{}": {"name": "Other"},
    "POST /api/dns-monitors": {
        "name": "New",
        "hostname": "new.example",
        "dnsConfig": {
            "rrtypes": ["A"],
            "matchMode": "exact",
            "expectedValues": {"A": ["192.0.2.1"]},
        },
    },
    "PATCH /api/dns-monitors/{}": {"name": "Other"},
    "POST /api/notification-channels": {
        "type": "email",
        "name": "New",
        "config": {"email": "a@example.com"},
    },
    "PATCH /api/notification-channels/{}": {"name": "Other"},
    "POST /api/notification-channels/test": {
        "type": "webhook",
        "config": {"url": "https://hook.example/"},
        "dryRun": True,
    },
    "POST /api/customers": {"name": "New"},
    "PATCH /api/customers/{}": {"email": "new@example.com"},
    "POST /api/users": {"email": "new@example.com", "role": "user"},
    "PATCH /api/users/{}": {"firstName": "Ada"},
    "PATCH /api/organization": {"city": "Bonn"},
    "PATCH /api/organizations": {"city": "Bonn"},
    "PATCH /api/organizations/{}": {"city": "Bonn"},
    "PATCH /api/package-configs/{}": {"alertConsecutiveChecks": 4},
    "POST /api/organization/tokens": {"name": "New"},
    "POST /api/customer/tokens": {"name": "New"},
}
"""A body that is right, by method and path; of a path of both contracts by the contract, too."""

LASTING = frozenset({"POST /api/notification-channels/test", "DELETE /api/customers/{}/cancel"})
"""What is done without anything being changed: a dry run, and what is so already."""


class Operation(Struct, frozen=True):
    """One route of one contract, as its document tells it."""

    contract: str
    method: str
    path: str
    named: str | None
    """What the path calls the thing that it names."""
    query: tuple[str, ...]
    fields: dict[str, Any]
    """The schemas of the body's fields."""
    statuses: frozenset[int]
    """With what it may be answered."""

    @property
    def key(self) -> str:
        return f"{self.method} {_blank(self.path)}"

    @property
    def name(self) -> str:
        return f"{self.contract} {self.key}"

    @property
    def is_safe(self) -> bool:
        return self.method == "GET"

    @property
    def body(self) -> dict[str, Any] | None:
        """A right one; None where the route takes none."""
        return dict(BODIES.get(self.name) or BODIES[self.key]) if self.fields else None


class Line(Struct, frozen=True):
    """One line of the table."""

    operation: Operation
    field: str | None
    """The field of the body that names the thing, or with `?` before it of the query."""
    is_for_sessions: bool
    cells: dict[str, str]

    @property
    def name(self) -> str:
        return " ".join(filter(None, (self.operation.name, self.field)))

    @property
    def names_a_thing(self) -> bool:
        return bool(self.field or self.operation.named)

    def wanted(self, column: str, *, with_session: bool) -> str:
        cell = self.cells[column]
        return "-" * len(cell) if self.is_for_sessions and not with_session else cell


@cache
def operations() -> tuple[Operation, ...]:
    """Every route of both documents."""
    return tuple(
        _operation(str(contract), method.upper(), path, told, document)
        for contract, document in documents().items()
        for path, item in document["paths"].items()
        for method, told in item.items()
    )


def _operation(
    contract: str, method: str, path: str, told: dict[str, Any], document: dict[str, Any]
) -> Operation:
    in_path = [one["name"] for one in told["parameters"] if one["in"] == "path"]
    assert len(in_path) <= 1, path
    return Operation(
        contract=contract,
        method=method,
        path=path,
        named=in_path[0] if in_path else None,
        query=tuple(one["name"] for one in told["parameters"] if one["in"] == "query"),
        fields=_fields(told.get("requestBody"), document["components"]["schemas"]),
        statuses=frozenset(map(int, told["responses"])),
    )


def _fields(body: dict[str, Any] | None, schemas: dict[str, Any]) -> dict[str, Any]:
    if body is None:
        return {}
    schema = next(iter(body["content"].values()))["schema"]
    fields: dict[str, Any] = schemas[schema["$ref"].rpartition("/")[2]]["properties"]
    return fields


def _blank(path: str) -> str:
    return re.sub(r"{\w+}", "{}", path)


_ROUTE = re.compile(r"([A-Z]+) +(/\S+)(?: (\??\w+))?( \*)?")
_CELLS = re.compile(r"(?:[-+.!]{1,4}(?: +|$)){8}")


@cache
def lines() -> tuple[Line, ...]:
    known = {(one.contract, one.key): one for one in operations()}
    found: list[Line] = []
    contract, columns, route = "", [], ""
    for text in filter(None, TABLE.splitlines()):
        if re.match(r"account|organization", text):
            contract, *columns = text.split()
            continue
        cells = _CELLS.search(text)
        route += text[: cells.start() if cells else None].strip()
        if cells:
            found.append(
                _line(known, contract, route, dict(zip(columns, cells[0].split(), strict=True)))
            )
            route = ""
    return tuple(found)


def _line(
    known: dict[tuple[str, str], Operation], contract: str, route: str, cells: dict[str, str]
) -> Line:
    match = _ROUTE.fullmatch(route)
    assert match, route
    method, path, field, starred = match.groups()
    operation = known.get((contract, f"{method} {path}"))
    assert operation, f"no document has {contract} {method} {path}"
    line = Line(operation, field, bool(starred), cells)
    assert {len(cell) for cell in cells.values()} == {4 if line.names_a_thing else 1}, route
    return line
