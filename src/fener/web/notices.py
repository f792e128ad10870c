"""What Fener itself has to say above the overview: nobody would be told, or it is broken."""

from msgspec import Struct

from fener.actions import channels, deafness
from fener.domain.fault import Fault, FaultReason
from fener.domain.notification import Channel, ChannelKind
from fener.domain.people import Permission
from fener.domain.time import HOUR, SECOND, Span
from fener.web.languages import marked
from fener.web.visit import Inside

_FAULTY = marked("A part of Fener does not work, since %(since)s")
_NOBODY = marked("Nobody would be told")
_NO_CHANNEL = marked("There is no channel by which Fener could tell you when something goes down.")
_NO_MAIL = marked(
    "There are only e-mail channels, and no mail server is set. Set FENER_SMTP_URL, "
    "or add a webhook."
)
_ADD = marked("Add a channel")
_DEAF = marked("Fener did not hear anything from %(start)s to %(end)s")
_UNSEEN = marked("What happened meanwhile is not known, and counts neither as up nor as down.")
_REMEMBERED: Span = 12 * HOUR
_WORTH_TELLING: Span = 30 * SECOND


class Notice(Struct, frozen=True):
    """All of it in the reader's language, but what of a fault only English can say."""

    symbol: str
    title: str
    detail: str = ""
    fault: Fault | None = None
    """What is said in place of a detail."""
    link: str = ""
    link_word: str = ""
    is_calm: bool = False
    """It tells something, and asks for nothing."""


async def notices(inside: Inside) -> list[Notice]:
    nobody = await nobody_to_tell(inside)
    return [*_faults(inside), *([nobody] if nobody else []), *await _deafness(inside)]


async def _deafness(inside: Inside) -> list[Notice]:
    """The last time in which Fener did not run or could not hear, for some hours after it."""
    since = inside.reader.now - _REMEMBERED
    periods = await deafness.periods(inside.context, inside.who, since)
    long = [one for one in periods if one.end - one.start >= _WORTH_TELLING]
    return [
        Notice(
            symbol="clock",
            title=inside.words(
                _DEAF, start=inside.reader.moment(one.start), end=inside.reader.moment(one.end)
            ),
            detail=inside.words(_UNSEEN),
            is_calm=True,
        )
        for one in long[-1:]
    ]


async def nobody_to_tell(inside: Inside, monitor_id: int | None = None) -> Notice | None:
    """Says so where no message could leave; of a monitor, where none could about it."""
    if not inside.who.may(Permission.TELL) or inside.who.is_limited:
        return None
    known = await channels.list_all(inside.context, inside.who, monitor_id=monitor_id)
    active = [one for one in known if one.is_active]
    if any(_works(inside, one) for one in active):
        return None
    return Notice(
        symbol="channels",
        title=inside.words(_NOBODY),
        detail=inside.words(_NO_MAIL if active else _NO_CHANNEL),
        link="/channels/add",
        link_word=inside.words(_ADD),
    )


def _works(inside: Inside, channel: Channel) -> bool:
    return channel.kind is not ChannelKind.EMAIL or inside.options.can_mail


def _faults(inside: Inside) -> list[Notice]:
    if not inside.who.may(Permission.WATCH):
        return []
    return [
        Notice(
            symbol="incidents",
            title=inside.words(_FAULTY, since=inside.reader.moment(known.since)),
            fault=known.fault,
        )
        for known in inside.options.faults.all()
        if inside.options.can_mail or known.fault.reason is not FaultReason.NO_MAIL_SERVER
    ]
