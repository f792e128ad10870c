"""All that probes touch outside themselves, opened once for a process."""

from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeAlias

from msgspec import Struct

from fener.net.guard import AddressGuard, Listener
from fener.net.resolver import Resolver, machine_resolver
from fener.net.wire import Wire
from fener.pipeline.probe.patterns import Patterns
from fener.pipeline.probe.whereabouts import Whereabouts
from fener.ports import Clock

Stopwatch: TypeAlias = Callable[[], int]
"""Microseconds since some fixed moment."""


class World(Struct, frozen=True):
    wire: Wire
    resolver: Resolver
    guard: AddressGuard
    clock: Clock
    stopwatch: Stopwatch
    patterns: Patterns
    references: Sequence[Whereabouts] = ()
    """Who is asked whether it is we who are cut off, beside the targets themselves."""


@asynccontextmanager
async def open_world(
    clock: Clock,
    stopwatch: Stopwatch,
    own_listeners: Iterable[Listener] = (),
    trust_store: Path | None = None,
    references: Sequence[Whereabouts] = (),
) -> AsyncIterator[World]:
    """The machine's resolver and trust store, and a guard for these listeners of ours."""
    resolver = machine_resolver(clock)
    async with Wire(trust_store) as wire, Patterns(clock) as patterns:
        try:
            guard = AddressGuard(own_listeners)
            yield World(wire, resolver, guard, clock, stopwatch, patterns, references)
        finally:
            await resolver.aclose()
