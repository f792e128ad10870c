"""Every action by keyboard alone, with a focus that can be seen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from support.demo import Demo
from support.web import WebHouse

from .conftest import sign_in

pytestmark = pytest.mark.browser


@pytest.fixture
def page(demo_house: tuple[WebHouse, Demo], inside: Callable[..., BrowserContext]) -> Page:
    page = inside().new_page()
    page.goto(demo_house[0].url)
    return page


def test_the_first_tab_leads_past_the_navigation(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_slash_focuses_the_search_and_types_nothing_into_it(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    expect(page.get_by_role("searchbox")).to_have_value("")


def test_the_question_mark_lists_the_keys_and_escape_closes_the_list(page: Page) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_hidden()


def test_g_and_a_letter_go_there_but_not_while_one_types(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("g i n ?")
    expect(page.get_by_role("searchbox")).to_have_value("g i n ?")
    page.get_by_role("heading", level=1).click()
    page.keyboard.press("g")
    page.keyboard.press("i")
    expect(page.get_by_role("heading", name="Incidents", level=1)).to_be_visible()


def test_a_question_comes_in_a_dialog_and_can_be_declined(page: Page) -> None:
    page.keyboard.press("/")
    page.keyboard.type("Shop")
    page.get_by_role("link", name="Shop").focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="Delete").focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("heading", name="Delete Shop?")).to_be_visible()
    dialog.get_by_role("link", name="Keep it").focus()
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("heading", name="Shop", level=1)).to_be_visible()


def test_a_monitor_is_added_without_a_mouse(page: Page) -> None:
    page.keyboard.press("n")
    expect(page.get_by_label("Address")).to_be_focused()
    page.keyboard.type("https://exa mple/")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Address")).to_have_attribute("aria-invalid", "true")


def test_a_tcp_monitor_is_added_without_a_mouse(page: Page) -> None:
    page.keyboard.press("n")
    page.get_by_role("navigation", name="Kind").get_by_role("link", name="TCP port").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Host")).to_be_focused()
    page.keyboard.type("mq.example.com")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Port")).to_be_focused()
    page.keyboard.type("5672")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The monitor was added.")).to_be_visible()
    expect(page.get_by_role("heading", name="mq.example.com:5672", level=1)).to_be_visible()
    page.get_by_role("link", name="Delete").focus()
    page.keyboard.press("Enter")
    page.get_by_role("dialog").get_by_role("button", name="Delete").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("The monitor was deleted.")).to_be_visible()


def test_whatever_has_the_focus_shows_it(page: Page) -> None:
    unseen = []
    for _ in range(40):
        page.keyboard.press("Tab")
        seen = page.evaluate(
            """() => {
                const focused = document.activeElement;
                const shown = focused.closest('.item') ?? focused;
                const style = getComputedStyle(shown);
                return [focused.outerHTML.slice(0, 90), parseFloat(style.outlineWidth),
                        style.outlineStyle, focused.matches('.skip')];
            }"""
        )
        html, width, style, is_skip = seen
        if not is_skip and not html.startswith("<body") and (width < 2 or style == "none"):
            unseen.append(html)
    assert unseen == []


def test_a_policy_is_made_by_keyboard_alone(
    house: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    house.set_up()
    context = new_context()
    sign_in(context, house)
    page = context.new_page()
    page.goto(f"{house.url}/policies")
    page.get_by_role("link", name="Add a policy").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Name", exact=True)).to_be_focused()
    page.keyboard.type("Gold")
    _type(page, "#f-confirm_after", "5")
    meaning = page.locator("#m-turning")
    expect(meaning).to_contain_text("Down after 5 failing checks in a row")
    expect(page.locator("#f-confirm_after")).to_be_focused()
    _type(page, "#f-recheck_every", "30")
    expect(meaning).to_contain_text("30 secs apart: 2 mins after the first one")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Gold")).to_be_visible()


def _type(page: Page, field: str, text: str) -> None:
    """Into a field that some tab leads to."""
    for _ in range(40):
        page.keyboard.press("Tab")
        if page.evaluate("name => document.activeElement.matches(name)", field):
            break
    page.keyboard.press("Control+A")
    page.keyboard.type(text)
