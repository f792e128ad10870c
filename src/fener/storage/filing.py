"""Files fresh results: from one behind the other, as they come, to each monitor's own, by time.

A result that went to its place at once would rewrite a page of 4 kB for its hundred bytes. Many
results of a monitor together share that page, and the roll-ups are written with them.

It is done for some monitors at a time, so that recording never waits long. How far it has come is
stored with each step, and the view `all_results` shows every result once, before, in between and
after. What was interrupted is taken up where it was left.
"""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

import msgspec

from fener.domain.histogram import Histogram
from fener.domain.rollup import Hour, Told, hours
from fener.ports import Unfiled
from fener.storage.database import Database, Row, Session, in_list
from fener.storage.queries import statements

SQL = statements("filing")
ROWS_AT_ONCE = 2_000
"""Results in one transaction, unless a single monitor has more."""
_HISTOGRAM: msgspec.json.Decoder[Histogram] = msgspec.json.Decoder(dict[int, int])


class SqlFilingStore:
    """`fener.ports.FilingStore` on the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def unfiled(self) -> Unfiled | None:
        async with self._database.read() as session:
            row = await session.one(SQL["waiting"])
        return None if row is None or row["since"] is None else Unfiled(**dict(row))

    async def file(self) -> int:
        async with self._database.write() as session:
            await session.run(SQL["begin"])
            waiting = await session.all(SQL["monitors"])
        for through in _steps(waiting):
            await self._database.write_at_once(_Step(through))
        return await self._database.write_at_once(_end)


class _Step:
    """Files the results of the next monitors, up to and with `through`."""

    def __init__(self, through: int) -> None:
        self._through = {"through": through}

    async def __call__(self, session: Session) -> None:
        await self._keep_hours(session)
        for name in ("count_days", "file", "passed"):
            await session.run(SQL[name], self._through)

    async def _keep_hours(self, session: Session) -> None:
        told = await session.all(SQL["told"], self._through)
        made = {
            (monitor_id, hour.hour): hour
            for monitor_id, rows in groupby(told, itemgetter("monitor_id"))
            for hour in hours(_told(rows))
        }
        for place, before in await _written(session, list(made)):
            made[place] = before.and_also(made[place])
        rows = [_columns(monitor_id, hour) for (monitor_id, _), hour in made.items()]
        await session.many(SQL["keep_hour"], rows)


async def _end(session: Session) -> int:
    filed = await session.run(SQL["clear"])
    await session.run(SQL["end"])
    return filed


def _steps(waiting: Sequence[Row]) -> Iterator[int]:
    """The last monitor of each step."""
    results = 0
    for index, row in enumerate(waiting):
        results += row["results"]
        if results >= ROWS_AT_ONCE or index == len(waiting) - 1:
            yield row["monitor_id"]
            results = 0


def _told(rows: Iterable[Row]) -> Iterator[Told]:
    for row in rows:
        yield Told(row["at"], row["outcome"], row["total_us"])


async def _written(
    session: Session, places: Sequence[tuple[int, int]]
) -> list[tuple[tuple[int, int], Hour]]:
    """Those hours of these monitors that are there already."""
    if not places:
        return []
    numbers = [hour for _, hour in places]
    listed, parameters = in_list("id", sorted({monitor_id for monitor_id, _ in places}))
    given = {**parameters, "first": min(numbers), "last": max(numbers)}
    rows = await session.all(f"{SQL['hours']} {listed}", given)
    found = [((row["monitor_id"], row["hour"]), read_hour(row)) for row in rows]
    wanted = set(places)
    return [(place, hour) for place, hour in found if place in wanted]


def read_hour(row: Row) -> Hour:
    return Hour(
        hour=row["hour"],
        checks=row["checks"],
        failed=row["failed"],
        unknown=row["unknown"],
        total_us_sum=row["total_us_sum"],
        least_us=row["least_us"],
        most_us=row["most_us"],
        histogram=_HISTOGRAM.decode(row["histogram"]),
    )


def _columns(monitor_id: int, hour: Hour) -> dict[str, object]:
    histogram = msgspec.json.encode(hour.histogram).decode()
    return {**msgspec.structs.asdict(hour), "monitor_id": monitor_id, "histogram": histogram}
