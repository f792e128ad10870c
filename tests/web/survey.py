"""One walk through every page, in the accented language, whose words are a third longer."""

import re

from msgspec import Struct
from playwright.sync_api import BrowserContext, Page

from fener.web.kind_fields import DRAWN
from support.demo import Demo
from support.web import WebHouse

WIDTHS = (390, 820, 1440)
SCHEMES = ("light", "dark")
PSEUDO = "en-XA"
OUTSIDE = (
    "/sign-in",
    "/offline",
    "/api-documentation",
    "/api-documentation/account",
    "/api-documentation/organization",
    "/api-documentation/incidents",
)
_EXAMPLES = {
    "https://example.com/",
    "https://example.com/hook",
    "ada@example.com",
    "Accept: application/json",
    "Content-Type: application/json",
    "$.status = ok",
    "http://proxy.example.com:3128",
    "example.com",
    r"PING\r\n",
    "+PONG",
}
_ATTRIBUTES = ("title", "aria-label", "placeholder", "alt", "data-copied")
_PLAIN = re.compile(r"[A-Za-z]{2,}")
_TEXTS = """(attributes) => {
    const theirs = (element) => element.closest('[translate="no"]') !== null;
    const found = [];
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { parentElement: element, data } = walker.currentNode;
        if (!element || theirs(element) || element.closest('script, style, noscript')) continue;
        found.push(['', data.trim()]);
    }
    for (const element of document.querySelectorAll('*')) {
        if (theirs(element)) continue;
        for (const name of attributes) {
            if (element.hasAttribute(name)) found.push([name, element.getAttribute(name)]);
        }
    }
    return found;
}"""


class Seen(Struct):
    """What was noticed on one page; all of it empty where the page is good."""

    status: int
    sideways: list[str]
    plain_words: list[str]
    bare_english: list[str]
    complaints: list[str]
    nameless: list[str]
    strangers: list[str]


def inside_paths(demo: Demo) -> list[str]:
    blog = demo.monitors["Blog"]
    return [
        "/",
        "/?search=nothing-has-this-name",
        "/start",
        "/monitors/add",
        *(f"/monitors/add?kind={kind}" for kind in DRAWN),
        f"/monitors/{demo.monitors['Database']}",
        f"/monitors/{demo.monitors['Database']}/edit",
        f"/monitors/{demo.monitors['Zone']}",
        f"/monitors/{blog}",
        f"/monitors/{blog}?only=bad&span=week",
        f"/monitors/{blog}?span=year",
        f"/monitors/{blog}/checks/{demo.check}",
        f"/monitors/{blog}/edit",
        f"/monitors/{blog}/delete",
        f"/start/{blog}",
        "/incidents",
        f"/incidents/{demo.incident}",
        f"/incidents/{demo.incident}/delete",
        f"/incidents/{demo.incident}/resolve",
        "/heartbeats",
        "/heartbeats/add",
        f"/heartbeats/{demo.heartbeat}",
        f"/heartbeats/{demo.heartbeat}/edit",
        "/channels",
        "/channels/add",
        "/channels/add?kind=email",
        "/channels/add?kind=webhook",
        "/channels/1",
        "/channels/1/edit",
        "/policies",
        "/policies/add",
        "/policies/1/edit",
        "/policies/1/delete",
        "/tokens",
        "/you",
    ]


def walk(house: WebHouse, rooms: list[tuple[BrowserContext, list[str]]]) -> dict[str, Seen]:
    found = {}
    for context, paths in rooms:
        page = context.new_page()
        notes = Notes(page, house.url)
        for path in paths:
            found[path] = _look(page, house.url + path, notes)
        page.close()
    return found


class Notes:
    """What a browser complains about and asks of other hosts, until it is taken."""

    def __init__(self, page: Page, site: str) -> None:
        self._site = site
        self.complaints: list[str] = []
        self.strangers: list[str] = []
        page.on("request", lambda request: self._note_request(request.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self._note_said(said.type, said.text))

    def take(self) -> tuple[list[str], list[str]]:
        taken = self.complaints, self.strangers
        self.complaints, self.strangers = [], []
        return taken

    def _note_request(self, url: str) -> None:
        if not url.startswith((self._site, "data:", "blob:")):
            self.strangers.append(url)

    def _note_said(self, kind: str, text: str) -> None:
        if kind == "error":
            self.complaints.append(text)


def _look(page: Page, address: str, notes: Notes) -> Seen:
    answer = page.goto(address, wait_until="load")
    sideways, plain, nameless = _sideways(page), _plain_words(page), _nameless(page)
    bare = [] if "/api-documentation" in address else _bare_english(page)
    complaints, strangers = notes.take()
    return Seen(
        status=answer.status if answer else 0,
        sideways=sideways,
        plain_words=plain,
        bare_english=bare,
        complaints=complaints,
        nameless=nameless,
        strangers=strangers,
    )


def _sideways(page: Page) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{wide} wide on a screen of {width}, {scheme}")
    return found


def _plain_words(page: Page) -> list[str]:
    texts: list[tuple[str, str]] = page.evaluate(_TEXTS, list(_ATTRIBUTES))
    return [f"{name}={text}" for name, text in texts if not _is_fine(name, text)]


def _bare_english(page: Page) -> list[str]:
    """What programs said in English, where it is no detail that follows words of a catalogue."""
    bare: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('[lang="en"]:not(.tongues *)')].filter((one) => {
            const whole = one.closest('li, dl, .notice, section');
            if (!one.matches('samp.detail') || !whole) return true;
            const before = document.createRange();
            before.setStart(whole, 0);
            before.setEndBefore(one);
            return !before.toString().includes('⟦');
        }).map((one) => one.outerHTML.slice(0, 200))"""
    )
    return bare


def _is_fine(name: str, text: str) -> bool:
    """Apart from the product's name, the zone of a full time, and examples of what to type."""
    if name == "placeholder" and text in _EXAMPLES:
        return True
    return _PLAIN.search(re.sub(r"\b(Fener|UTC)\b", "", text)) is None


def _nameless(page: Page) -> list[str]:
    """Links, buttons and fields that a screen reader could not name."""
    names: list[str] = page.evaluate(
        """() => [...document.querySelectorAll('a[href], button, input, select, textarea, dialog')]
            .filter((one) => one.type !== 'hidden' && !one.closest('[aria-hidden="true"]'))
            .filter((one) => !(one.textContent.trim() || one.ariaLabel || one.title
                || one.labels?.length || one.getAttribute('aria-labelledby')))
            .map((one) => one.outerHTML.slice(0, 120))"""
    )
    return names
