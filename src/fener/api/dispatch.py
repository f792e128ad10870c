"""Which of the two contracts answers a request: by path, then query, then who asks.

Nothing behind the dispatcher knows of the other contract. The rules are those that the readable
API pages tell; the order of the tests here is their order.
"""

import re
from enum import StrEnum
from urllib.parse import parse_qsl, unquote

from fener.actions.context import Context
from fener.api.asgi import App, Receive, Scope, Send
from fener.api.callers import recognized
from fener.api.door import raw_path
from fener.api.options import ApiOptions
from fener.domain.people import Credential


class Contract(StrEnum):
    ACCOUNT = "account"
    ORGANIZATION = "organization"


ACCOUNT_ONLY = frozenset(
    {
        "domain-names",
        "domains",
        "heartbeats",
        "logs",
        "monitors",
        "notification-handlers",
        "payments",
        "ping-servers",
        "projects",
        "server-monitors",
        "statistics",
        "team-members",
        "teams",
        "user",
    }
)
ORGANIZATION_ONLY = frozenset(
    {
        "customer",
        "customer-domains",
        "customer-ips",
        "customers",
        "escalation-config",
        "ftp-monitors",
        "icmp-monitors",
        "imap-pop-monitors",
        "maintenance-windows",
        "monitor-tags",
        "notification-channels",
        "organization",
        "organizations",
        "package-configs",
        "smtp-monitors",
        "ssh-monitors",
        "tags",
        "users",
        "websites",
    }
)
_BY_ID = frozenset({"incidents", "dns-monitors"})
"""Resources of both whose items are told apart by the form of the id."""
_SHARED = _BY_ID | {"status-pages"}
"""The account API has no path below an item of these."""
_ORGANIZATION_METHODS = frozenset({"PATCH", "PUT"})
_ORGANIZATION_SUB_PATHS = frozenset({("status-pages", "public"), ("status-pages", "domains")})
_ORGANIZATION_QUERY = frozenset({"organizationId", "limit", "offset", "includeTotal"})
_ACCOUNT_QUERY = re.compile("page|results_per_page|search.*|order_.*|datetime_.*")
_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_INTEGER = re.compile(r"[+-]?[0-9]+")


def contract_of(method: str, path: bytes, query: bytes) -> Contract | None:
    """The contract that the request itself names; None where it is the caller's credential.

    `path` is the raw one: only there a trailing slash survives.
    """
    resource, *rest = _segments(path)
    if resource in ACCOUNT_ONLY:
        return Contract.ACCOUNT
    if _is_organizations(method, resource, rest):
        return Contract.ORGANIZATION
    if resource in _BY_ID and rest:
        return _by_id(rest[0])
    if resource == "incidents":
        return _by_query(query) or _by_slash(path)
    return None


def _segments(path: bytes) -> list[str]:
    """What follows `/api/`, decoded after it was cut."""
    _, _, below = path.partition(b"/api/")
    return [unquote(part.decode("latin-1")) for part in below.rstrip(b"/").split(b"/")]


def _is_organizations(method: str, resource: str, rest: list[str]) -> bool:
    return (
        method in _ORGANIZATION_METHODS
        or resource in ORGANIZATION_ONLY
        or (resource in _SHARED and len(rest) > 1)
        or (resource, *rest) in _ORGANIZATION_SUB_PATHS
    )


def _by_id(identifier: str) -> Contract | None:
    if _UUID.fullmatch(identifier):
        return Contract.ORGANIZATION
    return Contract.ACCOUNT if _INTEGER.fullmatch(identifier) else None


def _by_query(query: bytes) -> Contract | None:
    names = {name for name, _ in parse_qsl(query.decode("latin-1"), keep_blank_values=True)}
    if names & _ORGANIZATION_QUERY:
        return Contract.ORGANIZATION
    if any(_ACCOUNT_QUERY.fullmatch(name) for name in names):
        return Contract.ACCOUNT
    return None


def _by_slash(path: bytes) -> Contract:
    return Contract.ACCOUNT if path.endswith(b"/") else Contract.ORGANIZATION


class Dispatcher:
    """The ASGI application in front of both."""

    def __init__(
        self, account: App, organization: App, context: Context, options: ApiOptions
    ) -> None:
        self._apps = {Contract.ACCOUNT: account, Contract.ORGANIZATION: organization}
        self._context = context
        self._options = options

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        contract = contract_of(scope["method"], raw_path(scope), scope["query_string"])
        await self._apps[contract or await self._by_credential(scope)](scope, receive, send)

    async def _by_credential(self, scope: Scope) -> Contract:
        try:
            caller = await recognized(self._context, self._options, scope)
        except Exception:  # noqa: BLE001 - the door behind meets the same fault and words it
            return Contract.ORGANIZATION
        is_key = caller is not None and caller.credential is Credential.ACCOUNT_KEY
        return Contract.ACCOUNT if is_key else Contract.ORGANIZATION
