"""Times as the organization API writes them."""

from functools import lru_cache

from fener.domain.time import Instant, iso_text

time_text = lru_cache(maxsize=20_000)(iso_text)
"""Pages repeat what pages before them showed, and formatting a time costs more than looking up."""


def time_or_none(instant: Instant | None) -> str | None:
    return None if instant is None else time_text(instant)
