"""What people read beside a reason, as it is kept in a column: JSON text."""

import msgspec

from fener.domain.check import Failure, Unknown, facts_of
from fener.domain.failure import Facts

_FACTS: msgspec.json.Decoder[Facts] = msgspec.json.Decoder(Facts)


def stored_facts(trouble: Failure | Unknown) -> str:
    return msgspec.json.encode(facts_of(trouble)).decode()


def read_facts(stored: str | None) -> Facts:
    """None is what a good check has."""
    return Facts() if stored is None else _FACTS.decode(stored)
