"""What people read beside an outcome, as it is kept in a column: JSON text."""

import msgspec

from fener.domain.check import CheckResult, Failure, Unknown, facts_of
from fener.domain.failure import Facts

_FACTS: msgspec.json.Decoder[Facts] = msgspec.json.Decoder(Facts)


def stored_facts(trouble: Failure | Unknown) -> str:
    return msgspec.json.encode(facts_of(trouble)).decode()


def read_facts(stored: str | None) -> Facts:
    """None is what a good check has."""
    return Facts() if stored is None else _FACTS.decode(stored)


def evidence_text(result: CheckResult) -> str | None:
    return None if result.evidence is None else msgspec.json.encode(result.evidence).decode()
