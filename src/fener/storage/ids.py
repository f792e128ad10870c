"""Ids as SQLite has them: which there can be, and lists of them in one column."""

from collections.abc import Iterable

LARGEST_ID = 2**63 - 1


def is_id(number: int) -> bool:
    """Whether a row could have this id; the database refuses to compare larger numbers."""
    return 0 < number <= LARGEST_ID


def storable(ids: Iterable[int]) -> list[int]:
    """Those that a row could have."""
    return [one for one in ids if is_id(one)]


def split_ids(text: str | None) -> list[int]:
    """The ids of a `group_concat`, in order."""
    return sorted(int(part) for part in text.split(",")) if text else []
