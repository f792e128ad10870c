"""The real curl binary: single requests, and command lines as people paste them into a shell."""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from support.api import Answer

SECONDS = 20
_SETTINGS = "silent\nshow-error\ninclude\n"


class Curl:
    """`folder` gets the settings that make curl print status and headers, whatever the line."""

    def __init__(self, folder: Path) -> None:
        (folder / ".curlrc").write_text(_SETTINGS)
        self._environment = {**os.environ, "CURL_HOME": str(folder), "no_proxy": "*"}

    def ask(
        self,
        method: str,
        url: str,
        *,
        secret: str | None = None,
        form: Mapping[str, Any] | None = None,
        body: Any = None,
    ) -> Answer:
        """`form` goes as multipart, `body` as JSON."""
        command = ["curl", "--request", method, "--url", url]
        if secret is not None:
            command += ["--header", f"Authorization: Bearer {secret}"]
        for name, value in (form or {}).items():
            command += ["--form", f"{name}={value}"]
        if body is not None:
            command += ["--json", json.dumps(body)]
        return self._run(command)

    def paste(self, line: str) -> Answer:
        """Run a command line in a shell, exactly as it stands, as the Enter key would."""
        return self._run(["bash", "-c", f"{line}\n"])

    def _run(self, command: list[str]) -> Answer:
        done = subprocess.run(
            command, env=self._environment, capture_output=True, check=False, timeout=SECONDS
        )
        assert done.returncode == 0, f"{command}: {done.stderr.decode()}"
        return _answer(done.stdout)


def _answer(said: bytes) -> Answer:
    head, _, body = said.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    pairs = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in pairs}
    return Answer(int(first.split(" ")[1]), headers, body)
