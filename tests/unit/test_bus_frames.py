"""Whatever an order or a result can hold survives the way to the child prober and back."""

import asyncio
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.bus.frames import BrokenFrame, Results, frame, read_orders, read_told
from fener.domain.check import (
    Certificate,
    CheckOrder,
    CheckResult,
    Evidence,
    Failure,
    Outcome,
    Purpose,
    Success,
    Timings,
    Unknown,
)
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    ClientCertificate,
    Credentials,
    DigestCredentials,
    HeaderCredentials,
    OAuthCredentials,
)
from fener.domain.failure import FailureReason, UnknownReason
from fener.domain.kinds.http import BODY_LIMIT, HttpSettings, HttpVersion, JsonAssertion
from fener.domain.prober import ProberStats

TEXT = st.text(max_size=20)
PATH = st.text(min_size=1, max_size=20)
PAIRS = st.lists(st.tuples(TEXT, TEXT), max_size=3).map(tuple)
NUMBERS = st.integers(min_value=-(2**63), max_value=2**63 - 1)
TEXTS = st.lists(TEXT, max_size=3).map(tuple)
MAYBE_NUMBER = st.none() | NUMBERS

CREDENTIALS: st.SearchStrategy[Credentials] = st.one_of(
    st.builds(BasicCredentials, TEXT, TEXT),
    st.builds(BearerCredentials, TEXT),
    st.builds(HeaderCredentials, TEXT),
    st.builds(DigestCredentials, TEXT, TEXT),
    st.builds(OAuthCredentials, TEXT, TEXT, TEXT, TEXT),
)
SETTINGS = st.builds(
    HttpSettings,
    url=TEXT,
    method=TEXT,
    headers=PAIRS,
    body=st.none() | TEXT,
    expected_status=TEXT,
    keyword=st.none() | TEXT,
    expected_headers=PAIRS,
    follow_redirects=st.booleans(),
    verify_tls=st.booleans(),
    json=st.lists(st.builds(JsonAssertion, PATH, st.none() | TEXT), max_size=2).map(tuple),
    least_size=st.none() | st.integers(1, BODY_LIMIT),
    http_version=st.sampled_from(HttpVersion),
    cache_buster=st.booleans(),
    extra=st.dictionaries(TEXT, st.none() | TEXT | st.booleans() | st.lists(TEXT), max_size=3),
)
ORDERS = st.builds(
    CheckOrder,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    st.sampled_from(Purpose),
    NUMBERS,
    NUMBERS,
    SETTINGS,
    st.none() | CREDENTIALS,
    st.none() | st.builds(ClientCertificate, TEXT, TEXT),
    st.booleans(),
)
OUTCOMES: st.SearchStrategy[Outcome] = st.one_of(
    st.builds(Success),
    st.builds(Failure, st.sampled_from(FailureReason), TEXT),
    st.builds(Unknown, st.sampled_from(UnknownReason), TEXT),
)
CERTIFICATES = st.builds(Certificate, TEXT, TEXT, NUMBERS, NUMBERS, TEXTS, TEXT)
EVIDENCE = st.builds(
    Evidence,
    request=TEXT,
    hops=TEXTS,
    addresses=TEXTS,
    address=TEXT,
    phase=TEXT,
    headers=PAIRS,
    body=TEXT,
    chain=st.lists(CERTIFICATES, max_size=2).map(tuple),
    detail=TEXT,
)
TIMINGS = st.builds(
    Timings, NUMBERS, MAYBE_NUMBER, MAYBE_NUMBER, MAYBE_NUMBER, MAYBE_NUMBER, MAYBE_NUMBER
)
RESULTS = st.builds(
    CheckResult,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    NUMBERS,
    OUTCOMES,
    st.sampled_from(Purpose),
    MAYBE_NUMBER,
    st.none() | TIMINGS,
    MAYBE_NUMBER,
    st.none() | CERTIFICATES,
    st.none() | EVIDENCE,
)


def arrived(written: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    reader.feed_data(written)
    reader.feed_eof()
    return reader


def all_of(read: Any, written: bytes) -> list[Any]:
    async def collect() -> list[Any]:
        return [message async for message in read(arrived(written))]

    return asyncio.run(collect())


@given(st.lists(st.lists(ORDERS, max_size=3), max_size=3))
def test_orders_arrive_as_they_were_sent(batches: list[list[CheckOrder]]) -> None:
    assert all_of(read_orders, b"".join(map(frame, batches))) == batches


@given(st.lists(RESULTS, max_size=3))
def test_results_arrive_as_they_were_sent(results: list[CheckResult]) -> None:
    assert all_of(read_told, frame(Results(results))) == [Results(results)]


def test_reports_and_results_share_the_line() -> None:
    stats = ProberStats(1, 2, 3, 4, 5, 6)
    assert all_of(read_told, frame(stats) + frame(Results([]))) == [stats, Results([])]


def test_a_message_that_was_cut_off_is_the_end() -> None:
    whole = frame(Results([]))
    assert all_of(read_told, whole + whole[:-1]) == [Results([])]
    assert all_of(read_told, whole[:2]) == []


@pytest.mark.parametrize(
    "written", [b"\0\0\0\1\xc1", b"\0\0\0\4true", b"hello, I am no prober", b"\xff" * 100]
)
def test_another_language_is_noticed(written: bytes) -> None:
    with pytest.raises(BrokenFrame):
        all_of(read_told, written)
