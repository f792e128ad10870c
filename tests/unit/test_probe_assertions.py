"""What is asked of an answer: each condition met and broken in many ways, over real sockets."""

import asyncio
import gzip
import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest
import uvloop

from fener.clock import SystemClock
from fener.domain.check import Failure, Outcome, Success, Unknown
from fener.domain.failure import Facts, FailureReason, UnknownReason
from fener.domain.kinds.http import BODY_LIMIT, JsonAssertion
from fener.pipeline.probe.patterns import Patterns, Text
from fener.pipeline.probe.prober import Prober
from support import targets
from support.probing import failure_of, order
from support.targets import Answer, Target, page

WELL = json.dumps({"status": "ok", "load": 1.0, "ready": True, "jobs": [{"late": 0}], "note": None})
BROKEN = {
    "hangs after connect": (targets.hang, FailureReason.TIMEOUT),
    "answers garbage": (targets.garbage, FailureReason.BAD_RESPONSE),
    "closes without a word": (targets.empty, FailureReason.NO_RESPONSE),
    "drips for ever": (targets.drip, FailureReason.TIMEOUT),
    "breaks off": (targets.cut_short, FailureReason.BAD_RESPONSE),
    "answers with an error": (page("error", 500), FailureReason.WRONG_STATUS),
}
ASKED: dict[str, dict[str, Any]] = {
    "unwanted keyword": {"keyword_absent": "fatal"},
    "pattern": {"pattern": "ok|well"},
    "json": {"json": (JsonAssertion("$.status", "ok"),)},
    "least size": {"least_size": 10},
    "most size": {"most_size": 10_000},
    "header": {"expected_headers": (("X-Env", "prod"),)},
}


@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_each_condition_can_be_met(
    target: Target, prober: Prober, asked: dict[str, Any]
) -> None:
    url = target.at("/", page(WELL, headers=(("X-Env", "prod"),)))
    assert (await prober.probe(order(url, **asked))).outcome == Success()


@pytest.mark.parametrize(("answer", "reason"), BROKEN.values(), ids=BROKEN)
@pytest.mark.parametrize("asked", ASKED.values(), ids=ASKED)
async def test_a_condition_hides_no_other_trouble(
    target: Target, prober: Prober, asked: dict[str, Any], answer: Answer, reason: FailureReason
) -> None:
    url = target.at("/", answer)
    assert failure_of(await prober.probe(order(url, timeout=400, **asked))).reason is reason


BROKEN_CONDITIONS: list[tuple[str, dict[str, Any], Failure]] = [
    (
        "a fatal error",
        {"keyword_absent": "fatal"},
        Failure(
            FailureReason.KEYWORD_PRESENT, "unwanted keyword 'fatal' found", Facts(name="fatal")
        ),
    ),
    (
        "version x",
        {"pattern": r"version [0-9]"},
        Failure(
            FailureReason.PATTERN_MISSING,
            "pattern 'version [0-9]' not found, 9 bytes searched",
        ),
    ),
    (
        "",
        {"pattern": "."},
        Failure(FailureReason.PATTERN_MISSING, "pattern '.' not found, 0 bytes searched"),
    ),
    (
        "short",
        {"least_size": 6},
        Failure(
            FailureReason.WRONG_SIZE,
            "the body has 5 bytes, wanted 6 at least",
            Facts(got="5", wanted="≥ 6"),
        ),
    ),
    (
        "",
        {"least_size": 1},
        Failure(
            FailureReason.WRONG_SIZE,
            "the body has 0 bytes, wanted 1 at least",
            Facts(got="0", wanted="≥ 1"),
        ),
    ),
    (
        "long" * 300,
        {"most_size": 10},
        Failure(
            FailureReason.WRONG_SIZE,
            "the body has 1,200 bytes, wanted 10 at most",
            Facts(got="1,200", wanted="≤ 10"),
        ),
    ),
]


@pytest.mark.parametrize(("body", "asked", "failure"), BROKEN_CONDITIONS)
async def test_a_broken_condition_says_what_it_saw(
    target: Target, prober: Prober, body: str, asked: dict[str, Any], failure: Failure
) -> None:
    result = await prober.probe(order(target.at("/", page(body)), **asked))
    assert failure_of(result) == failure


@pytest.mark.parametrize(
    ("path", "wanted", "said"),
    [
        ("$.status", "ok", None),
        ("$.status", '"ok"', None),
        ("$.status", None, None),
        ("$.load", "1", None),
        ("$.ready", "true", None),
        ("$.jobs[-1].late", "0", None),
        ("$.jobs", '[{"late": 0}]', None),
        ("$.note", "null", None),
        ("$.note", None, None),
        ("$.status", "down", '$.status is "ok", wanted down'),
        ("$.load", "true", "$.load is 1.0, wanted true"),
        ("$.ready", "1", "$.ready is true, wanted 1"),
        ("$.jobs", '[{"late": false}]', '$.jobs is [{"late":0}], wanted [{"late": false}]'),
        ("$.jobs[1]", None, "$.jobs[1] is missing"),
        ("$.status.deep", "ok", "$.status.deep is missing"),
    ],
)
async def test_a_value_in_json_is_found_and_compared(
    target: Target, prober: Prober, path: str, wanted: str | None, said: str | None
) -> None:
    url = target.at("/", page(WELL))
    result = await prober.probe(order(url, json=(JsonAssertion(path, wanted),)))
    if said is None:
        assert result.outcome == Success()
    else:
        assert failure_of(result) == Failure(FailureReason.WRONG_JSON, said)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b'{"a": 1',
        b'{"a": NaN}',
        b"\xff\xfe{}",
        b"[" * 100_000,
        b'"' + b"x" * BODY_LIMIT,
    ],
    ids=["nothing", "a page", "half", "no number", "no text", "a deep one", "too long"],
)
async def test_what_is_no_json_is_said_to_be_none(
    target: Target, prober: Prober, body: bytes
) -> None:
    url = target.at("/", page(body))
    failure = failure_of(await prober.probe(order(url, json=(JsonAssertion("$.a"),))))
    assert failure.reason is FailureReason.WRONG_JSON


