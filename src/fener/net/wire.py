"""Sends one HTTP request to one address that was resolved and guarded before, with libcurl; or
agrees on TLS with it, and nothing more, over a connection that stands already.

It follows nothing, resolves nothing, keeps no connection and uses no proxy but the one that it is
told to. What libcurl reports is handed back as it is; what that means for a monitor or a message is
its caller's affair.
"""

import os
import socket
import ssl
import sys
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias

import pycurl
from msgspec import Struct
from msgspec.structs import replace

from fener.domain.check import Certificate
from fener.domain.credentials import ClientCertificate, DigestCredentials
from fener.domain.time import Span
from fener.net.tls import read_chain
from fener.net.url import Origin, Url

if sys.platform == "linux":
    from fener.net.multi import EpollMulti as Multi
else:
    from pycurl import AsyncCurlMulti as Multi

Sink: TypeAlias = Callable[[bytes], int | None]
"""Takes each piece of the body; 0 ends the transfer there."""

CUT_BY_SINK = pycurl.E_WRITE_ERROR
_SUPPRESS_CONNECT_HEADERS = 265
"""libcurl's number of the option, for which pycurl has no name."""
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})
_USUAL_TRUST_STORES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
)


class Request(Struct, frozen=True):
    """What is sent. `headers` are whole lines: `Name: value`."""

    method: str
    url: Url
    headers: tuple[str, ...] = ()
    body: bytes | None = None
    verify_tls: bool = True
    decode: bool = False
    """Ask for a compressed answer and unpack it."""
    http_version: str = "auto"
    """`auto`, `1.1`, or `2`: over TLS it is offered alone with 1.1, without TLS spoken at once."""
    digest: DigestCredentials | None = None
    client_certificate: ClientCertificate | None = None
    proxy: Origin | None = None
    """Whose address is dialled then. It is asked for the target by name: with TLS for a tunnel."""
    cookies: tuple[str, ...] | None = None
    """Cookies as libcurl writes them down: sent where they belong, and told back; None for none."""


class Moments(Struct, frozen=True):
    """When each phase ended, in microseconds since the start; 0 for those not reached."""

    connected: int
    secured: int
    sent: int
    first_byte: int
    total: int


class Reply(Struct, frozen=True):
    """What libcurl reports of one transfer. `code` is its error number, 0 for none."""

    code: int
    error: str
    os_error: int
    status: int
    head: list[bytes]
    """Every header line of every answer, interim ones included, as they came."""
    moments: Moments
    verify_result: int = 0
    chain: tuple[Certificate, ...] = ()
    proxy_status: int = 0
    """What a proxy answered when it was asked for a tunnel."""
    cookies: tuple[str, ...] | None = None
    """All cookies known by now, where the request had some or was ready to take some."""


class Wire:
    """One libcurl multi handle for a process. The trust store is read once and kept in it."""

    def __init__(self, trust_store: Path | None = None) -> None:
        self._multi = Multi()
        self._plain = _template()
        self._secure = self._plain.duphandle()
        self._secure.setopt(pycurl.OPT_CERTINFO, 1)
        store = trust_store or find_trust_store()
        if store is not None:
            # libcurl keeps a parsed store only where it comes from one file alone.
            self._secure.setopt(pycurl.CAINFO, str(store))
            self._secure.unsetopt(pycurl.CAPATH)

    async def send(
        self,
        request: Request,
        address: str,
        within: Span,
        sink: Sink,
        *,
        head: list[bytes] | None = None,
        connect_within: Span = 0,
    ) -> Reply:
        """Dial `address` and exchange the request for a reply; never raises for the other side.

        `head` is filled while the answer comes in, so that `sink` can look at it.
        """
        is_secure = request.url.origin.scheme == "https"
        lines: list[bytes] = [] if head is None else head
        curl = (self._secure if is_secure else self._plain).duphandle()
        try:
            _prepare(curl, request)
            _lead(curl, request, address)
            curl.setopt(pycurl.TIMEOUT_MS, max(1, within))
            if connect_within:
                curl.setopt(pycurl.CONNECTTIMEOUT_MS, max(1, connect_within))
            curl.setopt(pycurl.WRITEFUNCTION, sink)
            curl.setopt(pycurl.HEADERFUNCTION, lines.append)
            code, error = await self._perform(curl)
            reply = _reply(curl, code, error, lines, is_secure=is_secure)
            return _with_rarities(reply, request, curl)
        finally:
            curl.close()

    async def handshake(
        self, connection: socket.socket, server: Origin, address: str, within: Span
    ) -> Reply:
        """Agree on TLS with `server`, to whose `address` this connection leads.

        The certificate must be trusted and for its host, which is also the name that is asked for.
        The connection stays the caller's to close. Never raises for the other side.
        """
        curl = self._secure.duphandle()
        try:
            curl.setopt(pycurl.URL, server.text)
            curl.setopt(pycurl.CONNECT_TO, [_pin(address, server.port)])
            curl.setopt(pycurl.CONNECT_ONLY, 1)
            curl.setopt(pycurl.SSL_ENABLE_ALPN, 0)  # what is spoken may be no HTTP
            curl.setopt(pycurl.OPENSOCKETFUNCTION, lambda _purpose, _address: connection)
            curl.setopt(pycurl.SOCKOPTFUNCTION, _is_connected)
            curl.setopt(pycurl.TIMEOUT_MS, max(1, within))
            code, error = await self._perform(curl)
            return _reply(curl, code, error, [], is_secure=True)
        finally:
            curl.close()

    async def aclose(self) -> None:
        await self._multi.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def _perform(self, curl: Any) -> tuple[int, str]:
        try:
            await self._multi.perform(curl)
        except pycurl.error as error:
            code, message = error.args
            return code, message or ""
        return 0, ""


