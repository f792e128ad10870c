"""Bodies that no sane client sends, made from the documents: each field in turn with values that
are none, and wholes that are broken. Never a fault of ours, and what is refused changes nothing.
"""

from typing import Any

import msgspec
import pytest

from support.api import Answer
from support.bad_input import NO_JSON, NUL, VALUES, complaints, nested, undocumented, with_value
from support.rights import Operation, operations
from support.rights_asking import Asked, own_requests
from support.rights_building import town
from support.rights_town import Caller
from support.rights_world import Open

OWNERS = [town().callers[name] for name in ("key of owner", "session of owner")]
"""Of a path of both contracts, each credential has the other one."""
ASKED: dict[str, tuple[Caller, Asked]] = {
    one.line.operation.name: (owner, one) for owner in OWNERS for one in own_requests(owner)
}
WRITING = [one for one in operations() if one.fields]
NAMES = [one.name for one in WRITING]
JSON = {"content-type": "application/json"}


class Trial:
    """One route with bodies to try, and what was wrong with the answers."""

    def __init__(self, here: Open, name: str) -> None:
        self.here = here
        owner, self.asked = ASKED[name]
        self.operation: Operation = self.asked.line.operation
        self.base: dict[str, Any] = self.asked.body or {}
        self.wrong: list[str] = []
        self._client = here.client(owner)

    async def send(
        self, body: bytes, headers: dict[str, str], wanted: frozenset[int], what: str
    ) -> Answer:
        answer = await self._client.ask(
            self.operation.method, self.asked.target, body=body, headers=headers
        )
        said = [*complaints(answer, self.operation.contract)]
        said += undocumented(answer, self.operation)
        if answer.status not in wanted:
            said.append(f"{answer.status} {answer.body!r:.150}")
        if self.here.is_changed:
            if b"x" * 200_000 in body and self.here.holds("x" * 200_000):
                said.append(f"{answer.status}, and stored it all")
            if answer.status >= 400:
                said.append(f"{answer.status}, but changed something")
            self.here.reset()
        self.wrong += [f"{self.operation.name} {what[:80]}: {one}" for one in said]
        return answer


REFUSED = frozenset({400})
TAKEN = frozenset({200, 201})
SOMEHOW = TAKEN | {400, 403, 404, 409}


@pytest.mark.parametrize("name", NAMES)
async def test_a_field_with_a_value_that_is_none_is_refused_or_harmless(
    here: Open, name: str
) -> None:
    trial = Trial(here, name)
    for field in trial.operation.fields:
        for value in VALUES:
            body = with_value(trial.operation, trial.base, field, value)
            wanted = REFUSED if value == NUL else SOMEHOW
            await trial.send(body, JSON, wanted, f"{field} = {value}")
        for value in NO_JSON:
            body = with_value(trial.operation, trial.base, field, value)
            await trial.send(body, JSON, REFUSED, f"{field} = {value}")
    assert not trial.wrong, "\n".join(trial.wrong)


BROKEN: tuple[bytes, ...] = (
    *(b"null", b"true", b"5", b'"a text"', b"[]", b"[1]", b"[{}]", b"[[]]"),
    *(b"{", b"}", b'{"', b'{"name"', b'{"name":', b'{"name": "x"', b'{"name": "x",}', b"{,}"),
    *(b"{'name': 'x'}", b"{name: 1}", b'{"name": "x"} {}', b'{"name": "x"}x', b"\x00", b" "),
    *(b"\xef\xbb\xbf{}", b'{"name": "\xff"}', b'{"\xff": 1}', b'{"name": "\xed\xa0\x80"}'),
    *('{"name": "x"}'.encode("utf-16"), '{"name": "x"}'.encode("utf-32-le")),
    *(b'{"name": "\x00"}', b'{"\\u0000": 1}', b'{"a": {"b": ["\\u0000"]}}', b'{"a": "\\ud800"}'),
    *(b"[" * 1_000 + b"]" * 1_000, b"[" * 100_000, nested(1_000)[:-1].encode()),
    *(b"a=b&c=d", b"<xml/>", b"--x\r\n\r\n--x--", b"\x1f\x8b\x08", b"\xff" * 1_000),
)


@pytest.mark.parametrize("name", NAMES)
async def test_a_body_that_is_no_json_object_is_refused(here: Open, name: str) -> None:
    trial = Trial(here, name)
    for body in BROKEN:
        await trial.send(body, JSON, REFUSED, repr(body))
    assert not trial.wrong, "\n".join(trial.wrong)


@pytest.mark.parametrize("name", NAMES)
async def test_an_odd_body_is_refused_or_harmless(here: Open, name: str) -> None:
    """Nothing, unknown fields however deep, the same field twice, other characters than ASCII."""
    trial = Trial(here, name)
    for value in (nested(1_000), "[" * 900 + "]" * 900, '{"a": 1, "a": 2}', "1e-400", "1" * 400):
        body = with_value(trial.operation, trial.base, "unknown", value)
        await trial.send(body, JSON, SOMEHOW, f"unknown = {value}")
    for field in trial.operation.fields:
        body = with_value(trial.operation, {}, field, f'"1", "{field}": "2"')
        await trial.send(body, JSON, SOMEHOW, f"{field} twice")
    for whole in (b"", b"{}", b"  {}  ", b'{"": 1}', '{"\N{FIRE}": 1}'.encode()):
        await trial.send(whole, JSON, SOMEHOW, repr(whole))
    assert not trial.wrong, "\n".join(trial.wrong)


@pytest.mark.parametrize("name", NAMES)
async def test_a_body_of_more_than_a_mebibyte_is_too_large(here: Open, name: str) -> None:
    trial = Trial(here, name)
    too_large = frozenset({413})
    for body in (b"x" * (2**20 + 1), b"[" * 2**21, b'{"a": "' + b"x" * 2**20 + b'"}'):
        await trial.send(body, JSON, too_large, "too large")
    announced = {**JSON, "content-length": "9" * 30}
    await trial.send(b"{}", announced, too_large, "announced")
    for length in ("-1", "abc", "", "1.5", "0x10", "\xb2"):
        await trial.send(b"[]", {**JSON, "content-length": length}, REFUSED, f"length {length}")
    assert not trial.wrong, "\n".join(trial.wrong)


BOUNDARY = "------------------------d74496d66958873e"
KINDS = (
    *("", "text/plain", "text/html", "application/xml", "application/octet-stream", "image/png"),
    *("json", "application", "application/", "/", "*/*", ";", "\xff", "application/json5"),
    *("multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x"),
    *("multipart/form-data; boundary=" + "x" * 10_000, 'multipart/form-data; boundary="\xff"'),
    "x" * 60_000,
)


@pytest.mark.parametrize("name", [one.name for one in WRITING if one.contract == "account"])
async def test_a_body_of_a_kind_that_is_not_read_is_refused(here: Open, name: str) -> None:
    trial = Trial(here, name)
    body = msgspec.json.encode(trial.base)
    for kind in KINDS:
        await trial.send(body, {"content-type": kind}, REFUSED, f"kind {kind}")
    assert not trial.wrong, "\n".join(trial.wrong)


@pytest.mark.parametrize("name", [one.name for one in WRITING if one.contract == "organization"])
async def test_the_organization_api_reads_json_however_it_is_called(here: Open, name: str) -> None:
    trial = Trial(here, name)
    body = msgspec.json.encode(trial.base)
    for kind in KINDS:
        await trial.send(body, {"content-type": kind}, TAKEN, f"kind {kind}")
    assert not trial.wrong, "\n".join(trial.wrong)
