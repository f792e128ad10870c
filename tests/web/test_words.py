"""No visible text outside the catalogue: in the accented language nothing is left plain."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page

from support.demo import Demo
from support.web import WebHouse

from .conftest import speak
from .test_pages import OUTSIDE, inside_paths

pytestmark = pytest.mark.browser
_PLAIN_WORDS = r"""() => {
    const plain = /[A-Za-z]{2,}/;
    const theirs = (element) => element.closest('[translate="no"]') !== null;
    const found = [];
    const walker = document.createTreeWalker(document, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
        const { parentElement: element, data } = walker.currentNode;
        if (!element || theirs(element) || element.closest('script, style, noscript')) continue;
        if (plain.test(data)) found.push(data.trim());
    }
    for (const element of document.querySelectorAll('*')) {
        for (const name of ['title', 'aria-label', 'placeholder', 'alt', 'data-copied']) {
            const text = element.getAttribute(name);
            if (text && plain.test(text) && !theirs(element)) found.push(`${name}=${text}`);
        }
    }
    return found;
}"""
_EXAMPLES = {
    "https://example.com/",
    "https://example.com/hook",
    "ada@example.com",
    "Accept: application/json",
}
_ATTRIBUTES = {"title", "aria-label", "placeholder", "alt", "data-copied"}


def test_nothing_on_any_page_is_said_outside_the_catalogue(
    demo_house: tuple[WebHouse, Demo],
    inside: Callable[..., BrowserContext],
    new_context: Callable[..., BrowserContext],
) -> None:
    house, demo = demo_house
    found: dict[str, list[str]] = {}
    rooms = [(inside(), inside_paths(demo)), (new_context(), OUTSIDE)]
    for context, paths in rooms:
        speak(context, house, "en-XA")
        page = context.new_page()
        for path in paths:
            page.goto(house.url + path)
            assert page.locator("html").get_attribute("lang") == "en-XA"
            if plain := plain_words(page):
                found[path] = plain
    assert found == {}


def plain_words(page: Page) -> list[str]:
    words: list[str] = page.evaluate(_PLAIN_WORDS)
    return [word for word in words if not _is_fine(word)]


def _is_fine(word: str) -> bool:
    """Apart from the product's name, the zone of a full time, and examples of what to type."""
    name, _, text = word.partition("=")
    if name == "placeholder" and text in _EXAMPLES:
        return True
    rest = re.sub(r"\b(Fener|UTC)\b", "", text if name in _ATTRIBUTES else word)
    return re.search(r"[A-Za-z]{2,}", rest) is None
