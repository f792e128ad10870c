"""A whole Fener whose prober answers every order at once with a success: for more checks than a
server on loopback could answer. `python unprobed.py serve` runs it as `fener serve` is run.

Only the probing itself is left out: the child is a process like the real one, gathers results and
tells them as that does.
"""

import signal
import sys
from typing import cast

import uvloop

from fener.cli.collecting import collect_seldom
from fener.cli.prober import ProberProcess, _standard_streams
from fener.clock import SystemClock
from fener.domain.check import CheckOrder, CheckResult, Evidence, Success, Timings
from fener.domain.prober import ProberStats
from fener.pipeline.probe.prober import Prober

CHILD = "prober"
_TIMINGS = Timings(total=1_500, dns=0, connect=200, first_byte=900, transfer=400)
_BRIEF = Evidence(request="GET http://127.0.0.1/", address="127.0.0.1:80", phase="done")
_FULL = Evidence(
    request=_BRIEF.request,
    addresses=("127.0.0.1",),
    address=_BRIEF.address,
    phase="done",
    headers=(("server", "bench"), ("content-type", "text/html"), ("content-length", "600")),
    body="x" * 600,
)


class Unprobed:
    """Has the two methods of a prober that its process calls."""

    def __init__(self) -> None:
        self._clock = SystemClock()
        self._done = 0

    async def probe(self, order: CheckOrder) -> CheckResult:
        now = self._clock.now()
        self._done += 1
        return CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=now,
            outcome=Success(),
            purpose=order.purpose,
            started_at=now,
            timings=_TIMINGS,
            status_code=200,
            evidence=_FULL if order.wants_evidence else _BRIEF,
            is_good_answer=order.wants_evidence,
        )

    def stats(self) -> ProberStats:
        return ProberStats(0, 0, self._done, expired=0, lateness=0, lag=0)


async def _answer() -> None:
    reader, writer = await _standard_streams()
    await ProberProcess(cast(Prober, Unprobed()), reader, writer).run()


def main() -> None:
    if sys.argv[1] == CHILD:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        collect_seldom()
        uvloop.run(_answer())
        return
    from fener.bootstrap import serve  # noqa: PLC0415 - a child does not carry all of it
    from fener.cli import main as command_line  # noqa: PLC0415

    # There is no setting for it, since nobody else may want it.
    serve._prober_command = lambda *_: [sys.executable, __file__, CHILD]  # noqa: SLF001
    command_line()


if __name__ == "__main__":
    main()