async def test_texts_are_looked_for_in_the_unpacked_answer(target: Target, prober: Prober) -> None:
    packed = page(gzip.compress(WELL.encode()), headers=(("Content-Encoding", "gzip"),))
    url = target.at("/", packed)
    for asked in ({"pattern": '"ok"'}, {"json": (JsonAssertion("$.status", "ok"),)}):
        assert (await prober.probe(order(url, **asked))).outcome == Success()
    unwanted = await prober.probe(order(url, keyword_absent='"ok"'))
    assert failure_of(unwanted).reason is FailureReason.KEYWORD_PRESENT
    assert "gzip" in target.requests[-1].headers["accept-encoding"]


async def test_sizes_are_judged_up_to_the_bound_of_what_is_read(
    target: Target, prober: Prober
) -> None:
    just = target.at("/just", page(b"x" * BODY_LIMIT))
    more = target.at("/more", page(b"x" * (BODY_LIMIT + 1)))
    asked: dict[str, Any] = {"least_size": BODY_LIMIT, "most_size": BODY_LIMIT}
    assert (await prober.probe(order(just, **asked))).outcome == Success()
    failure = failure_of(await prober.probe(order(more, **asked)))
    assert failure.message == "the body has more than 1,048,576 bytes, wanted 1,048,576 at most"


class TestPatterns:
    async def test_they_are_searched_in_the_charset_of_the_answer(
        self, target: Target, prober: Prober
    ) -> None:
        latin = (("Content-Type", "text/html; charset=iso-8859-9"),)
        url = target.at("/", page("ışığ".encode("iso-8859-9"), headers=latin))
        assert (await prober.probe(order(url, pattern="^ış.ğ$"))).outcome == Success()
        unknown = (("Content-Type", "text/html; charset=klingon"),)
        url = target.at("/", page("ışığ", headers=unknown))
        assert (await prober.probe(order(url, pattern="^ış.ğ$"))).outcome == Success()

    async def test_one_that_backtracks_for_ever_is_cut_off_and_blames_nobody(
        self, target: Target, prober: Prober
    ) -> None:
        clock = SystemClock()
        url = target.at("/", page("a" * 5_000))
        began = clock.monotonic()
        slow, sound = await asyncio.gather(
            prober.probe(order(url, pattern="(a+)+b")), prober.probe(order(url, pattern="^a+$"))
        )
        assert clock.monotonic() - began < 2_000
        assert isinstance(slow.outcome, Unknown)
        assert slow.outcome.reason is UnknownReason.OVERLOADED
        assert "make it simpler" in slow.outcome.message
        assert sound.outcome == Success()

    async def test_the_loop_goes_on_while_one_is_searched(self) -> None:
        loop = asyncio.get_running_loop()
        rounds = 0

        def count() -> None:
            nonlocal rounds
            rounds += 1
            if not searching.done():
                loop.call_soon(count)

        async with Patterns(SystemClock()) as patterns:
            search = patterns.search("(a+)+b", Text(b"a" * 99, "utf-8"), 5_000)
            searching = asyncio.create_task(search)
            loop.call_soon(count)
            assert isinstance(await searching, Unknown)
        assert rounds > 100

    def test_they_are_searched_on_the_loop_that_probers_use(self) -> None:
        async def searched() -> Outcome:
            async with Patterns(SystemClock()) as patterns:
                return await patterns.search("a", Text(b"a", "utf-8"), 5_000)

        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            assert runner.run(searched()) == Success()

    async def test_time_that_is_over_is_our_fault(self) -> None:
        async with Patterns(SystemClock()) as patterns:
            outcome = await patterns.search("(a+)+b", Text(b"a" * 99, "utf-8"), 20)
            again = await patterns.search("a", Text(b"a", "utf-8"), 5_000)
        assert isinstance(outcome, Unknown)
        assert outcome.reason is UnknownReason.OVERLOADED
        assert again == Success()

    async def test_a_worker_that_is_gone_is_replaced_and_none_stays_behind(self) -> None:
        before = children()
        async with Patterns(SystemClock()) as patterns:
            assert await patterns.search("a", Text(b"a", "utf-8"), 5_000) == Success()
            (worker,) = children() - before
            os.kill(worker, signal.SIGKILL)
            broken = await patterns.search("a", Text(b"a", "utf-8"), 5_000)
            assert isinstance(broken, Unknown)
            assert broken.reason is UnknownReason.INTERNAL_ERROR
            assert await patterns.search("a", Text(b"a", "utf-8"), 5_000) == Success()
        assert children() == before

    async def test_one_that_is_none_is_a_bad_setting(self, target: Target, prober: Prober) -> None:
        result = await prober.probe(order(target.url(), pattern="("))
        assert isinstance(result.outcome, Unknown)
        assert result.outcome.reason is UnknownReason.INTERNAL_ERROR


def children() -> set[int]:
    """The processes that this one has begun and not yet buried."""
    tasks = Path("/proc/self/task").glob("*/children")
    return {int(number) for task in tasks for number in task.read_text().split()}
