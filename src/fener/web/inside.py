"""What pages of people who are signed in have in common."""

from typing import Any

from litestar import Response

from fener.actions import incidents
from fener.domain.incident import IncidentStatus
from fener.domain.listing import Window
from fener.storage.incidents import Only
from fener.web.visit import Inside

ONLY_OPEN = Only(status=IncidentStatus.OPEN)


async def open_incidents(inside: Inside) -> int:
    """How many incidents are open within the reader's reach."""
    listed = await incidents.list_incidents(
        inside.context, inside.who, Window(limit=1), only=ONLY_OPEN
    )
    return listed.total or 0


async def show(
    inside: Inside, template: str, here: str, *, status: int = 200, **values: Any
) -> Response[bytes]:
    """A whole page; `here` is the way of the main navigation that it belongs to."""
    troubles = await open_incidents(inside)
    return inside.page(template, status=status, here=here, troubles=troubles, **values)
