"""What a probe says of records whose changes are to be noticed, against a real name server."""

import pytest

from fener.domain.check import Success
from fener.domain.kinds.dns import DnsSettings, Match, RecordType
from fener.pipeline.probe.dns import snapshot
from fener.pipeline.probe.prober import Prober
from support.probing import order_for
from support.zone import Records, Zone, honest

NAME = "shop.test"
MAIL: Records = {(NAME, "MX"): ("10 mail.shop.test.", "20 mx.other.test.")}


async def seen(
    prober: Prober, zone: Records, *kinds: str, ttl: int = 60, notice: bool = True
) -> tuple[str, ...] | None:
    with Zone(honest(zone, ttl=ttl)) as server:
        settings = DnsSettings(
            host=NAME,
            record_types=tuple(map(RecordType, kinds)),
            resolver=f"127.0.0.1:{server.port}",
            notice_changes=notice,
        )
        result = await prober.probe(order_for(settings, timeout=600))
    assert result.outcome == Success()
    return result.records


async def test_records_stand_sorted_with_their_type(prober: Prober) -> None:
    zone: Records = {(NAME, "A"): ("192.0.2.9", "192.0.2.1"), **MAIL}
    assert await seen(prober, zone, "MX", "A") == (
        "A 192.0.2.1",
        "A 192.0.2.9",
        "MX 10 mail.shop.test",
        "MX 20 mx.other.test",
    )


@pytest.mark.parametrize(
    "zone",
    [
        {(NAME, "MX"): ("20 mx.other.test.", "10 mail.shop.test.")},
        {(NAME, "MX"): ("10 MAIL.shop.Test.", "20 mx.other.test.")},
    ],
    ids=["in another order", "in other letters"],
)
async def test_answers_that_mean_the_same_are_the_same(prober: Prober, zone: Records) -> None:
    assert await seen(prober, zone, "MX", ttl=7) == await seen(prober, MAIL, "MX")


async def test_texts_and_their_letters_are_kept(prober: Prober) -> None:
    small: Records = {(NAME, "TXT"): ('"v=spf1 " "-all"', '"k=a"')}
    large: Records = {(NAME, "TXT"): ('"v=spf1 -all"', '"k=A"')}
    assert await seen(prober, small, "TXT") == ('TXT "k=a"', 'TXT "v=spf1 -all"')
    assert await seen(prober, large, "TXT") == ('TXT "k=A"', 'TXT "v=spf1 -all"')


async def test_tags_of_caa_are_the_same_in_other_letters(prober: Prober) -> None:
    found = [
        await seen(prober, {(NAME, "CAA"): (f'0 {tag} "ca.test"',)}, "CAA")
        for tag in ("issue", "ISSUE")
    ]
    assert found == [('CAA 0 issue "ca.test"',)] * 2


async def test_behind_an_alias_only_what_was_asked_for_counts(prober: Prober) -> None:
    zone: Records = {(NAME, "CNAME"): ("other.test.",), ("other.test", "A"): ("192.0.2.1",)}
    assert await seen(prober, zone, "A") == ("A 192.0.2.1",)


async def test_who_does_not_want_to_hear_of_changes_carries_no_records(prober: Prober) -> None:
    assert await seen(prober, MAIL, "MX", notice=False) is None


async def test_an_answer_that_is_wrong_is_a_failure_and_says_nothing_more(prober: Prober) -> None:
    with Zone(honest(MAIL)) as server:
        settings = DnsSettings(
            host=NAME,
            record_types=(RecordType.MX,),
            resolver=f"127.0.0.1:{server.port}",
            expected={RecordType.MX: ("10 else.test",)},
            match=Match.CONTAINED,
            notice_changes=True,
        )
        result = await prober.probe(order_for(settings, timeout=600))
    assert (result.outcome == Success(), result.records) == (False, None)


def test_a_long_answer_is_short_but_never_the_same_as_another() -> None:
    many = [f"A 198.51.{high}.{low}" for high in range(4) for low in range(100)]
    texts = [f'TXT "{letter * 5_000}{end}"' for letter in "xy" for end in "12"]
    snapshots = [snapshot(many), snapshot([*many, "TXT z"]), *(snapshot([one]) for one in texts)]
    assert len(set(snapshots)) == len(snapshots)
    assert all(sum(map(len, one)) < 3_000 for one in snapshots)
    assert snapshot(many[::-1]) == snapshots[0]
