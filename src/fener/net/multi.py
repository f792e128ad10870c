"""Drives libcurl's transfers from an event loop, on Linux.

libcurl's sockets are watched by an epoll of their own, and the loop watches only that.
`pycurl.AsyncCurlMulti` has the loop watch each of them: for a socket that lives for one probe, the
handle that the loop makes of it costs more than what is watched for.
"""

import asyncio
import select
from contextlib import suppress
from typing import Any

import pycurl

_AT_ONCE = 64
_WANTED = {
    pycurl.POLL_IN: select.EPOLLIN,
    pycurl.POLL_OUT: select.EPOLLOUT,
    pycurl.POLL_INOUT: select.EPOLLIN | select.EPOLLOUT,
}
_HAPPENED = (
    (select.EPOLLIN, pycurl.CSELECT_IN),
    (select.EPOLLOUT, pycurl.CSELECT_OUT),
    (select.EPOLLERR | select.EPOLLHUP, pycurl.CSELECT_ERR),
)
_ALL = select.EPOLLIN | select.EPOLLOUT | select.EPOLLERR | select.EPOLLHUP
_ACTED_ON = tuple(
    sum(said for happened, said in _HAPPENED if events & happened) for events in range(_ALL + 1)
)
"""What to tell libcurl, by what epoll tells us."""


class EpollMulti:
    """One libcurl multi handle on one event loop, the one on which it is first used."""

    def __init__(self) -> None:
        self._epoll = select.epoll()
        self._watched: set[int] = set()
        self._underway: dict[Any, asyncio.Future[None]] = {}
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._is_ringing = False
        self._multi = pycurl.CurlMulti()
        self._multi.setopt(pycurl.M_SOCKETFUNCTION, self._watch)
        self._multi.setopt(pycurl.M_TIMERFUNCTION, self._set_timer)

    async def perform(self, curl: Any) -> None:
        """One transfer, given up when cancelled. Raises pycurl.error as libcurl ends it."""
        done = self._started().create_future()
        self._underway[curl] = done
        try:
            self._multi.add_handle(curl)
            await done
        finally:
            if self._underway.pop(curl, None) is not None:
                with suppress(pycurl.error):
                    self._multi.remove_handle(curl)

    async def aclose(self) -> None:
        """Cancel what is under way. May be called again."""
        if self._multi.closed:
            return
        for curl, done in self._underway.items():
            self._multi.remove_handle(curl)
            done.cancel()
        self._underway.clear()
        if self._timer is not None:
            self._timer.cancel()
        if self._loop is not None:
            self._loop.remove_reader(self._epoll.fileno())
        self._multi.close()
        self._epoll.close()

    def _started(self) -> asyncio.AbstractEventLoop:
        if self._loop is None:
            self._loop = asyncio.get_running_loop()
            self._loop.add_reader(self._epoll.fileno(), self._look)
        return self._loop

    def _watch(self, what: int, fd: int, _multi: Any, _assigned: Any) -> None:
        """Called by libcurl."""
        wanted = _WANTED.get(what)
        if wanted is None:
            self._watched.discard(fd)
            with suppress(OSError):  # one that is closed is watched no more
                self._epoll.unregister(fd)
            return
        if fd in self._watched:
            with suppress(FileNotFoundError):  # closed, and its number was given anew
                self._epoll.modify(fd, wanted)
                return
        self._epoll.register(fd, wanted)
        self._watched.add(fd)

    def _set_timer(self, after_ms: int) -> None:
        """Called by libcurl, which must not be called back before this has returned.

        A timer that rings too early is left alone: libcurl asks for the next one then.
        """
        if self._loop is None or after_ms < 0:
            return
        if after_ms == 0:
            if not self._is_ringing:
                self._is_ringing = True
                self._loop.call_soon(self._now)
            return
        at = self._loop.time() + after_ms / 1_000
        if self._timer is not None:
            if self._timer_at <= at:
                return
            self._timer.cancel()
        self._timer_at = at
        self._timer = self._loop.call_at(at, self._later)

    def _now(self) -> None:
        """Those that were begun together connect; the first may be connected by then."""
        self._is_ringing = False
        self._time_is_up()

    def _later(self) -> None:
        self._timer = None
        self._time_is_up()

    def _time_is_up(self) -> None:
        if self._underway:
            self._act(pycurl.SOCKET_TIMEOUT, 0)
            self._look()

    def _look(self) -> None:
        for fd, events in self._epoll.poll(0, _AT_ONCE):
            self._act(fd, _ACTED_ON[events & _ALL])
        self._finish()

    def _act(self, fd: int, happened: int) -> None:
        try:
            self._multi.socket_action(fd, happened)
        except pycurl.error as error:  # libcurl will end none of them any more
            for curl in tuple(self._underway):
                self._end(curl, error)

    def _finish(self) -> None:
        _, good, bad = self._multi.info_read()
        for curl in good:
            self._end(curl, None)
        for curl, code, said in bad:
            self._end(curl, pycurl.error(code, said))

    def _end(self, curl: Any, error: pycurl.error | None) -> None:
        done = self._underway.pop(curl, None)
        if done is None:
            return
        with suppress(pycurl.error):
            self._multi.remove_handle(curl)
        if done.done():  # cancelled just now
            return
        if error is None:
            done.set_result(None)
        else:
            done.set_exception(error)
