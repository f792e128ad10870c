"""Targets to probe: nginx where the machine has it, else a small server of ours; and a slow one.

Each runs in a process of its own, whose CPU is nobody's figure.
"""

import asyncio
import select
import shutil
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvloop

BODY = b"x" * 600
DELAY_SECONDS = 0.001
_AT_ONCE = 16
_HEAD = (
    b"HTTP/1.1 200 OK\r\nServer: bench\r\nDate: Thu, 01 Jan 2026 00:00:00 GMT\r\n"
    b"Content-Type: text/html; charset=utf-8\r\nContent-Length: 600\r\n"
    b"Connection: close\r\n\r\n"
)
_NGINX = """
worker_processes 1;
error_log stderr crit;
pid {folder}/nginx-{port}.pid;
events {{ worker_connections 4096; }}
http {{
  access_log off;
  default_type text/html;
  client_body_temp_path {folder};
  proxy_temp_path {folder};
  fastcgi_temp_path {folder};
  uwsgi_temp_path {folder};
  scgi_temp_path {folder};
  server {{
    listen 127.0.0.1:{port} backlog=4096{secure};
    {certificate}
    location / {{ return 200 "{body}"; }}
  }}
}}
"""


def nginx() -> str | None:
    return shutil.which("nginx", path="/usr/local/sbin:/usr/sbin:/usr/local/bin:/usr/bin")


@contextmanager
def target(folder: Path, certificate: Path | None = None) -> Iterator[int]:
    """A server that answers every request with 200 at once; gives its port on 127.0.0.1."""
    program = nginx()
    if program is None:
        with _own("quick", str(certificate or "")) as port:
            yield port
        return
    port = _free_port()
    configuration = folder / f"nginx-{port}.conf"
    configuration.write_text(
        _NGINX.format(
            folder=folder,
            port=port,
            secure=" ssl" if certificate else "",
            certificate=f"ssl_certificate {certificate}; ssl_certificate_key {certificate};"
            if certificate
            else "",
            body=BODY.decode(),
        )
    )
    command = [program, "-c", str(configuration), "-p", str(folder), "-g", "daemon off;"]
    with subprocess.Popen(command) as process:
        try:
            _await_listener(port)
            yield port
        finally:
            process.terminate()


@contextmanager
def slow_target() -> Iterator[int]:
    """A server that waits for a millisecond before it answers."""
    with _own("slow", "") as port:
        yield port


@contextmanager
def _own(kind: str, certificate: str) -> Iterator[int]:
    command = [sys.executable, __file__, kind, certificate]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        try:
            yield int(process.stdout.readline())
        finally:
            process.terminate()


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def _await_listener(port: int) -> None:
    for _ in range(500):
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            select.select([], [], [], 0.01)
        else:
            return
    raise RuntimeError(f"nothing listens on port {port}")


class _Answerer(asyncio.Protocol):
    """Answers each request alike, as cheaply as Python can."""

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self._transport.write(_HEAD + BODY)
            self._transport.close()


async def _answer_at_once(certificate: str) -> None:
    context = None
    if certificate:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(_Answerer, "127.0.0.1", 0, ssl=context, backlog=4_096)
    print(server.sockets[0].getsockname()[1], flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


def _answer_slowly() -> None:
    """In blocking threads: a timer of an event loop would round the millisecond up to two."""
    listener = socket.create_server(("127.0.0.1", 0), backlog=1_024)
    for _ in range(_AT_ONCE):
        threading.Thread(target=_keep_answering, args=[listener], daemon=True).start()
    print(listener.getsockname()[1], flush=True)
    sys.stdin.read()


def _keep_answering(listener: socket.socket) -> None:
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65_536)
            select.select([], [], [], DELAY_SECONDS)
            connection.sendall(_HEAD + BODY)


if __name__ == "__main__":
    if sys.argv[1] == "slow":
        _answer_slowly()
    else:
        uvloop.run(_answer_at_once(sys.argv[2]))
