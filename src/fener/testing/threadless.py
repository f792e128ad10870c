"""Has an event loop do by itself what it would hand to threads, so that a story told twice goes
the same way twice, and a fake clock need not wait for anybody.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

Work = Callable[..., Any]
Before = Callable[[], None]
"""Called before each piece of work; what it raises, the work raises."""


@contextmanager
def threadless(before: Before) -> Iterator[None]:
    """Within this block `run_in_executor` of the running loop works in the loop, one pass later."""
    loop = asyncio.get_running_loop()

    def run_in_executor(_: object, work: Work, *arguments: object) -> asyncio.Future[Any]:
        done: asyncio.Future[Any] = loop.create_future()
        loop.call_soon(_work, done, before, work, arguments)
        return done

    vars(loop)["run_in_executor"] = run_in_executor
    try:
        yield
    finally:
        del vars(loop)["run_in_executor"]


def _work(
    done: asyncio.Future[Any], before: Before, work: Work, arguments: tuple[object, ...]
) -> None:
    try:
        before()
        made = work(*arguments)
    except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
        if not done.done():
            done.set_exception(error)
    else:
        if not done.done():
            done.set_result(made)
