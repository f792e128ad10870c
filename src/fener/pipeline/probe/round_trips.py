"""What the answers to a ping mean, and how they are told."""

from itertools import pairwise
from statistics import fmean

from msgspec import Struct

from fener.domain.check import Failure, Outcome, Success
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds.icmp import IcmpSettings
from fener.domain.time import SECOND, Span
from fener.net.echo import Pinged


class Spread(Struct, frozen=True):
    """How long round trips took, in microseconds, and how evenly."""

    least: int
    average: float
    most: int
    jitter: float
    """Mean difference of one round trip to the next, without sign (as RFC 3550 compares them)."""

    @classmethod
    def of(cls, round_trips: tuple[int, ...]) -> "Spread":
        steps = [abs(later - one) for one, later in pairwise(round_trips)]
        average = fmean(round_trips)
        return cls(min(round_trips), average, max(round_trips), fmean(steps) if steps else 0.0)


def judged(settings: IcmpSettings, pinged: Pinged, timeout: Span) -> Outcome:
    """What the answers mean."""
    if not pinged.round_trips:
        return _unanswered(pinged, timeout)
    lost = pinged.sent - len(pinged.round_trips)
    percent = 100 * lost / pinged.sent
    if percent > settings.most_loss:
        said = (
            f"{lost} of {pinged.sent} packets lost ({percent:.0f} %), "
            f"at most {settings.most_loss} % wanted"
        )
        facts = Facts(got=f"{percent:.0f} %", wanted=f"≤ {settings.most_loss} %")
        return Failure(FailureReason.PACKETS_LOST, said, facts)
    jitter = Spread.of(pinged.round_trips).jitter / 1_000
    if settings.most_jitter is not None and jitter > settings.most_jitter:
        said = (
            f"round trips differ by {jitter:.1f} ms on average, "
            f"at most {settings.most_jitter} ms wanted"
        )
        facts = Facts(got=f"{jitter:.1f} ms", wanted=f"≤ {settings.most_jitter} ms")
        return Failure(FailureReason.UNEVEN, said, facts)
    return Success()


def _unanswered(pinged: Pinged, timeout: Span) -> Failure:
    if pinged.complaint:
        said = pinged.complaint
        return Failure(FailureReason.HOST_UNREACHABLE, said, Facts(detail=said))
    if pinged.mangled:
        said = "the answers do not carry what was sent"
        return Failure(FailureReason.BAD_RESPONSE, said)
    packets = "the packet" if pinged.sent == 1 else f"any of {pinged.sent} packets"
    said = f"no answer to {packets} within {timeout / SECOND:g} s"
    return Failure(FailureReason.TIMEOUT, said, Facts(waited=timeout))


def described(pinged: Pinged) -> str:
    """`3 sent, 3 received, 0 % lost; round trip 0.021/0.034/0.052 ms, jitter 0.012 ms`."""
    received = len(pinged.round_trips)
    lost = 100 * (pinged.sent - received) / pinged.sent
    said = f"{pinged.sent} sent, {received} received, {lost:.0f} % lost"
    if pinged.mangled:
        said += f", {pinged.mangled} mangled"
    if pinged.complaint:
        said += f"; {pinged.complaint}"
    if not received:
        return said
    spread = Spread.of(pinged.round_trips)
    least, average, most, jitter = (
        f"{one / 1_000:.3f}" for one in (spread.least, spread.average, spread.most, spread.jitter)
    )
    return f"{said}; round trip {least}/{average}/{most} ms, jitter {jitter} ms"
