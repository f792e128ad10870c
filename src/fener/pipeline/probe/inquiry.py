"""Runs one order for DNS records: each type in turn, under one deadline, of the name server that
was given or of the machine's own ones.
"""

import dns.exception
import dns.message
import dns.name
import dns.rcode
import dns.rdata
import dns.rdatatype
import dns.resolver
import dns.reversename
from msgspec import Struct

from fener.domain.check import CheckOrder, Failure, Outcome, Success, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.kinds.base import IpVersion
from fener.domain.kinds.dns import DnsSettings, Match, RecordType
from fener.domain.time import SECOND, Span
from fener.net import records
from fener.net.question import Answer, Garbage, Server, ask, read_server
from fener.net.url import host_name, is_address
from fener.pipeline.probe.verdict import explain_error
from fener.pipeline.probe.world import World

_MOST_SHOWN = 10


class Question(Struct, frozen=True):
    """What is asked, and what is expected, in canonical form by the text for people."""

    name: dns.name.Name
    kind: RecordType
    expected: dict[bytes, str]


def plan(settings: DnsSettings) -> tuple[Question, ...]:
    """The questions of a monitor. Raises BadUrl and ValueError where it is badly set."""
    if settings.resolver is not None:
        server = read_server(settings.resolver)
        if not _is_version(server, settings.ip_version):
            raise ValueError(f"{server.address} is no {settings.ip_version} address")
    kinds = dict.fromkeys((*settings.record_types, *settings.expected))
    return tuple(
        Question(
            _name(settings.host, kind),
            kind,
            {records.read(kind, text): text for text in settings.expected.get(kind, ())},
        )
        for kind in kinds
    )


def _name(host: str, kind: RecordType) -> dns.name.Name:
    if kind is RecordType.PTR and is_address(host):
        return dns.reversename.from_address(host)
    try:
        return dns.name.from_text(host if host.isascii() else host_name(host))
    except dns.exception.DNSException as error:
        raise ValueError(f"{host!r} is no name: {error}") from error


class Questioned:
    """Who was asked, and what was answered; grows with each question."""

    def __init__(self) -> None:
        self.address = ""
        """The name server that was asked last."""
        self.answers: list[str] = []
        """Records, a line each."""
        self.codes: list[str] = []
        self.records: list[str] = []
        """What the questions came to, each with its type before it: `A 192.0.2.1`."""


