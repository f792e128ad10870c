"""Runs command lines as a shell would, in this process and over a real data folder."""

import asyncio
import contextlib
import io
from typing import Any

import msgspec
from msgspec import Struct

from fener.cli.app import run


class Said(Struct, frozen=True):
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return msgspec.json.decode(self.out)

    @property
    def complaint(self) -> list[str]:
        """The two lines of a command that could not do what it was asked."""
        assert self.out == ""
        return self.err.splitlines()


def fener(*arguments: str) -> Said:
    """The streams are no terminals, as in a pipe."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = run(arguments)
    return Said(int(code), out.getvalue(), err.getvalue())


async def turns() -> None:
    """Let the event loop look at whatever has become readable."""
    for _ in range(3):
        ready = asyncio.Event()
        asyncio.get_running_loop().call_soon(ready.set)
        await ready.wait()
