"""Every page, as a person with any screen, language or reader meets it."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext

from support.demo import Demo
from support.web import WebHouse

from .conftest import sign_in, speak
from .survey import OUTSIDE, PSEUDO, Seen, inside_paths, walk

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def survey(demo_house: tuple[WebHouse, Demo], browser: Browser) -> dict[str, Seen]:
    house, demo = demo_house
    inside, outside = browser.new_context(), browser.new_context()
    sign_in(inside, house)
    for context in (inside, outside):
        speak(context, house, PSEUDO)
    found = walk(house, [(inside, inside_paths(demo)), (outside, list(OUTSIDE))])
    inside.close()
    outside.close()
    return found


def test_every_page_is_there(survey: dict[str, Seen]) -> None:
    assert {path: seen.status for path, seen in survey.items() if seen.status != 200} == {}


def test_no_page_scrolls_sideways_in_any_width_and_scheme(survey: dict[str, Seen]) -> None:
    assert {path: seen.sideways for path, seen in survey.items() if seen.sideways} == {}


def test_nothing_is_said_outside_the_catalogue(survey: dict[str, Seen]) -> None:
    assert {path: seen.plain_words for path, seen in survey.items() if seen.plain_words} == {}


def test_english_of_a_program_is_a_detail_that_follows_the_readers_words(
    survey: dict[str, Seen],
) -> None:
    assert {path: seen.bare_english for path, seen in survey.items() if seen.bare_english} == {}


def test_no_browser_complains_of_a_script_or_of_the_policy(survey: dict[str, Seen]) -> None:
    assert {path: seen.complaints for path, seen in survey.items() if seen.complaints} == {}


def test_nothing_is_asked_of_another_host(survey: dict[str, Seen]) -> None:
    assert {path: seen.strangers for path, seen in survey.items() if seen.strangers} == {}


def test_whatever_can_be_used_has_a_name(survey: dict[str, Seen]) -> None:
    assert {path: seen.nameless for path, seen in survey.items() if seen.nameless} == {}


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


def test_open_incidents_stand_before_newer_ones_that_are_over(
    demo_house: tuple[WebHouse, Demo], inside: Callable[..., BrowserContext]
) -> None:
    house, _ = demo_house
    page = inside().new_page()
    page.goto(f"{house.url}/incidents")
    names = page.locator(".item .monitor-name").all_inner_texts()
    assert names == ["Blog", "Zone", "Documentation", "Nightly backup", "Kundenportal München"]
    page.get_by_role("link", name="Resolved").click()
    assert page.locator(".item .monitor-name").all_inner_texts() == names[3:]
