"""The senders by kind of channel: the table in which a new kind is registered."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager

from fener.clock import stopwatch
from fener.domain.notification import ChannelKind
from fener.net.caller import Caller
from fener.net.dialler import Dialler
from fener.net.guard import Listener
from fener.pipeline.notify.letters import Writer
from fener.pipeline.notify.links import Links
from fener.pipeline.notify.senders.email import EmailSender
from fener.pipeline.notify.senders.mail_server import read_mail_server
from fener.pipeline.notify.senders.webhook import WebhookSender
from fener.pipeline.probe.world import open_world
from fener.ports import Clock, Faults, Sender
from fener.settings import Settings
from fener.web.explaining import explained


@asynccontextmanager
async def opened_senders(
    settings: Settings, clock: Clock, faults: Faults, own: Listener, site: str
) -> AsyncIterator[Mapping[ChannelKind, Sender]]:
    """Senders that refuse what probers refuse: their guard knows Fener's own listener too.

    Raises BadMailSetting.
    """
    server = read_mail_server(settings.smtp_url, settings.mail_from)
    links = Links(site)
    async with open_world(clock, stopwatch, [own]) as world:
        caller = Caller(world.wire, world.resolver, world.guard, clock)
        dialler = Dialler(world.resolver, world.guard, clock)
        writer = Writer(links, explained)
        yield {
            ChannelKind.EMAIL: EmailSender(server, writer, clock, faults, dialler),
            ChannelKind.WEBHOOK: WebhookSender(caller, links, clock),
        }
