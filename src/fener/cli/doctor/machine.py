"""The machine: descriptors, trusted roots, ICMP, and the files that came with the program."""

import asyncio
import resource
import socket
from collections.abc import Callable
from importlib.resources import files

from fener.cli.doctor.finding import Finding, broken, ok, warning
from fener.cli.doctor.patient import Patient
from fener.domain.check import Hop
from fener.net.icmp import GROUP_RANGE, IcmpSocket, Line, NotPermitted
from fener.net.traceroute import traced
from fener.net.wire import find_trust_store
from fener.pipeline.probe.gates import Limits
from fener.pipeline.probe.paths import Trace

SCRIPTS = ("htmx.min.js", "hx-sse.min.js", "uPlot.iife.min.js", "uPlot.min.css")
OWN_DESCRIPTORS = 256
"""For the database, the pages that are open, and the messages that go out."""
_EACH_PROBE = 2
"""A connection, and a query for its name."""


def descriptors(patient: Patient, limit: int | None = None) -> Finding:
    about = "descriptors"
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0] if limit is None else limit
    content = patient.content
    at_once = min(content.monitors if content else 0, Limits().in_process)
    needed = OWN_DESCRIPTORS + _EACH_PROBE * at_once
    if soft == resource.RLIM_INFINITY or soft >= needed:
        return ok(about, f"{soft} may be open, {needed} are enough")
    return warning(
        about,
        f"{soft} may be open, but checks that all run at once take {needed}",
        f"Run: ulimit -n {needed}, or set LimitNOFILE={needed} in the systemd unit.",
    )


def trusted_roots(_patient: Patient) -> Finding:
    about, store = "certificates", find_trust_store()
    if store is None:
        return broken(
            about,
            "no trusted roots are installed: every HTTPS check fails",
            "Install the package ca-certificates, or set SSL_CERT_FILE.",
        )
    return ok(about, f"trusted roots in {store}")


def icmp(_patient: Patient, open_line: Callable[[int], Line] = IcmpSocket) -> Finding:
    about = "ICMP"
    try:
        open_line(socket.AF_INET).close()
    except NotPermitted:
        return warning(
            about,
            "this user may not ping: such checks say unknown",
            f"Run: sysctl -w {GROUP_RANGE}='0 2147483647', or give the program CAP_NET_RAW.",
        )
    return ok(about, "this user may ping")


def traces(_patient: Patient, trace: Trace = traced) -> Finding:
    about = "traceroute"
    try:
        path, why = asyncio.run(_to_ourselves(trace)), ""
    except OSError as error:
        path, why = (), f": {error.strerror}"
    if not path:
        return warning(
            about,
            f"this system does not tell of hosts on the way{why}",
            "Nothing has to be done: failures are shown without the way to their target.",
        )
    return ok(about, "the way to a silent target can be traced")


async def _to_ourselves(trace: Trace) -> tuple[Hop, ...]:
    return await trace("127.0.0.1", 0)


def front_end(_patient: Patient, names: tuple[str, ...] = SCRIPTS) -> Finding:
    about, vendor = "front end", files("fener.web") / "static" / "vendor"
    missing = [name for name in names if not (vendor / name).is_file()]
    if missing:
        return broken(
            about,
            f"{missing[0]} is missing: pages do not move by themselves",
            "In a checkout run make serve; else install the package again.",
        )
    return ok(about, "its files are there")
