"""Every page, as a person with any screen sees it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from support.demo import Demo
from support.web import WebHouse

pytestmark = pytest.mark.browser
WIDTHS = (390, 820, 1440)
SCHEMES = ("light", "dark")


def inside_paths(demo: Demo) -> list[str]:
    blog = demo.monitors["Blog"]
    return [
        "/",
        "/?search=nothing-has-this-name",
        "/start",
        "/monitors/add",
        f"/monitors/{blog}",
        f"/monitors/{blog}?only=bad&span=week",
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
        "/tokens",
        "/you",
    ]


OUTSIDE = [
    "/sign-in",
    "/offline",
    "/api-documentation",
    "/api-documentation/account",
    "/api-documentation/organization",
    "/api-documentation/incidents",
]


def test_no_page_scrolls_sideways_in_any_width_and_scheme_nor_asks_another_host(
    demo_house: tuple[WebHouse, Demo],
    inside: Callable[..., BrowserContext],
    new_context: Callable[..., BrowserContext],
) -> None:
    house, demo = demo_house
    faults: list[str] = []
    rooms = [(inside(), inside_paths(demo)), (new_context(), OUTSIDE)]
    for context, paths in rooms:
        page = context.new_page()
        watch(page, house.url, faults)
        for path in paths:
            answer = page.goto(house.url + path, wait_until="load")
            if answer is None or answer.status != 200:
                faults.append(f"{path}: {answer and answer.status}")
            faults += _sideways(page, path)
    assert faults == []


def watch(page: Page, site: str, faults: list[str]) -> None:
    """Note whatever a browser complains about, and what is asked of others."""

    def note_request(url: str) -> None:
        if not url.startswith((site, "data:", "blob:")):
            faults.append(f"asked {url}")

    page.on("request", lambda request: note_request(request.url))
    page.on("pageerror", lambda error: faults.append(f"{page.url}: {error}"))
    page.on(
        "console",
        lambda said: faults.append(f"{page.url}: {said.text}") if said.type == "error" else None,
    )


def _sideways(page: Page, path: str) -> list[str]:
    found = []
    for scheme in SCHEMES:
        page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            wide = page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                found.append(f"{path} is {wide} wide on a screen of {width}, {scheme}")
    return found


def test_a_page_that_is_not_there_says_so_and_leads_back(
    demo_house: tuple[WebHouse, Demo], inside: Callable[..., BrowserContext]
) -> None:
    house, _ = demo_house
    page = inside().new_page()
    answer = page.goto(f"{house.url}/monitors/0190a1b2-c3d4-7e5f-8a6b-7c8d9e0f1a2b")
    assert answer is not None
    assert answer.status == 404
    page.get_by_role("link", name="To the overview").click()
    page.wait_for_url(f"{house.url}/")
