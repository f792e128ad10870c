"""The web server around the ASGI application: its socket, its start and its end.

Live streams stay open for hours, and a server that waits for them never stops: whatever must end
first is told before the connections are waited for.
"""

import socket
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

import uvicorn

from fener.api.asgi import App

GRACE_SECONDS = 3
_BACKLOG = 2_048


class CannotListen(Exception):
    """The address is taken, or is none of this machine's."""


def bound_socket(host: str, port: int) -> socket.socket:
    """A listening socket; port 0 takes a free one. Raises CannotListen."""
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if ":" in host else socket.AF_INET,
            backlog=_BACKLOG,
        )
    except OSError as error:
        raise CannotListen(f"cannot listen on {host}:{port}: {error.strerror or error}") from error


class WebServer(uvicorn.Server):
    """uvicorn, which calls `before_stop` first when it is told to stop."""

    def __init__(self, app: App, before_stop: Callable[[], None]) -> None:
        untyped: Any = app
        super().__init__(
            uvicorn.Config(
                untyped,
                loop="none",
                http="httptools",
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                timeout_graceful_shutdown=GRACE_SECONDS,
            )
        )
        self._before_stop = before_stop

    @contextmanager
    def capture_signals(self) -> Generator[None, None, None]:
        """Leave signals to whoever runs the whole: there is more to stop than this server."""
        yield

    def stop(self) -> None:
        """Answer what is under way, then end."""
        self.should_exit = True

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._before_stop()
        await super().shutdown(sockets)
