"""A progress bar for work that takes longer than a second, on a terminal."""

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import TypeVar

from rich.progress import Progress

from fener.cli.terminal import console

T = TypeVar("T")
_QUIET_SECONDS = 1.0
_LOOK_EVERY_SECONDS = 0.1


def shown(title: str, work: Callable[[], T], share: Callable[[], float]) -> T:
    """Do the work in a thread, and show meanwhile which share of it is done."""
    with ThreadPoolExecutor(1, "fener-work") as pool:
        doing = pool.submit(work)
        if not wait({doing}, _QUIET_SECONDS).done:
            _show(title, doing, share)
        return doing.result()


def _show(title: str, doing: Future[T], share: Callable[[], float]) -> None:
    err = console(stderr=True)
    with Progress(console=err, transient=True, disable=not err.is_terminal) as bar:
        task = bar.add_task(title, total=1.0)
        while not wait({doing}, _LOOK_EVERY_SECONDS).done:
            bar.update(task, completed=min(1.0, share()))
