"""A real nginx on loopback that a test stops and starts again, and its own log of requests."""

import asyncio
import os
import shutil
import subprocess
from pathlib import Path
from typing import Self

import pytest
from msgspec import Struct

from fener.domain.time import SECOND, Instant
from support.targets import closed_port

MISSING = "no nginx for the tests with a real server, run: apt-get install nginx-light"
_STARTED_WITHIN = 10.0
_PAUSE = 0.02
_CONFIGURATION = """\
daemon off;
master_process off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 64; }}
http {{
  log_format times '$msec $request_method $request_uri $status';
  access_log {folder}/access.log times;
  client_body_temp_path {folder}/body;
  proxy_temp_path {folder}/proxy;
  fastcgi_temp_path {folder}/fastcgi;
  uwsgi_temp_path {folder}/uwsgi;
  scgi_temp_path {folder}/scgi;
  server {{
    listen 127.0.0.1:{port};
    location / {{ return 200 "well"; }}
  }}
{more}
}}
"""
_SECURE = """  server {{
    listen 127.0.0.1:{port} ssl;
    ssl_certificate {pem};
    ssl_certificate_key {pem};
    location / {{ return 200 "well"; }}
  }}
  server {{
    listen 127.0.0.1:{plain_port};
    return 301 https://$host:{port}$request_uri;
  }}
"""


class Line(Struct, frozen=True):
    """One line of its log."""

    at: Instant
    method: str
    path: str
    status: int


def find_nginx() -> str:
    """Skips the test where there is none, but never in CI."""
    found = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin:/usr/local/sbin")
    if found is None:
        if os.environ.get("CI") == "true":
            pytest.fail(MISSING)
        pytest.skip(MISSING)
    return found


class Nginx:
    """Use as a context manager; `stop` and `start` keep the port. `more`: further servers."""

    def __init__(self, folder: Path, more: str = "", *, pem: Path | None = None) -> None:
        """`pem` holds key and chain for an HTTPS server beside it, and one that leads there."""
        self.port = closed_port()
        self._more = more
        self.secure_port = closed_port() if pem else 0
        self.redirecting_port = closed_port() if pem else 0
        self._folder = folder
        self._pem = pem
        self._program = find_nginx()
        self._process: subprocess.Popen[bytes] | None = None

    def url(self, path: str) -> str:
        return f"http://127.0.0.1:{self.port}{path}"

    def start(self) -> None:
        """It may take a moment until it listens."""
        configuration = self._folder / "nginx.conf"
        more = self._more + self._secure_servers()
        text = _CONFIGURATION.format(folder=self._folder, port=self.port, more=more)
        configuration.write_text(text)
        arguments = ["-p", str(self._folder), "-e", str(self._folder / "error.log")]
        self._process = subprocess.Popen([self._program, *arguments, "-c", str(configuration)])

    def _secure_servers(self) -> str:
        if self._pem is None:
            return ""
        return _SECURE.format(
            port=self.secure_port, plain_port=self.redirecting_port, pem=self._pem
        )

    def stop(self) -> None:
        """Returns when it is gone."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    async def listening(self) -> None:
        """Returns once it listens on all its ports."""
        ports = [port for port in (self.port, self.secure_port, self.redirecting_port) if port]
        async with asyncio.timeout(_STARTED_WITHIN):
            for port in ports:
                while not await _listens(port):
                    await asyncio.sleep(_PAUSE)  # noqa: TID251 - a program of its own starts

    def log(self) -> list[Line]:
        """What it was asked, by its own account."""
        path = self._folder / "access.log"
        lines = path.read_text().splitlines() if path.exists() else []
        return [_line(text) for text in lines]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


async def _listens(port: int) -> bool:
    try:
        _, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        return False
    writer.close()
    await writer.wait_closed()
    return True


def _line(text: str) -> Line:
    at, method, path, status = text.split(" ")
    return Line(round(float(at) * SECOND), method, path, int(status))
