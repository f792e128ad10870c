"""Commands by the organization API of the server at `FENER_URL`, with the token in `FENER_TOKEN`.

They show what commands on its store show. A server that says less leaves the rest of a view empty.
"""

from collections.abc import Iterator, Mapping
from itertools import islice
from urllib.parse import quote
from uuid import UUID

from fener.actions.names import name_after
from fener.actions.policy_rules import Change
from fener.cli import answers, package_answers
from fener.cli.complaints import Code, Complaint
from fener.cli.desk import Key
from fener.cli.incident_answers import Details, Incident, IncidentPage, ListedIncident
from fener.cli.parameters import Wanted, asked_of
from fener.cli.server import Server
from fener.cli.views import (
    CustomerView,
    HeartbeatView,
    IncidentDetails,
    IncidentView,
    MonitorDetails,
    MonitorView,
    NewHeartbeat,
    NewMonitor,
    PolicyView,
)
from fener.domain.errors import NotFound
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import DEFAULT_TIMEOUT
from fener.domain.time import SECOND, Span

WEBSITES, INCIDENTS, CUSTOMERS = "/api/websites", "/api/incidents", "/api/customers"
PACKAGES = "/api/package-configs"
HEARTBEAT = "heartbeat"
GOOD_STATUS = "200-299"
"""What the command line promises; the API's own default is another."""
_SITES_A_PAGE = 200
_INCIDENTS_A_PAGE = 500
_OPEN = "open"


def remote_desk(environment: Mapping[str, str]) -> "RemoteDesk":
    """Raises Complaint where address or token is none."""
    return RemoteDesk(Server(environment.get("FENER_URL", ""), environment.get("FENER_TOKEN", "")))


