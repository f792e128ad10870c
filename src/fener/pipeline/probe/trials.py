"""Looks for signs that a route is cut, or is not: knocks at others, asks the resolver, looks at our
own link. All at once, and no longer than it is told.
"""

import asyncio
from collections.abc import Collection, Sequence
from typing import Protocol, TypeAlias

from msgspec import Struct

from fener.domain.time import MINUTE, Span
from fener.net.knock import Knock, knock
from fener.net.neighbourhood import Hop, Neighbourhood
from fener.net.resolver import Resolver
from fener.pipeline.probe.belief import ENOUGH_REFERENCES
from fener.pipeline.probe.whereabouts import Route, Whereabouts

Came: TypeAlias = Knock | bool
Task: TypeAlias = asyncio.Task[Came]
_ROUTER_PORTS = (53, 80, 443)
"""A router that does not filter answers at any port, if only to refuse; most serve one of these."""
_FAR_AWAY = "192.0.2.1"
"""Reserved for documents (RFC 5737): whatever way it would go is the default one."""
ROUTER_REMEMBERED: Span = MINUTE
"""The kernel finds out within that time that a router is gone which it is made to look for."""


class Question(Struct, frozen=True):
    """What is to be tried on the route of `target`, which has been silent for `quiet` so far."""

    target: Whereabouts
    others: Sequence[Whereabouts] = ()
    wants_names: bool = False
    quiet: Span = 0


class Findings(Struct, frozen=True):
    """What came of it. `names` is None where the resolver was not asked, or not to the end."""

    heard: Sequence[Whereabouts] = ()
    silent: Sequence[Whereabouts] = ()
    silent_references: int = 0
    names: bool | None = None
    is_router_heard: bool = False


class Trials(Protocol):
    async def run(self, question: Question, within: Span) -> Findings:
        """Ends at once when somebody is heard. Never raises."""
        ...

    async def names(self, within: Span) -> bool:
        """Whether the resolver has answers that it cannot have had before."""
        ...

    def is_link_cut(self, target: Whereabouts) -> bool:
        """Whether nothing can leave this machine towards the target."""
        ...


class NetworkTrials:
    """`Trials` for real."""

    def __init__(
        self,
        resolver: Resolver,
        references: Sequence[Whereabouts] = (),
        neighbourhood: Neighbourhood | None = None,
    ) -> None:
        self._resolver = resolver
        self._references = references
        self._neighbourhood = neighbourhood or Neighbourhood()

    async def run(self, question: Question, within: Span) -> Findings:
        route = question.target.route
        references = [one for one in self._references if one.route is route]
        asked = [*references, *question.others]
        asking: list[Task] = [
            asyncio.create_task(knock(one.address, one.port, within)) for one in asked
        ]
        names: list[Task] = []
        if question.wants_names and len(references) < ENOUGH_REFERENCES:
            names = [asyncio.create_task(self.names(within))]
        routers: list[Task] = []
        if route is Route.PRIVATE:
            routers = [asyncio.create_task(self._is_router_there(question, within))]
        proofs: set[Came] = {Knock.OPENED} if route is Route.PUBLIC_V6 else {Knock.OPENED, True}
        await _until_one(proofs, [*asking, *names, *routers])
        came = [_came_of(one) for one in asking]
        return Findings(
            heard=[one for one, what in zip(asked, came, strict=True) if what is Knock.OPENED],
            silent=[one for one, what in zip(asked, came, strict=True) if what is Knock.SILENT],
            silent_references=came[: len(references)].count(Knock.SILENT),
            names=_names(names),
            is_router_heard=any(map(_came_of, routers)),
        )

    async def names(self, within: Span) -> bool:
        return await self._resolver.reaches_beyond(within)

    def is_link_cut(self, target: Whereabouts) -> bool:
        hop = self._hop(target)
        return hop is not None and self._neighbourhood.is_cut(hop)

    def _hop(self, target: Whereabouts) -> Hop | None:
        return self._neighbourhood.hop(target.address) if target.address else None

    async def _is_router_there(self, question: Question, within: Span) -> bool:
        """Whether a router on our link answers: the target's, or that of all the world."""
        hop = self._hop(question.target)
        default = self._neighbourhood.hop(_FAR_AWAY)
        if hop is None or default is None:
            return False
        router = hop.router or (default.router if default.interface == hop.interface else None)
        if router is None:
            return False
        knocking: list[Task] = [
            asyncio.create_task(knock(router, port, within)) for port in _ROUTER_PORTS
        ]
        # It refuses in its own name here.
        await _until_one({Knock.OPENED, Knock.REFUSED}, knocking)
        if any(_came_of(one) in {Knock.OPENED, Knock.REFUSED} for one in knocking):
            return True
        return question.quiet >= ROUTER_REMEMBERED and self._neighbourhood.is_known(router)


async def _until_one(proofs: Collection[Came], tasks: Collection[Task]) -> None:
    """Return when one of them ended so, or all have ended; none is left running."""
    pending = set(tasks)
    try:
        while pending:
            done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
            if any(_came_of(one) in proofs for one in done):
                return
    finally:
        for one in pending:
            one.cancel()
        await asyncio.gather(*pending, return_exceptions=True)


def _came_of(task: Task) -> Came | None:
    """None for what was not awaited to its end."""
    return task.result() if task.done() and not task.cancelled() else None


def _names(tasks: Sequence[Task]) -> bool | None:
    came = _came_of(tasks[0]) if tasks else None
    return None if came is None else came is True
