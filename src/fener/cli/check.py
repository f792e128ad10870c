"""`fener check`: one probe now, in this process, recorded nowhere."""

import asyncio
from typing import Annotated, Any

import typer

from fener.cli import terminal
from fener.cli.complaints import Code
from fener.cli.parameters import ADDRESS, Json, Wanted, asked_of, span_option
from fener.cli.spans import span_text
from fener.clock import SystemClock, stopwatch
from fener.domain.check import Certificate, CheckResult, Failure, Hop, Success, Timings, Unknown
from fener.domain.kinds import ProbeSettings
from fener.domain.monitor import DEFAULT_TIMEOUT
from fener.domain.time import DAY, Instant, Span, iso_text

_WORDS = {Success: "up", Failure: "failing", Unknown: "unknown"}
_CODES = {Success: Code.DONE, Failure: Code.REFUSED, Unknown: Code.USAGE}
_PHASES = {
    "dns": "look up the name",
    "connect": "connect",
    "tls": "agree on TLS",
    "first_byte": "wait for the answer",
    "transfer": "read the answer",
    "total": "in all",
}

Timeout = Annotated[
    Span,
    span_option("--timeout", f"How long it may take. [default: {span_text(DEFAULT_TIMEOUT)}]"),
]
Keyword = Annotated[
    str | None, typer.Option("--keyword", help="Text that must stand in the answer.")
]
Expect = Annotated[
    str | None,
    typer.Option(
        "--expect", metavar="CODES", help="Status codes that are good. [default: 200-299]"
    ),
]

KeywordAbsent = Annotated[
    str | None, typer.Option("--keyword-absent", help="Text that must not stand in the answer.")
]
Pattern = Annotated[
    str | None,
    typer.Option(
        "--pattern", metavar="REGEX", help="Regular expression that must match in the answer."
    ),
]
JsonValues = Annotated[
    list[str] | None,
    typer.Option(
        "--json-value",
        metavar="PATH[=VALUE]",
        help="Value that an answer in JSON must have, such as '$.status = ok'; may be repeated.",
    ),
]


def check(
    url: Annotated[str, typer.Argument(metavar="ADDRESS", help=ADDRESS)],
    *,
    timeout: Timeout = DEFAULT_TIMEOUT,
    keyword: Keyword = None,
    expect: Expect = None,
    keyword_absent: KeywordAbsent = None,
    pattern: Pattern = None,
    json_value: JsonValues = None,
    json: Json = False,
) -> None:
    """Probe an address once, now, and show how long each phase took.

    Ends with 0 when it is up, 1 when it is failing and 2 when that cannot be told.

    Example: fener check https://example.com --keyword Welcome
    or: fener check tcp://db.example.com:5432
    """
    asked = Wanted(keyword, expect, keyword_absent, pattern, tuple(json_value or ()))
    result = _probe(asked_of(url, asked), timeout)
    if json:
        terminal.show_json(_as_json(result))
    else:
        _show(result)
    raise typer.Exit(_CODES[type(result.outcome)])


def _probe(settings: ProbeSettings, timeout: Span) -> CheckResult:
    # They bring libcurl and the store's checks with them, which no other command needs.
    from fener.actions.kind_settings import checked  # noqa: PLC0415
    from fener.pipeline.probe.once import probe_once  # noqa: PLC0415

    request = checked(settings, None)
    return asyncio.run(
        probe_once(
            request.settings,
            SystemClock(),
            stopwatch,
            credentials=request.credentials,
            timeout=timeout,
        )
    )


def _show(result: CheckResult) -> None:
    evidence = result.evidence
    terminal.say_coloured(_WORDS[type(result.outcome)], _sentence(result))
    for hop in evidence.hops if evidence else ():
        terminal.say(f"Redirected by {hop}")
    if evidence and evidence.address:
        terminal.say(f"{evidence.request} at {evidence.address}")
    if evidence and evidence.detail:
        terminal.say(evidence.detail)
    if evidence and evidence.path:
        way = [(f"{hop.distance:3}", *_hop(hop)) for hop in evidence.path]
        terminal.show_table(("WAY", "HOST", "     TOOK", "SAYS"), way, empty="")
    if result.certificate is not None:
        terminal.say(_certificate(result.certificate, result.finished_at))
    if result.timings is not None:
        rows = [
            (_PHASES[name], f"{took / 1_000:9.1f} ms") for name, took in _phases(result.timings)
        ]
        terminal.show_table(("PHASE", "     TOOK"), rows, empty="")


def _sentence(result: CheckResult) -> str:
    if isinstance(result.outcome, Success):
        return "" if result.status_code is None else f"status {result.status_code}"
    return f"{result.outcome.message} ({result.outcome.reason})"


def _hop(hop: Hop) -> tuple[str, str, str]:
    took = "" if hop.took is None else f"{hop.took / 1_000:9.1f} ms"
    nobody = "" if hop.said else "nobody answered"
    return hop.address or nobody, took, hop.said


def _certificate(facts: Certificate, now: Instant) -> str:
    days = (facts.not_after - now) // DAY
    until = iso_text(facts.not_after)[:10]
    left = f"{days} days left" if days >= 0 else f"expired {-days} days ago"
    return f"Certificate of {facts.subject} by {facts.issuer} until {until}, {left}"


def _phases(timings: Timings) -> list[tuple[str, int]]:
    known = {name: getattr(timings, name) for name in _PHASES}
    return [(name, took) for name, took in known.items() if took is not None]


def _as_json(result: CheckResult) -> dict[str, Any]:
    outcome, timings, evidence = result.outcome, result.timings, result.evidence
    return {
        "state": _WORDS[type(outcome)],
        "reason": None if isinstance(outcome, Success) else outcome.reason,
        "message": None if isinstance(outcome, Success) else outcome.message,
        "statusCode": result.status_code,
        "timingsMs": {name: took / 1_000 for name, took in _phases(timings)} if timings else {},
        "certificateUntil": iso_text(result.certificate.not_after) if result.certificate else None,
        "at": iso_text(result.at),
        "evidence": evidence,
    }
