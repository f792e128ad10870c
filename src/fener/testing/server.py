"""A whole Fener in a process of its own: started, asked, stopped or killed by a test."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

_ADDRESS = re.compile(r"http://[\w.:\[\]-]+")
STOP_SECONDS = 10


class NotStarted(Exception):
    """The process ended before it announced its address; says what it printed."""

    def __init__(self, printed: str, code: int) -> None:
        super().__init__(printed)
        self.code = code


class ServedFener:
    """`fener serve` on a free port over a data folder. Use as a context manager."""

    def __init__(
        self,
        data: Path,
        *,
        environment: Mapping[str, str] | None = None,
        through: Sequence[str] = ("-m", "fener.cli"),
    ) -> None:
        """`through` are the interpreter's arguments before `serve`."""
        self._command = [sys.executable, *through, "serve"]
        given = {"FENER_DATA": str(data), "FENER_PORT": "0", "FENER_RATE_LIMIT": "0"}
        self._environment = {**os.environ, **given, **(environment or {})}
        self._log_path = data.with_name(f"{data.name}.log")
        self._process: subprocess.Popen[str] | None = None
        self.url = ""
        self.announced = ""

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Returns when it serves. Raises NotStarted."""
        with self._log_path.open("a") as log:
            self._process = subprocess.Popen(  # noqa: S603 - our own program
                self._command, env=self._environment, stdout=subprocess.PIPE, stderr=log, text=True
            )
        assert self._process.stdout is not None  # noqa: S101 - asked for above
        self.announced = self._process.stdout.readline()
        found = _ADDRESS.search(self.announced)
        if found is None:
            raise NotStarted(f"{self.announced}{self.log()}", self.kill())
        self.url = found.group()

    @property
    def pid(self) -> int:
        assert self._process is not None  # noqa: S101 - a test's own order of calls
        return self._process.pid

    @property
    def has_ended(self) -> bool:
        return self._process is None or self._process.poll() is not None

    def wait(self, seconds: float) -> int:
        """The exit code once it has ended by itself. Raises subprocess.TimeoutExpired."""
        assert self._process is not None  # noqa: S101 - a test's own order of calls
        return self._process.wait(seconds)

    def stop(self) -> int:
        """Ask it to stop, as a service manager does; gives its exit code."""
        return self._end(signal.SIGTERM)

    def kill(self) -> int:
        """As a power cut would."""
        return self._end(signal.SIGKILL)

    def log(self) -> str:
        """What it wrote to its log, all starts together."""
        return self._log_path.read_text("utf-8", "replace")

    def _end(self, by: signal.Signals) -> int:
        if self._process is None:
            return 0
        if self._process.poll() is None:
            self._process.send_signal(by)
        code = self._process.wait(STOP_SECONDS)
        if self._process.stdout is not None:
            self._process.stdout.close()
        self._process = None
        return code
