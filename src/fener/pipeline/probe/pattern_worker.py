"""Searches texts for regular expressions in a process of its own: run as a script, never imported.

Each request on the standard input is three lengths (pattern, charset, text; big-endian, 32 bits)
and the three themselves; each answer one byte: 1 found, 0 not found, ! no pattern. A search that
takes more than its share of processor time ends the process: `re` cannot be interrupted otherwise.
"""

import re
import resource
import signal
import struct
import sys

_LENGTHS = struct.Struct(">III")
_MOST_MEMORY = 512 * 1024 * 1024


def main(share: float) -> None:
    # The system's own way of dealing with this signal ends a process whatever it is doing.
    signal.signal(signal.SIGVTALRM, signal.SIG_DFL)
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, _MOST_MEMORY))
    source, sink = sys.stdin.buffer, sys.stdout.buffer
    while lengths := source.read(_LENGTHS.size):
        pattern, charset, text = map(source.read, _LENGTHS.unpack(lengths))
        signal.setitimer(signal.ITIMER_VIRTUAL, share)
        answer = _searched(pattern.decode(), text.decode(charset.decode(), "replace"))
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        sink.write(answer)
        sink.flush()


def _searched(pattern: str, text: str) -> bytes:
    try:
        return b"1" if re.search(pattern, text) else b"0"
    except (re.error, OverflowError, RecursionError, MemoryError):
        return b"!"


if __name__ == "__main__":
    main(float(sys.argv[1]))
