"""A whole Fener that serves, and the ways in which people and programs speak to it."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import pytest

from fener.clock import SystemClock
from fener.domain.time import SECOND, Span
from fener.testing.server import ServedFener
from support.api import Answer
from support.curl import Curl
from support.schemas import good

PATIENCE: Span = 40 * SECOND
CLOCK = SystemClock()
T = TypeVar("T")


class Running:
    """A Fener that serves, with a token of its organization and a key of its owner."""

    def __init__(self, fener: ServedFener, data: Path, curl: Curl) -> None:
        self.fener = fener
        self.curl = curl
        self._data = data
        self.token = self._issue("organization")
        self.key = self._issue("account")

    def _issue(self, kind: str) -> str:
        return self.command("token", "create", "--name", kind, "--kind", kind)

    def command(self, *words: str) -> str:
        """Run the command line in a process of its own on the store; gives what it printed."""
        environment = {**os.environ, "FENER_DATA": str(self._data)}
        said = subprocess.run(
            [sys.executable, "-m", "fener.cli", *words],
            env=environment,
            capture_output=True,
            check=True,
            text=True,
        )
        return said.stdout.strip()

    def url(self, path: str) -> str:
        return f"{self.fener.url}{path}"

    def organization(self, path: str, method: str = "GET", body: Any = None) -> Answer:
        return self.curl.ask(method, self.url(path), secret=self.token, body=body)

    def account(self, path: str, method: str = "GET", **form: Any) -> Answer:
        return self.curl.ask(method, self.url(path), secret=self.key, form=form)

    def incidents(self) -> list[dict[str, Any]]:
        """All of them, as the organization API lists them."""
        answer = self.organization("/api/incidents?organizationId=1")
        listed: list[dict[str, Any]] = good(answer, "organization-incidents")
        return listed

    def account_incidents(self) -> list[dict[str, Any]]:
        """All of them, as the account API lists them."""
        listed: list[dict[str, Any]] = good(self.account("/api/incidents/"), "account-incidents")[
            "data"
        ]
        return listed

    def checks(self, website: int | str) -> dict[int, dict[str, Any]]:
        """The recorded checks of a website, by id."""
        path = f"/api/websites/{website}/check-history?limit=200"
        found = good(self.organization(path), "organization-check-history")["data"]
        return {int(check["id"]): check for check in found}

    def eventually(self, condition: Callable[[], T], within: Span = PATIENCE) -> T:
        """Ask again and again until it is true, for as long as Fener runs."""
        deadline = CLOCK.monotonic() + within
        while not (seen := condition()):
            assert CLOCK.monotonic() < deadline, f"never came true:\n{self.fener.log()[-3_000:]}"
            with pytest.raises(subprocess.TimeoutExpired):
                self.fener.wait(0.1)
        return seen
