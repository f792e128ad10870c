"""The live stream: which things have changed, never what they became; pages ask for that."""

import asyncio
from collections.abc import AsyncIterator

import msgspec
from litestar import get
from litestar.response import Stream

from fener.domain.time import MINUTE, Span
from fener.pipeline.publish.publisher import Change, Publisher, Subscription
from fener.ports import Clock
from fener.web.visit import Entered

KEEP_ALIVE_SECONDS = 20
GAP: Span = 250
"""Between two messages: two hundred checks a second are four messages."""
LIFE: Span = 5 * MINUTE
"""A browser then connects again, and is asked again who it is."""
_HELLO = b"retry: 2000\n\n"
_STILL_HERE = b": still here\n\n"


@get("/live")
async def live(inside: Entered) -> Stream:
    publisher = inside.options.publisher
    subscription = publisher.subscribe(inside.who)
    return Stream(
        _told(publisher, subscription, inside.context.clock),
        media_type="text/event-stream",
        headers={"cache-control": "no-store", "x-accel-buffering": "no"},
    )


async def _told(
    publisher: Publisher, subscription: Subscription, clock: Clock
) -> AsyncIterator[bytes]:
    end = clock.monotonic() + LIFE
    try:
        yield _HELLO
        while clock.monotonic() < end:
            changes: tuple[Change, ...] | None = ()
            try:
                async with asyncio.timeout(KEEP_ALIVE_SECONDS):
                    changes = await subscription.next()
            except TimeoutError:
                yield _STILL_HERE
                continue
            if changes is None:
                return
            yield message(changes)
            await clock.sleep(GAP)
    finally:
        publisher.unsubscribe(subscription)


def message(changes: tuple[Change, ...]) -> bytes:
    """One event of the stream."""
    told = [{"topic": one.topic, "monitor": one.place and one.place.monitor} for one in changes]
    return b"event: changes\ndata: " + msgspec.json.encode(told) + b"\n\n"


HANDLERS = (live,)
