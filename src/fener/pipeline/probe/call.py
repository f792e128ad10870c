"""What is gathered of one probe over a line of its own: addresses, words and certificates."""

from collections.abc import Sequence

from fener.domain.check import Certificate, Evidence
from fener.pipeline.probe.trail import Trail

_EXCERPT = 4_096
_LONGEST_DETAIL = 300


class Call(Trail):
    """Grows while a probe goes on; evidence may be asked for at any moment."""

    def __init__(self, request: str) -> None:
        super().__init__()
        self.request = request
        self.heard: bytes | bytearray = b""
        """All that came back in the clear."""
        self.chain: Sequence[Certificate] = ()
        self.detail = ""

    def brief_evidence(self) -> Evidence:
        """Where the probe went: kept of every check."""
        return Evidence(
            request=self.clean(self.request),
            addresses=tuple(self.addresses),
            address=self.address,
            phase=self.phase,
        )

    def full_evidence(self) -> Evidence:
        """And what came back, for a person who doubts the verdict."""
        brief = self.brief_evidence()
        return Evidence(
            request=brief.request,
            addresses=brief.addresses,
            address=brief.address,
            phase=brief.phase,
            body=self.clean(self.heard[:_EXCERPT].decode("utf-8", "replace")),
            chain=tuple(self.chain),
            detail=self.clean(self.detail)[:_LONGEST_DETAIL],
        )
