"""What is gathered on the way of one probe through its redirects: times, addresses and evidence."""

import re

from fener.domain.check import Evidence
from fener.net.wire import CUT_BY_SINK, Reply, Request
from fener.pipeline.probe.body import Body, Head
from fener.pipeline.probe.requests import is_sensitive
from fener.pipeline.probe.trail import HIDDEN, Trail
from fener.pipeline.probe.verdict import phase_of

_MOST_HEADERS = 64
_LONGEST = 1_000
_LONGEST_DETAIL = 300
_USERINFO = re.compile(r"//[^/@\s]*@")


class Visit(Trail):
    """Grows while a probe goes on; `timings` and `evidence` may be asked for at any moment."""

    def __init__(self, request: Request) -> None:
        super().__init__()
        self.request = request
        self.hops: list[str] = []
        self.reply: Reply | None = None
        self.head: Head | None = None
        self.body: Body | None = None

    def redirected(self, request: Request) -> None:
        """The next hop begins; what was seen of the last one makes way for it."""
        self.hops.append(self.request.url.text)
        self.request = request
        self.addresses, self.address, self.phase = (), "", "dns"
        self.reply = self.head = self.body = None

    def answered(self, reply: Reply, head: Head, body: Body) -> None:
        """A transfer ended, well or not."""
        self.reply, self.head, self.body = reply, head, body
        self.phase = phase_of(reply, self.request)
        if reply.chain:
            self.certificate = reply.chain[0]
        self._count(reply)

    def status(self) -> int | None:
        """That of the last answer; None where there was none."""
        return (self.reply.status or None) if self.reply else None

    def brief_evidence(self) -> Evidence:
        """Where the probe went: kept of every check."""
        return Evidence(
            request=self.clean(f"{self.request.method} {self.request.url.text}"),
            hops=tuple(map(self.clean, self.hops)),
            addresses=tuple(self.addresses),
            address=self.address,
            phase=self.phase,
        )

    def full_evidence(self) -> Evidence:
        """And what came back, for a person who doubts the verdict."""
        reply = self.reply
        brief = self.brief_evidence()
        return Evidence(
            request=brief.request,
            hops=brief.hops,
            addresses=brief.addresses,
            address=brief.address,
            phase=brief.phase,
            headers=self._shown_headers() if self.head else (),
            body=self.clean(self.body.text()) if self.body else "",
            chain=reply.chain if reply else (),
            detail=self._detail(),
        )

    def _detail(self) -> str:
        if self.reply is None or self.reply.code == CUT_BY_SINK:
            return ""
        return self.clean(self.reply.error)[:_LONGEST_DETAIL]

    def _shown_headers(self) -> tuple[tuple[str, str], ...]:
        fields = self.head.fields()[:_MOST_HEADERS] if self.head else ()
        return tuple((name[:_LONGEST], self._shown_value(name, value)) for name, value in fields)

    def _shown_value(self, name: str, value: str) -> str:
        if is_sensitive(name):
            return HIDDEN
        return self.clean(_USERINFO.sub("//", value))[:_LONGEST]

    def _count(self, reply: Reply) -> None:
        moments = reply.moments
        self.wasted(moments.total)
        if not moments.connected:
            return
        self._add("connect", moments.connected)
        if moments.secured:
            self._add("tls", moments.secured - moments.connected)
        if reply.head:
            self._add("first_byte", moments.first_byte - moments.sent)
            self._add("transfer", moments.total - moments.first_byte)
