"""One check: what was asked and what came back, beside what a good answer looks like."""

from typing import Any

from litestar import Response, get
from litestar.exceptions import NotFoundException

from fener.actions import checks, monitors
from fener.web.forms import id_of
from fener.web.inside import show
from fener.web.views.monitors import HERE, key_of
from fener.web.visit import Entered, PathText


@get("/monitors/{key:str}/checks/{place:str}")
async def check_page(inside: Entered, key: PathText, place: PathText) -> Response[Any]:
    """`place` is the time and id of the check, as a page of a history is addressed."""
    at, number = map(id_of, place.partition(".")[::2])
    if at is None or number is None:
        raise NotFoundException
    monitor = await monitors.get(inside.context, inside.who, key_of(key))
    found = await checks.compared(inside.context, inside.who, monitor.id, at, number)
    return await show(
        inside, "check.html", HERE, monitor=monitor, check=found.check, good=found.good
    )


HANDLERS = (check_page,)
