"""Colours that can be read, held to WCAG 2.2: 4.5 for text, 3 for what is drawn."""

import re
from itertools import product
from pathlib import Path

import pytest

import fener.web

CSS = Path(fener.web.__file__).parent / "static/css"
TOKEN = re.compile(r"--([\w-]+): light-dark\((#[0-9a-f]{6}), (#[0-9a-f]{6})\);")
TOKENS = {
    name: (light, dark)
    for name, light, dark in TOKEN.findall((CSS / "tokens.css").read_text("utf-8"))
}
GROUNDS = ("paper", "sheet", "sunk")
TEXTS = [
    *product(("ink", "soft", "action", "action-hover", "lamp-ink"), GROUNDS),
    *product(("ink", "soft", "lamp-ink", "action"), ("lamp-wash",)),
    *product(("night-ink", "night-soft"), ("night", "night-raised")),
    ("on-action", "action"),
    ("on-action", "action-hover"),
    ("on-lamp", "lamp"),
    ("well", "well-wash"),
    ("quiet", "quiet-wash"),
    ("planned", "planned-wash"),
]
DRAWN = [
    *product(("edge", "lamp-mark", "well", "quiet"), ("paper", "sheet")),
    ("lamp-mark", "lamp-wash"),
    ("lamp", "night"),
    ("action", "lamp-wash"),
    *product(
        ("phase-dns", "phase-connect", "phase-tls", "phase-first-byte", "phase-transfer"),
        ("sheet",),
    ),
]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_measure_is_that_of_the_guidelines() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_can_be_read_on_its_ground(text: str, ground: str, scheme: int) -> None:
    assert contrast(TOKENS[text][scheme], TOKENS[ground][scheme]) >= 4.5


@pytest.mark.parametrize("scheme", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("mark", "ground"), DRAWN)
def test_what_is_drawn_stands_out_from_its_ground(mark: str, ground: str, scheme: int) -> None:
    assert contrast(TOKENS[mark][scheme], TOKENS[ground][scheme]) >= 3


def test_colours_stand_in_the_tokens_alone() -> None:
    strays = {
        sheet.name: found
        for sheet in CSS.glob("*.css")
        if sheet.name != "tokens.css"
        and (found := re.findall(r"#[0-9a-f]{3,8}\b(?![^{]*\{)", sheet.read_text("utf-8")))
    }
    assert strays == {}
