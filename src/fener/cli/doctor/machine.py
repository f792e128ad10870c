"""The machine: descriptors, trusted roots, ICMP, and the files that came with the program."""

import os
import resource
from importlib.resources import files
from pathlib import Path

from fener.cli.doctor.finding import Finding, broken, ok, warning
from fener.cli.doctor.patient import Patient
from fener.net.wire import find_trust_store
from fener.pipeline.probe.gates import Limits

PING_RANGE = Path("/proc/sys/net/ipv4/ping_group_range")
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


def icmp(_patient: Patient, path: Path = PING_RANGE, user: int | None = None) -> Finding:
    """A note: no check uses ICMP so far."""
    about = "ICMP"
    if (os.geteuid() if user is None else user) == 0:
        return ok(about, "this user may ping")
    if not path.exists():
        return ok(about, "this system has no ping_group_range; no check needs it so far")
    least, most = map(int, path.read_text("ascii").split())
    if any(least <= group <= most for group in (os.getegid(), *os.getgroups())):
        return ok(about, "this user may ping")
    return ok(
        about,
        "this user may not ping, which no check needs so far; to allow it: "
        "sysctl -w net.ipv4.ping_group_range='0 2147483647'",
    )


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