class Inquiry:
    """One order being run."""

    def __init__(
        self, world: World, order: CheckOrder, settings: DnsSettings, asked: Questioned
    ) -> None:
        self._world = world
        self._order = order
        self._settings = settings
        self._deadline = world.clock.monotonic() + order.timeout
        self._asked = asked

    async def run(self, questions: tuple[Question, ...]) -> Outcome:
        for question in questions:
            answer = await self._answer(question)
            if not isinstance(answer, dns.message.QueryMessage):
                return answer
            broken = self._broken(question, answer)
            if broken is not None:
                return broken
        return Success()

    async def _answer(self, question: Question) -> Answer | Failure | Unknown:
        if self._settings.resolver is not None:
            return await self._of_given(question, read_server(self._settings.resolver))
        try:
            servers = self._world.resolver.nameservers.servers()
        except dns.resolver.NoResolverConfiguration as error:
            return Unknown(UnknownReason.RESOLVER_DOWN, f"no name server is configured: {error}")
        wanted = [one for one in servers if _is_version(one, self._settings.ip_version)]
        if not wanted:
            said = f"no {self._settings.ip_version} name server is configured"
            return Unknown(UnknownReason.RESOLVER_DOWN, said)
        return await self._of_ours(question, wanted)

    async def _of_given(self, question: Question, server: Server) -> Answer | Failure | Unknown:
        refusal = self._world.guard.refusal(
            server.address, server.port, allow_private=self._order.allow_private
        )
        if refusal is not None:
            return Failure(FailureReason.ADDRESS_FORBIDDEN, refusal)
        answer = await self._ask(question, server, self._left())
        if isinstance(answer, dns.message.QueryMessage):
            return _refused(answer, server) or answer
        return answer

    async def _of_ours(
        self, question: Question, servers: list[Server]
    ) -> Answer | Failure | Unknown:
        """The answer of the first of our name servers that has one, else whose fault it is."""
        what, is_refused = "", False
        for position, server in enumerate(servers):
            share = self._left() // (len(servers) - position)
            answer = await self._ask(question, server, share)
            if isinstance(answer, dns.message.QueryMessage):
                refused = _refused(answer, server)
                if refused is None:
                    return answer
                answer = refused
            if _is_lack_of_descriptors(answer):
                return answer
            what, is_refused = answer.message, answer.reason is FailureReason.LOOKUP_REFUSED
        blamed = await self._world.resolver.nameservers.blame(self._settings.host, what)
        if is_refused and isinstance(blamed, Failure):
            return Failure(FailureReason.LOOKUP_REFUSED, what)
        return blamed

    async def _ask(
        self, question: Question, server: Server, within: Span
    ) -> Answer | Failure | Unknown:
        self._asked.address = server.text
        query = dns.message.make_query(question.name, question.kind.value)
        try:
            answer = await ask(query, server, max(1, within), self._world.clock)
        except TimeoutError:
            waited = round(max(1, within), -2)
            said = f"no answer within {waited / SECOND:g} s"
            return Failure(FailureReason.TIMEOUT, said, Facts(waited=waited))
        except Garbage as error:
            return Failure(FailureReason.BAD_RESPONSE, str(error))
        except EOFError:
            return Failure(FailureReason.NO_RESPONSE, "the connection was closed without an answer")
        except OSError as error:
            return explain_error(error, "connect", self._order.timeout)
        self._asked.codes.append(dns.rcode.to_text(answer.rcode()))
        self._asked.answers += [
            line for one in answer.answer for line in one.to_text().splitlines()
        ]
        return answer

    def _broken(self, question: Question, answer: Answer) -> Failure | None:
        """What is wrong with an answer, if anything is."""
        if answer.rcode() == dns.rcode.NXDOMAIN:
            host = self._settings.host
            return Failure(FailureReason.NAME_NOT_FOUND, f"{host} does not exist", Facts(name=host))
        try:
            found = answer.resolve_chaining().answer
        except dns.exception.DNSException as error:
            return Failure(FailureReason.BAD_RESPONSE, f"the answer contradicts itself: {error}")
        if not found:
            said = f"{self._settings.host} has no {question.kind} records"
            facts = Facts(name=f"{question.kind} {self._settings.host}")
            return Failure(FailureReason.NO_RECORDS, said, facts)
        if self._settings.notice_changes:
            self._asked.records += [f"{question.kind} {records.normal(one)}" for one in found]
        return self._mismatch(question, list(found)) if question.expected else None

    def _mismatch(self, question: Question, found: list[dns.rdata.Rdata]) -> Failure | None:
        came = {records.canonical(record): records.shown(record) for record in found}
        if not question.expected.keys() - came.keys() and (
            self._settings.match is Match.CONTAINED or came.keys() == question.expected.keys()
        ):
            return None
        got, wanted = _list(came), _list(question.expected)
        if self._settings.match is Match.CONTAINED:
            wanted += " among them"
        facts = Facts(name=f"{question.kind} {self._settings.host}", got=got, wanted=wanted)
        said = f"{question.kind} records {got}, wanted {wanted}"
        return Failure(FailureReason.WRONG_RECORDS, said, facts)

    def _left(self) -> Span:
        return self._deadline - self._world.clock.monotonic()


def _refused(answer: Answer, server: Server) -> Failure | None:
    """A failure where the server answered, but would not or could not look the name up."""
    code = answer.rcode()
    if code in (dns.rcode.NOERROR, dns.rcode.NXDOMAIN):
        return None
    is_refusal = code == dns.rcode.REFUSED
    reason = FailureReason.LOOKUP_REFUSED if is_refusal else FailureReason.NAME_LOOKUP_FAILED
    return Failure(reason, f"{server.text} answered {dns.rcode.to_text(code)}")


def _is_version(server: Server, version: IpVersion) -> bool:
    return version is IpVersion.ANY or (version is IpVersion.IPV6) is (":" in server.address)


def _is_lack_of_descriptors(answer: Failure | Unknown) -> bool:
    return answer.reason is UnknownReason.OUT_OF_DESCRIPTORS


def _list(texts: dict[bytes, str]) -> str:
    shown = sorted(texts.values())
    more = len(shown) - _MOST_SHOWN
    return ", ".join(shown[:_MOST_SHOWN]) + (f" and {more} more" if more > 0 else "")
