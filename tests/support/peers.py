"""Debian's monitoring-plugins and prometheus-blackbox-exporter, asked about a target of a test."""

import asyncio
import json
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from support.targets import closed_port

PLUGINS = Path("/usr/lib/nagios/plugins")
MISSING = (
    "no peers to compare with, run: apt-get install --no-install-recommends "
    "monitoring-plugins-basic prometheus-blackbox-exporter"
)
EXPORTER = "prometheus-blackbox-exporter"
_SECONDS = "1"


def need_peers() -> None:
    """Skips the test where they are not installed, but never in CI."""
    if (PLUGINS / "check_tcp").exists() and shutil.which(EXPORTER):
        return
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)


async def plugin(name: str, *arguments: str) -> tuple[bool, str]:
    """Whether this plugin calls its target OK, and what it says."""
    process = await asyncio.create_subprocess_exec(
        PLUGINS / name,
        *arguments,
        "-t",
        _SECONDS,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await process.communicate()
    return process.returncode == 0, said.decode("utf-8", "replace")


class Blackbox:
    """A running exporter."""

    def __init__(self, port: int, pid: int) -> None:
        self.port = port
        self.pid = pid

    async def probe(self, module: str, target: str) -> tuple[bool, str]:
        """Whether it calls the target well by this module, and its log of the probe."""
        wanted = urlencode({"module": module, "target": target, "debug": "true"})
        said = await asyncio.to_thread(_get, f"http://127.0.0.1:{self.port}/probe?{wanted}")
        return "\nprobe_success 1\n" in said, said


@contextmanager
def blackbox(folder: Path, modules: Mapping[str, Any], **environment: str) -> Iterator[Blackbox]:
    """An exporter with these modules, written as JSON, which is YAML as well."""
    configuration, log = folder / "blackbox.yml", folder / "blackbox.log"
    configuration.write_text(json.dumps({"modules": modules}))
    port = closed_port()
    listens = f"--web.listen-address=127.0.0.1:{port}"
    command = [EXPORTER, f"--config.file={configuration}", listens, "--timeout-offset=0"]
    with log.open("wb") as errors:
        process = subprocess.Popen(command, stderr=errors, env={**os.environ, **environment})
    try:
        _await_listening(process, port, log)
        yield Blackbox(port, process.pid)
    finally:
        process.terminate()
        process.wait(10)


def _await_listening(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    for _ in range(500):
        with suppress(ConnectionRefusedError), socket.create_connection(("127.0.0.1", port)):
            return
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.02)
            break
    raise AssertionError(f"the exporter did not start: {log.read_text()}")


def _get(url: str) -> str:
    with urlopen(url, timeout=20) as answer:
        text: str = answer.read().decode("utf-8", "replace")
        return "\n" + text
