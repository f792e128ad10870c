"""Things by the names that this contract has for them in its refusals."""

from collections.abc import Iterator
from contextlib import contextmanager

from fener.domain.errors import NotFound


@contextmanager
def naming(text: str) -> Iterator[None]:
    """What is not found within the block is not found in these words."""
    try:
        yield
    except NotFound as error:
        raise NotFound(text) from error
