"""Servers that answer in a thread of their own while a test waits for them."""

import selectors
import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterator
from typing import Self


class ThreadedServer(ABC):
    """Use it as a context manager, within which `_serve` runs."""

    def __enter__(self) -> Self:
        self._open()
        self._stopping, self._stop = socket.socketpair()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.send(b".")
        self._thread.join()
        self._stopping.close()
        self._stop.close()
        self._close()

    @abstractmethod
    def _open(self) -> None:
        """Open what is listened on."""

    @abstractmethod
    def _serve(self) -> None:
        """Answer whatever comes, for as long as `_ready` goes on."""

    @abstractmethod
    def _close(self) -> None:
        """Close what was opened."""

    def _ready(self, *sources: socket.socket | int) -> Iterator[Collection[object]]:
        """Those of the sources that can be read, again and again until the context ends."""
        with selectors.DefaultSelector() as selector:
            for one in (*sources, self._stopping):
                selector.register(one, selectors.EVENT_READ)
            while self._stopping not in (ready := {key.fileobj for key, _ in selector.select()}):
                yield ready
