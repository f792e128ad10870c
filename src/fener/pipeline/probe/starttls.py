"""What is said in mail and file transfer before TLS begins, up to the server's consent."""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from fener.domain.check import Failure
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds.tls import StartTls
from fener.net.line import Line

_MOST = 16_384
"""Bytes of the whole conversation; the longest honest ones are a tenth of it."""
_SHOWN = 200
_CODE = 3

Prelude: TypeAlias = Callable[[Line], Awaitable[Failure | None]]


async def ask_for_tls(line: Line, protocol: StartTls) -> Failure | None:
    """Ask for TLS in this protocol; None once the server's next bytes are those of TLS.

    Raises what `Line` raises.
    """
    if protocol is StartTls.NONE:
        return None
    try:
        failure = await PRELUDES[protocol](line)
    except ValueError as error:
        return Failure(FailureReason.BAD_RESPONSE, f"the answer is no line of text: {error}")
    if failure is None and line.untaken:
        # RFC 3207 4.2 and its kin: somebody in between may have put it there.
        return Failure(FailureReason.BAD_RESPONSE, "more came in the clear after consent to TLS")
    return failure


async def _smtp(line: Line) -> Failure | None:
    """RFC 5321 and 3207."""
    greeting = await _reply(line)
    if not greeting[-1].startswith("220"):
        return _unready(greeting)
    await line.send(b"EHLO fener.invalid\r\n")
    offered = await _reply(line)
    if not offered[-1].startswith("250"):
        return _refused(offered)
    if not any(one[_CODE + 1 :].strip().upper() == "STARTTLS" for one in offered):
        said = "the server does not offer STARTTLS"
        return Failure(FailureReason.STARTTLS_REFUSED, said, Facts())
    await line.send(b"STARTTLS\r\n")
    answer = await _reply(line)
    return None if answer[-1].startswith("220") else _refused(answer)


async def _ftp(line: Line) -> Failure | None:
    """RFC 959 and 4217."""
    greeting = await _reply(line)
    if not greeting[-1].startswith("220"):
        return _unready(greeting)
    await line.send(b"AUTH TLS\r\n")
    answer = await _reply(line)
    return None if answer[-1].startswith("234") else _refused(answer)


async def _imap(line: Line) -> Failure | None:
    """RFC 9051, 6.2.1."""
    greeting = await _text(line)
    if not greeting.upper().startswith("* OK"):
        return _unready([greeting])
    await line.send(b"a1 STARTTLS\r\n")
    while (answer := await _text(line)).startswith("* "):
        pass
    return None if answer.upper().startswith("A1 OK") else _refused([answer])


async def _pop3(line: Line) -> Failure | None:
    """RFC 1939 and 2595."""
    greeting = await _text(line)
    if not greeting.startswith("+OK"):
        return _unready([greeting])
    await line.send(b"STLS\r\n")
    answer = await _text(line)
    return None if answer.startswith("+OK") else _refused([answer])


PRELUDES: dict[StartTls, Prelude] = {
    StartTls.SMTP: _smtp,
    StartTls.IMAP: _imap,
    StartTls.POP3: _pop3,
    StartTls.FTP: _ftp,
}


async def _reply(line: Line) -> list[str]:
    """The lines of one answer: `250-` goes on, `250 ` ends it. Raises ValueError for others."""
    lines = [await _text(line)]
    code = lines[0][:_CODE]
    if not (code.isascii() and code.isdigit() and len(code) == _CODE):
        raise ValueError(f"{lines[0][:_SHOWN]!r} begins with no code")
    while lines[0][_CODE:].startswith("-") and not _ends(lines, code):
        lines.append(await _text(line))
    return lines


def _ends(lines: list[str], code: str) -> bool:
    return lines[-1] == code or lines[-1].startswith(f"{code} ")


async def _text(line: Line) -> str:
    return (await line.line(_MOST)).decode("utf-8", "replace")


def _unready(greeting: list[str]) -> Failure:
    said = greeting[-1][:_SHOWN]
    return Failure(FailureReason.BAD_RESPONSE, f"the server greets with {said!r}", Facts(got=said))


def _refused(answer: list[str]) -> Failure:
    said = answer[-1][:_SHOWN]
    return Failure(
        FailureReason.STARTTLS_REFUSED, f"the server refuses TLS: {said!r}", Facts(got=said)
    )
