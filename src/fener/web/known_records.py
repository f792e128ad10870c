"""The records of a name as a monitor's page shows them: what was answered last, and what before."""

from collections.abc import Mapping

from msgspec import Struct

from fener.domain.health import Snapshots
from fener.domain.policy import Policy
from fener.domain.time import Instant


class KnownRecords(Struct, frozen=True):
    """What one location was answered. `place` is empty where there is but one."""

    place: str
    records: tuple[str, ...]
    since: Instant
    gone: tuple[str, ...]
    """Of the answer before the last change: what is not there any more."""
    is_restless: bool


def known_records(
    snapshots: Snapshots | None, places: Mapping[int, str], policy: Policy, now: Instant
) -> list[KnownRecords]:
    """By location; `places` are the names of all."""
    answers = snapshots.answers if snapshots else {}
    return [
        KnownRecords(
            place=places.get(number, "") if len(answers) > 1 else "",
            records=one.latest,
            since=one.since,
            gone=tuple(record for record in one.before if record not in one.latest),
            is_restless=one.is_restless(policy.flap_turns, now),
        )
        for number, one in sorted(answers.items())
    ]
