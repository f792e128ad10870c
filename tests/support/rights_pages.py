"""The pages of the web app, as its views declare them, and somebody who opens them."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

from litestar.handlers import HTTPRouteHandler
from msgspec import Struct

from fener.api.app import documents
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher
from fener.web.app import create_web
from fener.web.options import WebOptions
from fener.web.views import VIEWS
from support.api import Answer, Client
from support.rights import WHOSE
from support.rights_town import Caller
from support.rights_world import Open

LIVE = "/live"
"""A stream: it has a test of its own."""
PUBLIC = {"setup", "sign-in", "forgot", "api-documentation", "{language:str}", "static"} | {
    "manifest.webmanifest",
    "service-worker.js",
    "offline",
}
MANAGED = {"/policies/add"}
"""Shown to those alone who may do what they offer."""


class Page(Struct, frozen=True):
    method: str
    path: str

    @property
    def thing(self) -> str | None:
        """By which of its names a thing is spelled in the path."""
        found = re.match(r"/(\w+)/{(?:key|number):str}", self.path)
        return _THINGS[found[1]] if found else None


_THINGS = {
    "monitors": "website_id",
    "start": "website_id",
    "heartbeats": "public_heartbeat_id",
    "incidents": "incident_public_id",
    "channels": "channel_id",
    "tokens": "token_id",
    "policies": "policy_id",
}


def _pages() -> list[Page]:
    return [
        Page(method, path)
        for handler in VIEWS
        if isinstance(handler, HTTPRouteHandler)
        for method in sorted(handler.http_methods - {"HEAD", "OPTIONS"})
        for path in sorted(handler.paths)
        if path != LIVE
    ]


PAGES = _pages()


class Visitor:
    """Somebody with a browser before the web app of a town."""

    def __init__(self, here: Open, caller: Caller) -> None:
        self.here = here
        self.caller = caller
        self.publisher = Publisher()
        options = WebOptions(
            publisher=self.publisher,
            faults=FaultBoard(here.here.clock),
            documents={str(name): one for name, one in documents().items()},
        )
        self._client = Client(create_web(here.here.context, options), caller.headers)
        self._csrf = here.csrf_of(caller) if caller.has_session else ""

    async def get(self, target: str) -> Answer:
        return await self._client.get(target)

    async def open(self, page: Page, whose: str) -> Answer:
        target = self.target_of(page, whose)
        assert page.method in {"GET", "POST"}, page
        return await (self.get(target) if page.method == "GET" else self.post(target))

    def target_of(self, page: Page, whose: str) -> str:
        thing = self.here.town.things[self.caller.whose[whose]][page.thing][0] if page.thing else ""
        known = {
            "language": "de",
            "section": "incidents",
            "digest": "x",
            "path": "app.css",
            "place": self._check_of(thing) if "{place" in page.path else "",
        }
        filled = re.sub(r"{(?:key|number):str}", thing or "1", page.path)
        return re.sub(r"{(\w+):\w+}", lambda match: known[match[1]], filled)

    def _check_of(self, monitor: str) -> str:
        """The newest check of a monitor, as its page is addressed."""
        newest = (
            "SELECT r.at, r.id FROM all_results r JOIN monitors m ON m.id = r.monitor_id"
            " WHERE m.public_id = :monitor ORDER BY r.id DESC LIMIT 1"
        )
        found = self.here.rows(newest, monitor=monitor)
        return f"{found[0][0]}.{found[0][1]}" if found else "1.1"

    async def post(self, target: str, body: bytes | None = None) -> Answer:
        """A form that some page or other would take, where no body is given."""
        right = self.form({"name": "x", "text": "x", "postmortem": "x"})
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return await self._client.post(target, body=right if body is None else body, headers=kind)

    def form(self, fields: Mapping[str, str]) -> bytes:
        """With the token that one's own pages carry."""
        return urlencode({"csrf": self._csrf, **fields}).encode()

    def whose(self, page: Page) -> list[str]:
        return [one for one in WHOSE if one in self.caller.whose] if page.thing else ["A"]

    def sees(self, whose: str) -> bool:
        return self.caller.whose[whose] not in {*self.caller.hidden, "nobody's"}
