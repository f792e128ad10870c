"""Everything can be read and done where no script runs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from support.people import PASSWORD
from support.web import EMAIL, WebHouse

pytestmark = pytest.mark.browser


@pytest.fixture
def page(house: WebHouse, new_context: Callable[..., BrowserContext]) -> Page:
    house.set_up()
    page = new_context(java_script_enabled=False).new_page()
    page.goto(house.url)
    page.get_by_label("E-mail").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    return page


def test_a_monitor_is_added_changed_paused_and_deleted(page: Page) -> None:
    page.get_by_role("link", name="Watch something").click()
    page.get_by_label("Address").fill("https://shop.example/")
    page.get_by_label("Name").fill("Shop")
    page.get_by_role("button", name="Watch it").click()
    expect(page.get_by_text("The monitor was added.")).to_be_visible()
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name").fill("Corner shop")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", name="Corner shop")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("The monitor is paused.")).to_be_visible()
    page.get_by_role("link", name="Delete").click()
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("heading", name="Nothing is watched yet").first).to_be_visible()


def test_the_form_of_a_monitor_says_what_is_wrong_and_loses_nothing(page: Page) -> None:
    page.goto(page.url + "monitors/add")
    page.get_by_label("Address").fill("https://exa mple/")
    page.get_by_label("Name").fill("Shop")
    page.get_by_text("What counts as good").click()
    page.get_by_label("Status").fill("fine")
    page.get_by_role("button", name="Watch it").click()
    expect(page.get_by_label("Name")).to_have_value("Shop")
    expect(page.get_by_label("Address")).to_have_value("https://exa mple/")
    expect(page.get_by_label("Address")).to_have_attribute("aria-invalid", "true")


def test_the_list_is_searched_by_a_plain_form(page: Page) -> None:
    site = page.url
    for name in ("Shop", "Blog"):
        page.goto(f"{site}monitors/add")
        page.get_by_label("Address").fill(f"https://{name.lower()}.example/")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Watch it").click()
    page.get_by_role("link", name="Overview").first.click()
    page.get_by_role("searchbox").fill("blo")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("link", name="Blog")).to_be_visible()
    expect(page.get_by_role("link", name="Shop")).to_have_count(0)


def test_a_token_is_made_shown_once_and_revoked(page: Page) -> None:
    page.goto(page.url + "tokens")
    page.get_by_label("Name").fill("deploy")
    page.get_by_role("button", name="Make the token").click()
    secret = page.get_by_label("Token", exact=True).inner_text()
    assert secret.startswith("wsm_")
    page.goto(page.url)
    expect(page.get_by_text(secret)).to_have_count(0)
    page.get_by_role("link", name="Revoke").click()
    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("heading", name="No tokens yet")).to_be_visible()


def test_a_channel_is_added_and_tested(page: Page) -> None:
    page.goto(page.url + "channels/add")
    page.get_by_role("link", name="Webhook").click()
    page.get_by_label("Name").fill("Pager")
    page.get_by_label("Address").fill(" ")
    page.get_by_role("button", name="Add the channel").click()
    expect(page.get_by_text("This is needed.")).to_be_visible()
    page.get_by_label("Address").fill("https://hooks.example/pager")
    page.get_by_label("Signing secret").fill("a secret to sign with")
    page.get_by_role("button", name="Add the channel").click()
    expect(page.get_by_role("heading", name="Pager")).to_be_visible()
    page.get_by_role("button", name="Send a test").click()
    expect(page.get_by_text("The test is on its way")).to_be_visible()
    assert "a secret to sign with" not in page.content()


def test_a_heartbeat_is_added_with_a_line_to_paste(page: Page) -> None:
    page.goto(page.url + "heartbeats/add")
    page.get_by_label("Name").fill("Backup")
    page.get_by_label("by a cron expression").check()
    page.get_by_label("Expression", exact=True).fill("15 3 * *")
    page.get_by_role("button", name="Add the heartbeat").click()
    expect(page.get_by_label("Expression", exact=True)).to_have_attribute("aria-invalid", "true")
    page.get_by_label("Expression", exact=True).fill("15 3 * * *")
    page.get_by_role("button", name="Add the heartbeat").click()
    line = page.get_by_label("Line for a crontab").inner_text()
    assert line.startswith("15 3 * * * curl ")
    assert "/ping/" in line


def test_the_line_to_paste_keeps_the_interval_of_the_heartbeat(page: Page) -> None:
    page.goto(page.url + "heartbeats/add")
    page.get_by_label("Name").fill("Sync")
    page.locator("[name=every]").fill("15")
    page.locator("[name=every_unit]").select_option("minutes")
    page.get_by_role("button", name="Add the heartbeat").click()
    assert page.get_by_label("Line for a crontab").inner_text().startswith("*/15 * * * * curl ")


def test_the_language_is_chosen_and_stays(page: Page) -> None:
    page.goto(page.url + "you")
    page.get_by_label("Language").select_option("de")
    page.get_by_role("button", name="Save").first.click()
    expect(page.get_by_text("Ihre Einstellungen wurden gespeichert.")).to_be_visible()
    expect(page.get_by_role("link", name="Lebenszeichen")).to_be_visible()
