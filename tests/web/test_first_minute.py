"""From the set-up link to the first result, as a person does it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, expect

from fener.actions import setup
from support.people import PASSWORD
from support.web import WebHouse

pytestmark = pytest.mark.browser


def test_whoever_opens_the_link_is_watching_an_address_within_seconds(
    house: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    secret = house.run(setup.new_setup_secret(house.context))
    page = new_context(timezone_id="Europe/Istanbul").new_page()
    page.goto(f"{house.url}/setup?secret={secret}")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("heading", name="What shall we watch?")).to_be_visible()
    page.get_by_label("Address").fill("shop.example.com")
    page.get_by_role("button", name="Watch it").click()
    expect(page.get_by_text("Answered 200 in 84 ms")).to_be_visible(timeout=2_000)
    page.get_by_role("link", name="To the overview").click()
    expect(page.get_by_role("heading", name="Everything is up")).to_be_visible()
    expect(page.get_by_role("link", name="shop.example.com")).to_be_visible()
    page.get_by_role("link", name="You").click()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Istanbul")


def test_the_set_up_page_keeps_what_was_typed_and_says_what_would_be_right(
    house: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    secret = house.run(setup.new_setup_secret(house.context))
    page = new_context(java_script_enabled=False).new_page()
    page.goto(f"{house.url}/setup?secret={secret}")
    page.get_by_label("E-mail").fill("ada@example.com")
    page.get_by_label("Password").fill("short")
    page.get_by_role("button", name="Continue").click()
    expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
    expect(page.get_by_label("Password")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_text("At least 10 characters; you typed 5.")).to_be_visible()


def test_without_the_link_nobody_gets_in(
    house: WebHouse, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context().new_page()
    page.goto(house.url)
    expect(page.get_by_role("heading", name="This Fener is not set up yet")).to_be_visible()
    answer = page.goto(f"{house.url}/setup?secret=guessed")
    assert answer is not None
    assert answer.status == 403
