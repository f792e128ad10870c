"""Batches keep order and hold each monitor once."""

from hypothesis import given
from hypothesis import strategies as st

from fener.pipeline.record.batching import Batcher

ITEMS = st.lists(st.tuples(st.integers(1, 4), st.integers()), max_size=30)


def batcher_of(items: list[tuple[int, int]], limit: int = 5) -> Batcher[tuple[int, int]]:
    batcher: Batcher[tuple[int, int]] = Batcher(lambda item: item[0], limit)
    for item in items:
        batcher.add(item)
    return batcher


def test_the_second_item_of_a_monitor_waits_for_the_next_batch() -> None:
    batcher = batcher_of([(1, 10), (1, 11), (2, 20)])
    assert batcher.take() == [(1, 10), (2, 20)]
    assert batcher.take() == [(1, 11)]
    assert batcher.take() == []


def test_what_is_put_back_comes_first_again() -> None:
    batcher = batcher_of([(1, 10), (2, 20), (1, 11)])
    batcher.put_back(batcher.take())
    assert batcher.take() == [(1, 10), (2, 20)]


def test_a_batch_has_a_limit() -> None:
    assert len(batcher_of([(number, 0) for number in range(9)]).take()) == 5


@given(ITEMS)
def test_nothing_is_lost_and_each_monitor_keeps_its_order(items: list[tuple[int, int]]) -> None:
    batcher, taken = batcher_of(items), []
    while batch := batcher.take():
        assert len({monitor for monitor, _ in batch}) == len(batch)
        taken.extend(batch)
    assert len(taken) == len(items)
    for monitor in range(1, 5):
        assert [i for i in taken if i[0] == monitor] == [i for i in items if i[0] == monitor]
