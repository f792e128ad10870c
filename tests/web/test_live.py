"""Pages change by themselves when something happens, by one stream for each browser."""

import contextlib
import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from fener.actions import monitors
from fener.actions.monitors import New
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import SECOND
from support.store import REFUSED, checked
from support.web import WebHouse, good

from .conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def watching(house: WebHouse) -> WebHouse:
    """One monitor, which is up."""
    who = house.set_up()
    house.context.doorbells.check = lambda _: None  # type: ignore[attr-defined]
    settings = HttpSettings(url="https://shop.example/")
    house.run(monitors.add(house.context, who, New(settings=settings, name="Shop")))
    house.record(good(1, house.context.clock.now() - 10 * SECOND))
    return house


def go_down(house: WebHouse) -> None:
    now = house.context.clock.now()
    for ago in (3, 2, 1):
        house.record(checked(1, now - ago * SECOND, REFUSED))


def opened(context: BrowserContext, house: WebHouse, path: str = "/") -> Page:
    page = context.new_page()
    with page.expect_event("framenavigated"):
        page.goto(house.url + path)
    return page


def streams(house: WebHouse) -> int:
    return len(house.parts.publisher.subscribers)


def wait_for_streams(page: Page, house: WebHouse, number: int) -> None:
    for _ in range(200):
        if streams(house) == number:
            return
        page.wait_for_timeout(20)
    raise AssertionError(f"{streams(house)} streams, wanted {number}")


def test_a_failure_shows_on_every_open_page_without_a_reload(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    overview, incidents = opened(context, watching), opened(context, watching, "/incidents")
    wait_for_streams(overview, watching, 1)
    go_down(watching)
    expect(overview.get_by_role("heading", name="1 monitor is down")).to_be_visible()
    expect(incidents.get_by_role("link", name="Shop")).to_be_visible()
    expect(incidents.locator("#ways .count")).to_have_text("1")


def test_the_tabs_of_one_browser_share_one_stream(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    pages = [opened(context, watching) for _ in range(4)]
    wait_for_streams(pages[0], watching, 1)
    pages[0].wait_for_timeout(300)
    assert streams(watching) == 1
    for page in pages[:-1]:
        page.close()
    go_down(watching)
    expect(pages[-1].get_by_role("heading", name="1 monitor is down")).to_be_visible()


def test_what_happens_while_another_tab_takes_the_stream_over_is_shown(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    first, second = opened(context, watching), opened(context, watching)
    wait_for_streams(first, watching, 1)
    second.wait_for_timeout(300)

    def after_an_outage(route: Route) -> None:
        go_down(watching)
        route.continue_()

    second.route("**/live", after_an_outage)
    first.close()
    expect(second.get_by_role("heading", name="1 monitor is down")).to_be_visible()


def test_what_somebody_types_is_not_pulled_away(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    go_down(watching)
    page = opened(context, watching, "/incidents")
    page.get_by_role("link", name="Shop").click()
    page.get_by_label("What do you know or do?").fill("The disk is full, I am ")
    page.get_by_label("What was learned?").fill("Watch the disk")
    page.get_by_role("heading", name="Timeline").click()
    wait_for_streams(page, watching, 1)
    now = watching.context.clock.now()
    for later in (1, 2):
        watching.record(good(1, now + later))
    expect(page.get_by_text("Good again").first).to_be_visible()
    expect(page.get_by_label("What do you know or do?")).to_have_value("The disk is full, I am ")
    expect(page.get_by_label("What was learned?")).to_have_value("Watch the disk")


def test_evidence_that_somebody_reads_stays_open_while_checks_come_in(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    page = opened(context, watching)
    page.get_by_role("link", name="Shop").click()
    read = page.locator(".check-row", has_text="Answered 200 in 84 ms")
    read.get_by_text("Answered 200 in 84 ms").click()
    wait_for_streams(page, watching, 1)
    now = watching.context.clock.now()
    watching.record(good(1, now, total_us=31_000))
    expect(page.get_by_text("Answered 200 in 31 ms").first).to_be_visible()
    expect(page.locator(".check-row details[open]")).to_have_count(1)
    expect(read.get_by_text("Transfer")).to_be_visible()


def test_the_search_answers_while_one_types(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    page = opened(context, watching)
    page.get_by_role("searchbox").press_sequentially("blog")
    expect(page.get_by_role("heading", name="Nothing fits")).to_be_visible()
    page.wait_for_url("**/?search=blog")
    page.get_by_role("searchbox").fill("sho")
    expect(page.get_by_role("link", name="Shop")).to_be_visible()


def test_twenty_tabs_and_twenty_streams_do_not_hold_up_the_stop(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    pages = [opened(context, watching, "/channels") for _ in range(20)]
    with contextlib.ExitStack() as stack:
        for _ in range(20):
            stack.enter_context(_stream(watching))
        wait_for_streams(pages[0], watching, 21)
        before = watching.context.clock.monotonic()
        watching.stop()
        assert watching.context.clock.monotonic() - before < 4 * SECOND
    expect(pages[-1].get_by_text("No connection to Fener.").first).to_be_visible(timeout=8_000)


@contextlib.contextmanager
def _stream(house: WebHouse) -> Iterator[socket.socket]:
    """A client that reads the stream and never hangs up."""
    parts = urlsplit(house.url)
    assert parts.hostname
    assert parts.port
    with socket.create_connection((parts.hostname, parts.port)) as client:
        cookie = house.session_cookie()
        request = f"GET /live HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: fener_session={cookie}"
        client.sendall(f"{request}\r\n\r\n".encode())
        assert client.recv(4096).startswith(b"HTTP/1.1 200")
        yield client


def test_a_hidden_tab_lets_its_stream_go_and_takes_it_up_again(
    watching: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    context = new_context()
    sign_in(context, watching)
    page = opened(context, watching)
    wait_for_streams(page, watching, 1)
    _hide(page, hidden=True)
    wait_for_streams(page, watching, 0)
    _hide(page, hidden=False)
    wait_for_streams(page, watching, 1)


def _hide(page: Page, *, hidden: bool) -> None:
    page.evaluate(
        """(hidden) => {
            Object.defineProperty(document, 'hidden', { value: hidden, configurable: true });
            document.dispatchEvent(new Event('visibilitychange'));
        }""",
        hidden,
    )
