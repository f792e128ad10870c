"""Opens the targets of the table, each on its own free port of loopback."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from ssl import SSLContext
from typing import Literal, TypeAlias

from support.certificates import Authority, by_name
from support.mail import open_mail_host
from support.nginx import Nginx
from support.speakers import Talk, offers_tls, speaking
from support.targets import BlackHole, Target, closed_port, page, redirect

HERE = "127.0.0.1"

Open: TypeAlias = Callable[[Authority, Path], AbstractAsyncContextManager[int]]
"""With an authority for its certificates and a folder for its files; gives the port."""
Make: TypeAlias = Callable[[Authority], SSLContext]


def good(authority: Authority) -> SSLContext:
    return authority.leaf(HERE)


def good_by_name_only(authority: Authority) -> SSLContext:
    return by_name({"good.test": authority.leaf("good.test")}, authority.leaf("default.test"))


def talking(talk: Talk) -> Open:
    return lambda _authority, _folder: speaking(talk)


def upgrading(greeting: bytes, *steps: tuple[bytes, bytes]) -> Open:
    return lambda authority, _folder: speaking(offers_tls(good(authority), greeting, *steps))


def tls(make: Make) -> Open:
    @asynccontextmanager
    async def opened(authority: Authority, _folder: Path) -> AsyncIterator[int]:
        with Target(make(authority)) as target:
            yield target.port

    return opened


def mail(make: Make | None) -> Open:
    """A real mail server, which offers TLS with this certificate."""

    @asynccontextmanager
    async def opened(authority: Authority, _folder: Path) -> AsyncIterator[int]:
        async with open_mail_host(starttls=make(authority) if make else None) as host:
            yield host.port

    return opened


def nginx(which: Literal["port", "secure_port", "redirecting_port"]) -> Open:
    @asynccontextmanager
    async def opened(authority: Authority, folder: Path) -> AsyncIterator[int]:
        with Nginx(folder, pem=authority.pem(HERE)) as server:
            await server.listening()
            port: int = getattr(server, which)
            yield port

    return opened


def sending_to(make: Make | None, *, host: str = HERE, back: bool = False) -> Open:
    """Redirects to a server of HTTPS, or of HTTP, under this name, and from there perhaps back."""

    @asynccontextmanager
    async def opened(authority: Authority, _folder: Path) -> AsyncIterator[int]:
        with Target(make(authority) if make else None) as end, Target() as start:
            start.at("/", redirect(end.url("/end", host)))
            end.at("/end", redirect(start.at("/back", page())) if back else page())
            yield start.port

    return opened


@asynccontextmanager
async def nobody(_authority: Authority, _folder: Path) -> AsyncIterator[int]:
    yield closed_port()


@asynccontextmanager
async def full(_authority: Authority, _folder: Path) -> AsyncIterator[int]:
    hole = BlackHole()
    try:
        yield hole.port
    finally:
        hole.close()
