"""`fener serve`: every role in one process, with a prober as its child, in order of assembly."""

import asyncio
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing

import structlog
from msgspec import Struct
from msgspec.structs import replace

from fener.actions import setup
from fener.actions.context import Context
from fener.actions.site import keep_site
from fener.bootstrap.bells import StageBells
from fener.bootstrap.front import assembled_front
from fener.bootstrap.probers import prober_count
from fener.bootstrap.roles import Roles
from fener.bootstrap.senders import opened_senders
from fener.bootstrap.stages import assembled
from fener.bootstrap.store import connected, locked, prepared_database
from fener.bootstrap.webserver import WebServer, bound_socket
from fener.bus.children import ProberChild
from fener.bus.local import LocalBus
from fener.bus.ringing import heard
from fener.clock import SystemClock
from fener.domain.prober import Share
from fener.domain.time import DAY
from fener.faults import FaultBoard
from fener.net.guard import Listener
from fener.pipeline.record.retention import Kept
from fener.ports import StoreUnavailable
from fener.settings import Settings, site_at

LOG = structlog.get_logger()
LOCATION = 1
"""The one location of the embedded form: this machine."""
_STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT)


class Announcement(Struct, frozen=True):
    """What a person needs to know once Fener serves."""

    url: str
    setup_url: str | None
    """The one-time link; None once Fener is set up."""


async def serve(settings: Settings, announce: Callable[[Announcement], None]) -> None:
    """Serve until SIGTERM or SIGINT. `announce` is called once its socket is open.

    Raises AlreadyServing, CannotListen, StoreUnavailable, SchemaTooNew, BadMailSetting, and Invalid
    for a first owner of the settings that will not do.
    """
    bells = StageBells()
    with (
        locked(settings.data),
        closing(bound_socket(settings.host, settings.port)) as listener,
        heard(settings.data, bells),
    ):
        prepared_database(settings.data)
        async with connected(settings, SystemClock(), bells) as context:
            await _keep_site(context, site_of(settings, listener))
            setup_url = await _setup_url(settings, context, listener)
            async with _running(settings, context, bells, listener) as server:
                _stop_on_signals(server)
                announce(Announcement(site_of(settings, listener), setup_url))
                await server.serve(sockets=[listener])


@asynccontextmanager
async def _running(
    settings: Settings, context: Context, bells: StageBells, listener: socket.socket
) -> AsyncIterator[WebServer]:
    """All roles at work, and the web server that is still to be started."""
    faults = FaultBoard(context.clock)
    probers = await prober_count(settings.probers, context.database)
    bus = LocalBus(probers=probers)
    own, site = Listener.read(_address(listener)), site_of(settings, listener)
    async with opened_senders(settings, context.clock, faults, own, site) as senders:
        stages = assembled(context, bus, senders, faults, _kept(settings))
        bells.connect(stages)
        command = _prober_command(listener, settings.reference_targets, probers)
        roles = Roles(context.clock, faults)
        roles.start("filing", stages.filing.run)
        roles.start("retention", stages.retention.run)
        roles.start("record", lambda: stages.recorder.run(bus.results()))
        roles.start("notify", stages.notify)
        for number in range(probers):
            share = Share(number, probers)
            child = ProberChild(bus, LOCATION, command, context.clock, faults, share=share)
            roles.start(f"probe {number + 1}" if number else "probe", child.run)
        roles.start("schedule", stages.scheduler.run)
        roles.start("lateness", stages.lateness.run)
        roles.start("blindness", stages.blindness.run)
        try:
            at_front = replace(context, senders=senders)
            front = assembled_front(settings, at_front, stages, faults)
            yield WebServer(front, before_stop=stages.publisher.close)
        finally:
            await roles.stop_all()


def _kept(settings: Settings) -> Kept:
    return Kept(settings.keep_results_days * DAY, settings.keep_hours_days * DAY)


def _prober_command(listener: socket.socket, references: Sequence[str], of: int) -> list[str]:
    own = _address(listener)
    return [
        sys.executable, "-m", "fener.cli.prober", "--location", str(LOCATION), "--of", str(of),
        "--own-listener", own, *(f"--reference={one}" for one in references),
    ]  # fmt: skip


def _stop_on_signals(server: WebServer) -> None:
    loop = asyncio.get_running_loop()
    for each in _STOP_SIGNALS:
        loop.add_signal_handler(each, server.stop)


async def _setup_url(settings: Settings, context: Context, listener: socket.socket) -> str | None:
    """The one-time link, after the first owner of the settings was made; None once set up."""
    if settings.setup_email:
        await setup.set_up_unattended(context, settings.setup_email, settings.setup_password)
    secret = await setup.new_setup_secret(context)
    return f"{site_of(settings, listener)}/setup?secret={secret}" if secret else None


async def _keep_site(context: Context, site: str) -> None:
    """For commands; without it they guess, and a full disk is no reason not to serve."""
    try:
        await keep_site(context, site)
    except StoreUnavailable as error:
        LOG.warning("commands are not told the address", site=site, error=str(error))


def site_of(settings: Settings, listener: socket.socket) -> str:
    """The address under which people reach Fener, as far as we can know it."""
    host, port = listener.getsockname()[:2]
    return settings.public_url or site_at(host, port)


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
