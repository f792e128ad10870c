"""The names that a machine knows without asking anybody: localhost and those of its hosts file."""

from pathlib import Path

from fener.domain.time import SECOND, Span
from fener.net.url import is_address
from fener.ports import Clock

_LOOK_EVERY: Span = 5 * SECOND
_LOOPBACK = ("127.0.0.1", "::1")


class HostsFile:
    """`/etc/hosts`, read again after it was changed."""

    def __init__(self, clock: Clock, path: Path = Path("/etc/hosts")) -> None:
        self._clock = clock
        self._path = path
        self._looked_at: Span | None = None
        self._version = 0
        self._names: dict[str, tuple[str, ...]] = {}

    def addresses(self, host: str) -> tuple[str, ...]:
        """The addresses of this name, IPv4 first; none where the machine does not know it."""
        self._refresh()
        own = self._names.get(host, ())
        if not own and (host == "localhost" or host.endswith(".localhost")):
            return _LOOPBACK
        return own

    def _refresh(self) -> None:
        now = self._clock.monotonic()
        if self._looked_at is not None and now - self._looked_at < _LOOK_EVERY:
            return
        self._looked_at = now
        version = _version(self._path)
        if version != self._version:
            self._version = version
            self._names = _read(self._path)


def _version(path: Path) -> int:
    try:
        return path.stat().st_mtime_ns
    except FileNotFoundError:
        return 0


def _read(path: Path) -> dict[str, tuple[str, ...]]:
    names: dict[str, list[str]] = {}
    text = path.read_text(encoding="utf-8", errors="replace") if path.exists() else ""
    for line in text.splitlines():
        address, *rest = line.partition("#")[0].split() or [""]
        if not is_address(address):
            continue
        for name in rest:
            names.setdefault(name.lower().removesuffix("."), []).append(address)
    return {name: tuple(sorted(found, key=_ipv4_first)) for name, found in names.items()}


def _ipv4_first(address: str) -> bool:
    return ":" in address