class RemoteDesk:
    """`Desk` and `PolicyDesk` of `fener.cli.desk`, on a server."""

    def __init__(self, server: Server) -> None:
        self._server = server

    def add_monitor(self, new: NewMonitor) -> MonitorView:
        timeout = min(DEFAULT_TIMEOUT, new.every) if new.timeout is None else new.timeout
        wanted: dict[str, object] = {
            "customerId": self._customer(new.customer_id),
            "url": new.url,
            "name": new.name or _name_after(new.url),
            "checkIntervalSeconds": new.every / SECOND,
            "timeoutSeconds": timeout / SECOND,
            "packageId": None if new.policy is None else self._package(new.policy).id,
        }
        asked = Wanted(new.keyword, new.expect)
        settings = asked_of(new.url, asked, notice_changes=new.notice_changes)
        if new.notice_changes:
            wanted["settings"] = {"noticeChanges": True}
        if isinstance(settings, HttpSettings):
            wanted["searchTerm"] = new.keyword
            wanted["expectedStatusCodes"] = new.expect or GOOD_STATUS
        return self._create(wanted).monitor_view()

    def monitors(self) -> list[MonitorView]:
        sites = self._in_order(excludeMonitoringType=HEARTBEAT)
        return [site.monitor_view() for site in sites]

    def monitor(self, key: Key, over: Span | None) -> MonitorDetails:
        if over is not None:
            mend = "Ask on the machine of the server, or leave out --over."
            raise Complaint("The API of a server does not tell response times", mend, Code.USAGE)
        return self._server.get(self._path(key), answers.Site).details()

    def pause(self, key: Key) -> MonitorView:
        return self._change(key, status="inactive")

    def resume(self, key: Key) -> MonitorView:
        return self._change(key, status="active")

    def delete(self, key: Key) -> None:
        self._server.send("DELETE", self._path(key), object)

    def check_now(self, key: Key) -> MonitorView:
        path = self._path(key)
        self._server.send("POST", f"{path}/trigger-check", object)
        return self._server.get(path, answers.Site).monitor_view()

    def add_heartbeat(self, new: NewHeartbeat) -> HeartbeatView:
        schedule = {
            "intervalSeconds": None if new.every is None else new.every / SECOND,
            "cron": new.cron,
            "onCalendar": new.on_calendar,
            "timezone": new.zone,
            "graceSeconds": new.grace / SECOND,
        }
        wanted = {
            "customerId": self._customer(new.customer_id),
            "name": new.name,
            "monitoringType": HEARTBEAT,
            "heartbeatConfig": _told(schedule),
        }
        return self._create(wanted).heartbeat_view()

    def heartbeats(self) -> list[HeartbeatView]:
        return [site.heartbeat_view() for site in self._in_order(monitoringType=HEARTBEAT)]

    def heartbeat(self, key: Key) -> HeartbeatView:
        return self._server.get(self._path(key), answers.Site).heartbeat_view()

    def incidents(self, *, only_open: bool, limit: int) -> list[IncidentView]:
        wanted = {"status": _OPEN} if only_open else {}
        found = self._incidents(limit, **wanted)
        return [one.view() for one in islice(found, limit)]

    def incident(self, key: Key) -> IncidentDetails:
        path = f"{INCIDENTS}/{self._incident_id(key)}"
        return self._server.get(path, Details).view()

    def acknowledge(self, key: Key) -> IncidentView:
        path = f"{INCIDENTS}/{self._incident_id(key)}/acknowledge"
        return self._server.send("POST", path, Incident).view()

    def customers(self) -> list[CustomerView]:
        known = self._server.get(CUSTOMERS, list[answers.Customer])
        return [customer.view() for customer in known]

    def policies(self) -> list[PolicyView]:
        return [package.view() for package in self._packages()]

    def policy(self, name: str) -> PolicyView:
        return self._package(name).view()

    def set_policy(self, key: str, change: Change) -> PolicyView:
        path = f"{PACKAGES}/{quote(key.strip(), safe='')}"
        return self._server.send(
            "PATCH", path, package_answers.Package, package_answers.form_of(change)
        ).view()

    def delete_policy(self, name: str) -> None:
        self._server.send("DELETE", f"{PACKAGES}/{self._package(name).package_type}", object)

    def give_customer(self, customer_id: int, policy: str) -> CustomerView:
        body = {"packageType": self._package(policy).package_type}
        path = f"{CUSTOMERS}/{customer_id}"
        return self._server.send("PATCH", path, answers.ChangedCustomer, body).customer.view()

    def give_monitor(self, key: Key, policy: str | None) -> MonitorView:
        return self._change(key, packageId=None if policy is None else self._package(policy).id)

    def _packages(self) -> list[package_answers.Package]:
        return self._server.get(PACKAGES, list[package_answers.Package])

    def _package(self, name: str) -> package_answers.Package:
        for package in self._packages():
            if package.is_called(name):
                return package
        raise NotFound("There is no such policy.")

    def _customer(self, wanted: int | None) -> int:
        """The one that was named, else the first that the token reaches."""
        if wanted is not None:
            return wanted
        known = self._server.get(CUSTOMERS, list[answers.Customer])
        if not known:
            raise Complaint("The token reaches no customer", "Take a token of wider reach.")
        return min(customer.id for customer in known)

    def _create(self, wanted: Mapping[str, object]) -> answers.Site:
        return self._server.send("POST", WEBSITES, answers.Site, _told(wanted))

    def _change(self, key: Key, **change: object) -> MonitorView:
        return self._server.send("PATCH", self._path(key), answers.Site, change).monitor_view()

    def _path(self, key: Key) -> str:
        """The API names monitors by their public ids."""
        if isinstance(key, UUID):
            return f"{WEBSITES}/{key}"
        found = self._server.get(WEBSITES, answers.SitePage, id=key).items
        if not found:
            raise Complaint(f"There is no monitor {key}", "See what is there: fener monitor list")
        return f"{WEBSITES}/{found[0].public_id}"

    def _in_order(self, **filters: str) -> list[answers.Site]:
        """Oldest first, each once: pages overlap where one is added meanwhile."""
        known = {site.id: site for site in self._sites(**filters)}
        return [known[number] for number in sorted(known)]

    def _sites(self, **filters: str) -> Iterator[answers.Site]:
        page, seen = 1, 0
        while True:
            found = self._server.get(
                WEBSITES, answers.SitePage, page=page, perPage=_SITES_A_PAGE, **filters
            )
            yield from found.items
            page, seen = page + 1, seen + len(found.items)
            if not found.items or seen >= found.total:
                return

    def _incidents(self, size: int, **filters: str) -> Iterator[ListedIncident]:
        """Newest first, read in pages of at most `size`."""
        offset, limit = 0, min(size, _INCIDENTS_A_PAGE)
        while True:
            page = self._server.get(
                INCIDENTS, IncidentPage, includeTotal=1, limit=limit, offset=offset, **filters
            )
            yield from page.incidents
            offset += len(page.incidents)
            if not page.incidents or offset >= page.total:
                return

    def _incident_id(self, key: Key) -> str:
        """The API names incidents by their public ids."""
        if isinstance(key, UUID):
            return str(key)
        found = self._server.get(INCIDENTS, IncidentPage, id=key, includeTotal=1).incidents
        if not found:
            raise Complaint(f"There is no incident {key}", "See what is there: fener incidents")
        return found[0].public_id


def _told(wanted: Mapping[str, object]) -> dict[str, object]:
    """What was said; whole numbers as such."""
    return {
        name: int(value) if isinstance(value, float) and value.is_integer() else value
        for name, value in wanted.items()
        if value is not None
    }


def _name_after(url: str) -> str:
    return name_after(url if "://" in url else f"https://{url}")
