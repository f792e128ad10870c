"""The installed app: what a browser asks of one, and what it shows without a line."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Playwright, expect

from support.demo import Demo
from support.web import WebHouse

from .conftest import ARGUMENTS, sign_in

pytestmark = pytest.mark.browser
HINTS = {
    "en": "Install Fener as an app",
    "de": "Installieren Sie Fener als App",
    "tr": "Fener'i uygulama olarak yükleyin",
    "zh": "安装为应用",
}
_STANDALONE = """
    const real = window.matchMedia.bind(window);
    window.matchMedia = (query) => query.includes('standalone')
        ? { matches: true, addEventListener() {} } : real(query);
"""


@pytest.fixture
def own_browser(playwright: Playwright, chromium: str, tmp_path: Path) -> Iterator[BrowserContext]:
    """With a profile of its own: a private window installs nothing."""
    context = playwright.chromium.launch_persistent_context(
        tmp_path, executable_path=chromium, args=list(ARGUMENTS)
    )
    yield context
    context.close()


def test_chromium_finds_the_app_installable(
    demo_house: tuple[WebHouse, Demo], own_browser: BrowserContext
) -> None:
    house, _ = demo_house
    sign_in(own_browser, house)
    page = own_browser.new_page()
    page.goto(house.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    devtools = own_browser.new_cdp_session(page)
    assert devtools.send("Page.getInstallabilityErrors") == {"installabilityErrors": []}
    assert devtools.send("Page.getAppManifest")["errors"] == []


def test_without_a_line_the_last_overview_is_shown_with_its_date(
    house: WebHouse, own_browser: BrowserContext
) -> None:
    house.set_up()
    sign_in(own_browser, house)
    page = own_browser.new_page()
    page.goto(house.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    _revisit(page, house)
    house.stop()
    page.goto(house.url)
    expect(page.get_by_text("No connection to Fener. This is how it stood at")).to_be_visible()
    expect(page.get_by_role("heading", name="Nothing is watched yet").first).to_be_visible()
    page.goto(f"{house.url}/tokens")
    expect(page.get_by_role("heading", name="No connection to Fener")).to_be_visible()


def _revisit(page: Page, house: WebHouse) -> None:
    """The worker sees the second visit, and keeps it."""
    page.goto(house.url)
    kept = "async () => Boolean(await (await caches.open('fener-pages')).match('/'))"
    for _ in range(100):
        if page.evaluate(kept):
            return
        page.wait_for_timeout(20)
    raise AssertionError("the page was not kept")


def test_whoever_signs_out_leaves_no_page_behind(
    house: WebHouse, own_browser: BrowserContext
) -> None:
    house.set_up()
    sign_in(own_browser, house)
    page = own_browser.new_page()
    page.goto(house.url)
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    _revisit(page, house)
    page.goto(f"{house.url}/you")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.goto(f"{house.url}/sign-in")
    page.wait_for_function("async () => !(await caches.has('fener-pages'))")


@pytest.mark.parametrize("language", HINTS)
def test_the_hint_how_to_install_opens_the_api_page_in_each_language(
    demo_house: tuple[WebHouse, Demo],
    new_context: Callable[..., BrowserContext],
    language: str,
) -> None:
    house, _ = demo_house
    page = new_context().new_page()
    page.goto(f"{house.url}/{language}/api-documentation/account")
    first = page.locator("main > :visible").first
    expect(first).to_contain_text(HINTS[language])


def test_the_hint_is_hidden_in_the_installed_app(
    demo_house: tuple[WebHouse, Demo], new_context: Callable[..., BrowserContext]
) -> None:
    house, _ = demo_house
    context = new_context()
    context.add_init_script(_STANDALONE)
    page = context.new_page()
    page.goto(f"{house.url}/api-documentation/account")
    expect(page.get_by_role("heading", name="Account API")).to_be_visible()
    expect(page.get_by_text(HINTS["en"])).to_be_hidden()
