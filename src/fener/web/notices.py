"""What Fener itself has to say above the overview: nobody would be told, or it is broken."""

from msgspec import Struct

from fener.domain.people import Permission
from fener.web.languages import marked
from fener.web.visit import Inside

_FAULTY = marked("A part of Fener does not work, since %(since)s")


class Notice(Struct, frozen=True):
    """`title` is in the reader's language; `detail` may be words of a machine."""

    symbol: str
    title: str
    detail: str = ""
    is_machine: bool = False
    link: str = ""
    link_word: str = ""


async def notices(inside: Inside) -> list[Notice]:
    return [*_faults(inside)]


def _faults(inside: Inside) -> list[Notice]:
    if not inside.who.may(Permission.WATCH):
        return []
    return [
        Notice(
            symbol="incidents",
            title=inside.words(_FAULTY, since=inside.reader.moment(fault.since)),
            detail=fault.message,
            is_machine=True,
        )
        for fault in inside.options.faults.all()
    ]
