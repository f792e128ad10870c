"""What the processes of a running Fener have used: CPU, memory, bytes written. Reads `/proc`."""

import os
from collections.abc import Iterable
from pathlib import Path

from msgspec import Struct

_TICK_US = 1_000_000 // os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_PROC = Path("/proc")


class Used(Struct, frozen=True):
    """Of one process, since it began."""

    cpu_us: int
    written: int
    """Bytes that it had the system write to disk."""
    resident: int
    """Bytes in memory now, those that it shares with others included."""


class Held(Struct, frozen=True):
    """Bytes in memory of some processes together."""

    proportional: int
    """What several share is counted once."""
    resident: int
    """What several share is counted for each of them."""

    def or_more(self, other: "Held") -> "Held":
        return Held(max(self.proportional, other.proportional), max(self.resident, other.resident))


def family(pid: int) -> list[int]:
    """A process and all that descend from it, the eldest first."""
    children: dict[int, list[int]] = {}
    for path in _PROC.glob("[0-9]*/stat"):
        try:
            children.setdefault(int(_fields(path)[1]), []).append(int(path.parent.name))
        except OSError:
            continue  # it ended meanwhile
    found = [pid]
    for one in found:
        found.extend(sorted(children.get(one, [])))
    return found


def used(pid: int) -> Used:
    fields = _fields(_PROC / str(pid) / "stat")
    told = (_PROC / str(pid) / "io").read_text().splitlines()
    io = dict(line.split(": ") for line in told)
    return Used(
        cpu_us=(int(fields[11]) + int(fields[12])) * _TICK_US,
        written=int(io["write_bytes"]),
        resident=int(fields[21]) * _PAGE,
    )


def used_together(pids: Iterable[int]) -> Used:
    each = [used(pid) for pid in pids]
    return Used(
        cpu_us=sum(one.cpu_us for one in each),
        written=sum(one.written for one in each),
        resident=sum(one.resident for one in each),
    )


def held(pids: Iterable[int]) -> Held:
    proportional = resident = 0
    for pid in pids:
        told = (_PROC / str(pid) / "smaps_rollup").read_text().splitlines()[1:]
        sizes = {line.split()[0]: int(line.split()[1]) * 1024 for line in told}
        proportional += sizes["Pss:"]
        resident += sizes["Rss:"]
    return Held(proportional, resident)


def _fields(stat: Path) -> list[str]:
    """Those after the name, which may hold spaces: state, parent, ..."""
    return stat.read_text().rpartition(")")[2].split()
