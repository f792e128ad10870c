"""Draws the PNG icons of the installable app from static/icons/app.svg, with Chromium.

The results are committed: run this only after the drawing has changed.
"""

import base64
import shutil
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

ICONS = Path(__file__).resolve().parent.parent / "src/fener/web/static/icons"
# name, size, the part of the tile that the drawing fills, how round the corners are
SIZES = (
    ("icon-192.png", 192, 1.0, 0.22),
    ("icon-512.png", 512, 1.0, 0.22),
    ("maskable-512.png", 512, 0.84, 0.0),
    ("touch-180.png", 180, 1.0, 0.0),
    ("favicon-32.png", 32, 1.16, 0.22),
)
_NIGHT = "#12223f"


def draw(browser: Browser, size: int, part: float, round_by: float) -> bytes:
    drawing = base64.b64encode((ICONS / "app.svg").read_bytes()).decode()
    page = browser.new_page(viewport={"width": size, "height": size})
    page.set_content(
        f"<body style='margin:0'><div style='width:{size}px;height:{size}px;overflow:hidden;"
        f"border-radius:{size * round_by}px;background:{_NIGHT};display:grid;place-items:center'>"
        f"<img style='width:{size * part}px' src='data:image/svg+xml;base64,{drawing}'></div>"
    )
    png = page.screenshot(omit_background=True)
    page.close()
    return png


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
        )
        for name, size, part, round_by in SIZES:
            (ICONS / name).write_bytes(draw(browser, size, part, round_by))
        browser.close()


if __name__ == "__main__":
    main()
