"""Browsers, and one house full of things to see for all tests of the web app."""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from support.demo import Demo, fill
from support.documents import documents
from support.people import world
from support.place import Place
from support.visitor import Visitor
from support.web import WebHouse

ARGUMENTS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
OpenPage = Callable[..., Page]


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Not longer than a module: while it runs, this thread's loop is not for asynchronous tests."""
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="module")
def browser(playwright: Playwright, chromium: str) -> Iterator[Browser]:
    started = playwright.chromium.launch(executable_path=chromium, args=list(ARGUMENTS))
    yield started
    started.close()


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Makes browsers that know nothing of one another; all of them end with the test."""
    made: list[BrowserContext] = []

    def make(**options: object) -> BrowserContext:
        context = browser.new_context(**{"locale": "en", **options})  # type: ignore[arg-type]
        context.set_default_timeout(10_000)
        made.append(context)
        return context

    yield make
    for context in made:
        context.close()


@pytest.fixture(scope="session")
def demo_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[WebHouse, Demo]]:
    """Tests look at it and change nothing that another one looks at."""
    options = {"pseudo_language": True, "documents": documents(), "can_mail": True}
    with WebHouse(tmp_path_factory.mktemp("demo"), options) as house:
        who = house.set_up()
        yield house, house.run(fill(house.parts, who))


@pytest.fixture
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WebHouse]:
    """An empty one, not set up."""
    with WebHouse(tmp_path_factory.mktemp("house")) as started:
        yield started


@pytest.fixture
def inside(
    demo_house: tuple[WebHouse, Demo], new_context: Callable[..., BrowserContext]
) -> Callable[..., BrowserContext]:
    """A browser that is signed in to the demo house."""

    def make(**options: object) -> BrowserContext:
        context = new_context(**options)
        sign_in(context, demo_house[0])
        return context

    return make


def sign_in(context: BrowserContext, house: WebHouse) -> None:
    cookie = house.session_cookie()
    context.add_cookies([{"name": "fener_session", "value": cookie, "url": house.url}])


def speak(context: BrowserContext, house: WebHouse, language: str) -> None:
    context.add_cookies([{"name": "fener_language", "value": language, "url": house.url}])


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with world(tmp_path) as people:
        await people.organization("Acme", "owner@example.com")
        async with people.context.database.write() as session:
            await session.run("INSERT INTO locations (id, code, name) VALUES (1, 'l', 'Local')")
            await session.run("INSERT INTO facts (name, value) VALUES ('set_up_at', '1')")
        yield Place(people)


@pytest.fixture
async def owner(place: Place) -> Visitor:
    return await place.signed_in("owner@example.com")
