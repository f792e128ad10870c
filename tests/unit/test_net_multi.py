"""Transfers side by side on libcurl's own epoll: ended well, ended badly, given up, closed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from typing import Any

import pycurl
import pytest

from fener.testing.clock import FakeClock
from support.targets import BlackHole, Target, closed_port, page

if sys.platform != "linux":
    pytest.skip("only Linux has epoll", allow_module_level=True)

from fener.net.multi import EpollMulti

SIDE_BY_SIDE = 200


@pytest.fixture
async def multi() -> AsyncIterator[EpollMulti]:
    one = EpollMulti()
    yield one
    await one.aclose()


def transfer(url: str, **options: Any) -> tuple[Any, list[bytes]]:
    curl, body = pycurl.Curl(), list[bytes]()
    curl.setopt(pycurl.URL, url)
    curl.setopt(pycurl.NOSIGNAL, 1)
    curl.setopt(pycurl.FORBID_REUSE, 1)
    curl.setopt(pycurl.WRITEFUNCTION, body.append)
    for name, value in options.items():
        curl.setopt(getattr(pycurl, name), value)
    return curl, body


async def test_many_side_by_side_end_well(multi: EpollMulti) -> None:
    with Target() as target:
        url = target.at("/", page(b"here"))
        transfers = [transfer(url) for _ in range(SIDE_BY_SIDE)]
        await asyncio.gather(*(multi.perform(curl) for curl, _ in transfers))
    assert [b"".join(body) for _, body in transfers] == [b"here"] * SIDE_BY_SIDE


async def test_a_transfer_that_fails_raises_what_libcurl_says(multi: EpollMulti) -> None:
    curl, _ = transfer(f"http://127.0.0.1:{closed_port()}/")
    with pytest.raises(pycurl.error) as raised:
        await multi.perform(curl)
    assert raised.value.args[0] == pycurl.E_COULDNT_CONNECT


async def test_libcurls_own_deadline_ends_a_transfer(multi: EpollMulti) -> None:
    hole = BlackHole()
    curl, _ = transfer(f"http://127.0.0.1:{hole.port}/", TIMEOUT_MS=50)
    with pytest.raises(pycurl.error) as raised:
        await multi.perform(curl)
    hole.close()
    assert raised.value.args[0] == pycurl.E_OPERATION_TIMEDOUT


@pytest.mark.parametrize("deadlines", [(100, 30), (30, 100), (60_000, 30)])
async def test_each_has_its_own_deadline_in_whatever_order_they_began(
    multi: EpollMulti, deadlines: tuple[int, int]
) -> None:
    hole = BlackHole()
    url = f"http://127.0.0.1:{hole.port}/"
    running = [
        asyncio.create_task(multi.perform(transfer(url, TIMEOUT_MS=each)[0])) for each in deadlines
    ]
    short = [task for task, each in zip(running, deadlines, strict=True) if each < 1_000]
    done, _ = await asyncio.wait(short, timeout=10)
    assert len(done) == len(short)
    for one in done:
        with pytest.raises(pycurl.error) as raised:
            await one
        assert raised.value.args[0] == pycurl.E_OPERATION_TIMEDOUT
    for one in running:
        one.cancel()
    hole.close()


async def test_a_cancelled_transfer_is_given_up_and_its_handle_free(multi: EpollMulti) -> None:
    hole = BlackHole()
    curl, _ = transfer(f"http://127.0.0.1:{hole.port}/")
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(multi.perform(curl), 0.05)
    hole.close()
    with Target() as target:
        curl.setopt(pycurl.URL, target.at("/", page(b"here")))
        await multi.perform(curl)


async def test_closing_cancels_what_is_under_way_and_may_be_repeated(multi: EpollMulti) -> None:
    hole = BlackHole()
    curl, _ = transfer(f"http://127.0.0.1:{hole.port}/")
    task = asyncio.create_task(multi.perform(curl))
    await FakeClock().settle()
    await multi.aclose()
    with pytest.raises(asyncio.CancelledError):
        await task
    await multi.aclose()
    hole.close()
    curl.close()
