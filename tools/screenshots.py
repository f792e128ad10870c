"""Takes the pictures of `docs/images` with Chromium, of a house full of `showcase`.

The results are committed: run this after the pages have changed. The clock stands still and chance
is played, so the same pages give the same pictures but for a few pixels.
"""

import asyncio
import secrets
import shutil
import socket
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, Literal

import showcase
import uvicorn
from msgspec import Struct
from playwright.async_api import Browser, async_playwright

from fener.actions import setup, signing_in
from fener.actions.context import Context
from fener.actions.identify import by_session
from fener.actions.profile import ProfileChange, change_profile
from fener.actions.signing_in import Attempt
from fener.actions.throttle import SignInThrottle
from fener.bootstrap.store import NoDoorbells, new_id, prepared_database
from fener.domain.time import DAY, HOUR, MINUTE, Instant
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher
from fener.storage.database import Database
from fener.storage.sealing import Sealer, load_key
from fener.testing.clock import NOON, FakeClock
from fener.web.app import create_web
from fener.web.options import WebOptions

IMAGES = Path(__file__).resolve().parent.parent / "docs/images"
MOMENT: Instant = NOON + 70 * DAY + 2 * HOUR + 32 * MINUTE
EMAIL = "ada@example.com"


@asynccontextmanager
async def opened(folder: Path, clock: FakeClock) -> AsyncIterator[Context]:
    database = Database(prepared_database(folder))
    await database.open()
    try:
        yield Context(database, Sealer(load_key(folder, "")), clock, NoDoorbells(), new_id)
    finally:
        await database.close()


@asynccontextmanager
async def served(context: Context) -> AsyncIterator[str]:
    """The web app on a free port of this machine; gives its address."""
    publisher = Publisher()
    faults = FaultBoard(context.clock)
    app: Any = create_web(context, WebOptions(publisher=publisher, faults=faults, can_mail=True))
    server = uvicorn.Server(uvicorn.Config(app, log_config=None, lifespan="off", ws="none"))
    with socket.create_server(("127.0.0.1", 0)) as listener:
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        publisher.close()
        server.should_exit = True
        await serving


async def signed_in(context: Context, password: str) -> str:
    """The cookie of an owner called Ada."""
    attempt = Attempt(email=EMAIL, password=password, address="127.0.0.1")
    session = await signing_in.sign_in(context, SignInThrottle(context.clock), attempt)
    caller = await by_session(context, session.cookie)
    assert caller is not None  # noqa: S101 - it has just signed in
    named = ProfileChange(first_name="Ada", last_name="Byron", timezone="Europe/Berlin")
    await change_profile(context, caller, named)
    return session.cookie


class Picture(Struct, frozen=True):
    name: str
    path: str
    scheme: Literal["light", "dark"] = "light"
    height: int = 800


async def take(browser: Browser, site: str, cookie: str, picture: Picture) -> None:
    room = await browser.new_context(
        viewport={"width": 1280, "height": picture.height},
        color_scheme=picture.scheme,
        locale="en",
        reduced_motion="reduce",
    )
    await room.add_cookies([{"name": "fener_session", "value": cookie, "url": site}])
    page = await room.new_page()
    await page.goto(site + picture.path, wait_until="load")
    # hints how to install belong to a browser, not into a picture of the page
    await page.evaluate("document.querySelectorAll('[data-install-hint]').forEach(e => e.remove())")
    await page.wait_for_timeout(500)  # fonts, and charts that are drawn by script
    await page.screenshot(path=IMAGES / picture.name, animations="disabled")
    await room.close()


async def main() -> None:
    clock, password = FakeClock(MOMENT), secrets.token_urlsafe()
    with tempfile.TemporaryDirectory() as folder:
        async with opened(Path(folder), clock) as context, async_playwright() as playwright:
            who = await setup.set_up_unattended(context, EMAIL, password)
            assert who is not None  # noqa: S101 - the folder is new
            shown = await showcase.tell(context, who, clock)
            browser = await playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"]
            )
            cookie = await signed_in(context, password)
            async with served(context) as site:
                await take(browser, site, cookie, Picture("overview.png", "/"))
                await showcase.respond(context, who, clock, shown.incident)
                incident = Picture("incident.png", f"/incidents/{shown.incident}")
                await take(browser, site, cookie, incident)
                path = f"/monitors/{shown.monitor}?span=hour"
                await take(browser, site, cookie, Picture("monitor-dark.png", path, "dark", 1080))
            await browser.close()


if __name__ == "__main__":
    IMAGES.mkdir(exist_ok=True)
    asyncio.run(main())