def find_trust_store() -> Path | None:
    """The machine's file of trusted roots; `SSL_CERT_FILE` names another one."""
    given = os.environ.get("SSL_CERT_FILE")
    system = ssl.get_default_verify_paths().cafile
    candidates = (given,) if given else (system, *_USUAL_TRUST_STORES)
    return next((Path(one) for one in candidates if one and Path(one).is_file()), None)


def _template() -> Any:
    curl = pycurl.Curl()
    for option, value in (
        (pycurl.NOSIGNAL, 1),
        (pycurl.PROXY, ""),
        (pycurl.NETRC, 0),
        (pycurl.FOLLOWLOCATION, 0),
        (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
        (pycurl.FRESH_CONNECT, 1),
        (pycurl.FORBID_REUSE, 1),
        (pycurl.SSL_SESSIONID_CACHE, 0),
        (pycurl.DNS_CACHE_TIMEOUT, 0),
    ):
        curl.setopt(option, value)
    return curl


def _prepare(curl: Any, request: Request) -> None:
    curl.setopt(pycurl.URL, request.url.text)
    if request.headers:
        curl.setopt(pycurl.HTTPHEADER, request.headers)
    if request.body is not None or request.method in _WITH_BODY:
        curl.setopt(pycurl.POSTFIELDS, request.body or b"")
    if request.method == "HEAD":
        curl.setopt(pycurl.NOBODY, 1)
    elif request.method != "GET" or request.body is not None:
        curl.setopt(pycurl.CUSTOMREQUEST, request.method)
    if not request.verify_tls:
        curl.setopt(pycurl.SSL_VERIFYPEER, 0)
        curl.setopt(pycurl.SSL_VERIFYHOST, 0)
    if request.decode:
        curl.setopt(pycurl.ACCEPT_ENCODING, "")
    _prepare_rarities(curl, request)


def _prepare_rarities(curl: Any, request: Request) -> None:
    if request.http_version != "auto":
        curl.setopt(pycurl.HTTP_VERSION, _version(request))
    if request.digest is not None:
        # libcurl is challenged first, then asks again at the same address.
        curl.setopt(pycurl.HTTPAUTH, pycurl.HTTPAUTH_DIGEST)
        curl.setopt(pycurl.USERNAME, request.digest.username)
        curl.setopt(pycurl.PASSWORD, request.digest.password)
    if request.client_certificate is not None:
        curl.setopt(pycurl.SSLCERT_BLOB, request.client_certificate.certificate.encode())
        curl.setopt(pycurl.SSLKEY_BLOB, request.client_certificate.key.encode())
    if request.cookies is not None:
        curl.setopt(pycurl.COOKIEFILE, "")
        for cookie in request.cookies:
            curl.setopt(pycurl.COOKIELIST, cookie)


def _version(request: Request) -> int:
    if request.http_version == "1.1":
        return int(pycurl.CURL_HTTP_VERSION_1_1)
    is_secure = request.url.origin.scheme == "https"
    known = pycurl.CURL_HTTP_VERSION_2TLS, pycurl.CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE
    return int(known[0] if is_secure else known[1])


def _with_rarities(reply: Reply, request: Request, curl: Any) -> Reply:
    if request.cookies is not None:
        reply = replace(reply, cookies=tuple(curl.getinfo(pycurl.INFO_COOKIELIST)))
    if request.proxy is not None:
        reply = replace(reply, proxy_status=curl.getinfo(pycurl.HTTP_CONNECTCODE))
    return reply


def _lead(curl: Any, request: Request, address: str) -> None:
    """To this address, whatever name the target or the proxy has."""
    if request.proxy is None:
        curl.setopt(pycurl.CONNECT_TO, [_pin(address, request.url.origin.port)])
        return
    host = f"[{address}]" if ":" in address else address
    curl.setopt(pycurl.PROXY, f"http://{host}:{request.proxy.port}")
    curl.setopt(_SUPPRESS_CONNECT_HEADERS, 1)


def _pin(address: str, port: int) -> str:
    return f"::[{address}]:{port}" if ":" in address else f"::{address}:{port}"


def _is_connected(_connection: object, _purpose: int) -> int:
    already: int = pycurl.SOCKOPT_ALREADY_CONNECTED
    return already


def _reply(curl: Any, code: int, error: str, head: list[bytes], *, is_secure: bool) -> Reply:
    read = curl.getinfo
    return Reply(
        code=code,
        error=error,
        os_error=read(pycurl.OS_ERRNO) if code else 0,
        status=read(pycurl.RESPONSE_CODE),
        head=head,
        moments=Moments(
            connected=read(pycurl.CONNECT_TIME_T),
            secured=read(pycurl.APPCONNECT_TIME_T),
            sent=read(pycurl.PRETRANSFER_TIME_T),
            first_byte=read(pycurl.STARTTRANSFER_TIME_T),
            total=read(pycurl.TOTAL_TIME_T),
        ),
        verify_result=read(pycurl.SSL_VERIFYRESULT) if is_secure else 0,
        chain=read_chain(read(pycurl.INFO_CERTINFO)) if is_secure else (),
    )
