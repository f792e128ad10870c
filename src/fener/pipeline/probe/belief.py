"""Ours or theirs? Weighs the signs that this prober is cut off against those that it is not. Pure.

In doubt the target is believed to have failed: a lost alarm is worse than a false one. We blame
ourselves only for a sign of our own, or for many who fall silent at once.
"""

from enum import StrEnum

from msgspec import Struct

from fener.pipeline.probe.whereabouts import Route

MANY = 3
"""So many unrelated networks do not fall silent at once for reasons of their own."""
ENOUGH_REFERENCES = 2
"""One reference may be down itself."""
_PROVED_BY_NAMES = frozenset({Route.PUBLIC_V4, Route.NAMES})


class Names(StrEnum):
    """What came of asking the resolver for a name that it cannot have in its cache."""

    UNTOLD = "untold"
    """Not asked, or not answered by a resolver that never answered such a question before."""
    ANSWERED = "answered"
    SILENT = "silent"
    """It did answer earlier, when targets did."""


class Signs(Struct, frozen=True):
    """All that is known of a route on which nobody is heard. `voices` are the unrelated networks
    that fell silent since somebody was, the target's own among them.
    """

    route: Route
    voices: int = 1
    silent_references: int = 0
    names: Names = Names.UNTOLD
    is_link_cut: bool = False
    """The interface has no carrier, or the next router does not even answer for its address."""


def own_fault(signs: Signs) -> str | None:
    """Why the fault is ours, as a clause; None where the target is to be believed to have failed.

    The surest signs come first. That names can be looked up proves the way of IPv4 alone: few
    resolvers ask by IPv6, and none needs the way to a private network.
    """
    if signs.route is Route.LOOPBACK:
        return None
    if signs.silent_references >= ENOUGH_REFERENCES:
        return "none of the reference targets answers"
    if signs.is_link_cut:
        return "its own link is down"
    if signs.route is not Route.PRIVATE and signs.names is Names.SILENT:
        return "its resolver reaches nobody"
    if signs.route in _PROVED_BY_NAMES and signs.names is Names.ANSWERED:
        return None
    return _by_number(signs)


def _by_number(signs: Signs) -> str | None:
    if signs.voices < MANY:
        return None
    return f"{signs.voices} targets that have nothing to do with one another are silent"
