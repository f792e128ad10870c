"""Runs command lines as a shell would, in this process and over a real data folder."""

import asyncio
import contextlib
import io
from typing import Any

import msgspec
from msgspec import Struct

from fener.cli.app import app, run


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


def commands() -> list[tuple[str, ...]]:
    """The words of every command: `("serve",)`, `("monitor", "add")`."""
    alone = [(str(one.name),) for one in app.registered_commands]
    return alone + [
        (str(group.name), str(one.name))
        for group in app.registered_groups
        if group.typer_instance
        for one in group.typer_instance.registered_commands
    ]


async def turns() -> None:
    """Let the event loop look at whatever has become readable."""
    for _ in range(3):
        ready = asyncio.Event()
        asyncio.get_running_loop().call_soon(ready.set)
        await ready.wait()
