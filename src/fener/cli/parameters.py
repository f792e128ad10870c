"""Options and arguments that several commands share."""

from typing import Annotated, Any, NamedTuple, TypeAlias

import typer
from msgspec.structs import replace

from fener.cli.spans import BadSpan, parse_span
from fener.domain.errors import Invalid
from fener.domain.kinds import ProbeSettings
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.http import HttpSettings, JsonAssertion
from fener.domain.time import Span

ADDRESS = (
    "An address: https://…, tcp://host:port, tls://host, smtp+tls://host, icmp://host, "
    "dns://name?type=A,MX or redirect://host."
)


def span_option(name: str, help_text: str) -> Any:
    """An option that takes a span such as 90s; what it is by default stands in the help text."""
    return typer.Option(name, parser=span, metavar="SPAN", show_default=False, help=help_text)


def span(given: str | Span) -> Span:
    """For `typer.Option(parser=span)`, which is handed the option's default too."""
    try:
        return given if isinstance(given, Span) else parse_span(given)
    except BadSpan as error:
        raise typer.BadParameter(f"{error}.") from error


class Wanted(NamedTuple):
    """What the options ask of the answer of a website."""

    keyword: str | None = None
    expect: str | None = None
    keyword_absent: str | None = None
    pattern: str | None = None
    json_values: tuple[str, ...] = ()


def asked_of(address: str, wanted: Wanted, *, notice_changes: bool = False) -> ProbeSettings:
    """What an address and the options for its kind ask for. Raises Invalid."""
    # Names are read as the prober reads them, which brings much along.
    from fener.net.targets import read_target  # noqa: PLC0415
    from fener.net.url import BadUrl  # noqa: PLC0415

    try:
        settings = read_target(address)
    except BadUrl as error:
        raise Invalid(f"The address cannot be watched: {error}.", "address") from error
    if notice_changes and not isinstance(settings, DnsSettings):
        raise Invalid("Only DNS records can be watched for changes.", "notice_changes")
    if isinstance(settings, HttpSettings):
        return HttpSettings(
            settings.url,
            keyword=wanted.keyword,
            expected_status=wanted.expect or settings.expected_status,
            keyword_absent=wanted.keyword_absent,
            pattern=wanted.pattern,
            json=tuple(map(JsonAssertion.read, wanted.json_values)),
        )
    if wanted != Wanted():
        raise Invalid("Only the answers of websites can be asked for texts and codes.", "keyword")
    if isinstance(settings, DnsSettings):
        return replace(settings, notice_changes=notice_changes)
    return settings


Json: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON, for programs, instead of text.")
]
Identifier: TypeAlias = Annotated[
    str, typer.Argument(metavar="ID", help="Number or public id, as the list shows it.")
]
Customer: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--customer",
        metavar="ID",
        help="Customer to whom it belongs; see fener customer list. [default: the first one]",
    ),
]
Name: TypeAlias = Annotated[
    str, typer.Option("--name", help="What people call it. [default: its host]")
]
