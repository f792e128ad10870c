"""Numbers, times and spans as one reader expects them: in their language and time zone."""

from datetime import datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, available_timezones

from babel.core import Locale
from babel.dates import format_date, format_datetime, format_time, format_timedelta
from babel.numbers import format_decimal, format_percent
from babel.units import format_unit
from msgspec import Struct

from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Instant, Span, to_datetime
from fener.web.languages import Words

NOTHING = "\N{EN DASH}"
"""Stands where there is no number."""
_LEAST_SHARE = 0.0001
_SECONDS_UNTIL: Span = 5 * MINUTE
_UNITS = (("day", DAY), ("hour", HOUR), ("minute", MINUTE), ("second", SECOND))


@lru_cache(maxsize=1_000)
def is_zone(name: str) -> bool:
    return name in available_timezones()


def zone_named(name: str) -> ZoneInfo:
    """The zone of this name; UTC for a name that is none."""
    return ZoneInfo(name) if is_zone(name) else ZoneInfo("UTC")


class Reader(Struct, frozen=True):
    """Who reads the page: `now` is the moment it is made for."""

    words: Words
    zone: ZoneInfo
    now: Instant

    @property
    def locale(self) -> Locale:
        return self.words.locale

    def number(self, value: float) -> str:
        return format_decimal(value, locale=self.locale)

    def share(self, ratio: float | None) -> str:
        """A ratio in percent, cut and not rounded: what failed once was never 100 %."""
        if ratio is None:
            return NOTHING
        cut = int(ratio / _LEAST_SHARE + 1e-9) * _LEAST_SHARE
        pattern = self.locale.percent_formats[None].pattern.partition(";")[0]
        head, _, tail = pattern.rpartition("0")
        digits = "0" if cut in (0, 1) else "0.00"
        return format_percent(cut, head + digits + tail, self.locale)

    def latency(self, microseconds: float | None) -> str:
        if microseconds is None:
            return NOTHING
        milliseconds = microseconds / 1_000
        if milliseconds >= 10 * SECOND:
            return self._unit(round(milliseconds / SECOND, 1), "second")
        is_short = milliseconds < 100  # noqa: PLR2004 - three figures are enough
        shown = round(milliseconds, 1) if is_short else round(milliseconds)
        return self._unit(shown, "millisecond")

    def span(self, span: Span) -> str:
        """A length by its two greatest units: `2 hr 14 min`."""
        rest = max(0, span)
        if rest >= _SECONDS_UNTIL:
            rest -= rest % MINUTE
        if rest < SECOND:
            return self._unit(rest, "millisecond")
        told: list[str] = []
        for unit, length in _UNITS:
            count, rest = divmod(rest, length)
            if count:
                told.append(self._unit(count, unit))
            if len(told) == 2 or (told and not count):  # noqa: PLR2004 - no more is read
                break
        return self._between.join(told)

    def wait(self, span: Span) -> str:
        """A limit as it was set: of short ones no part of a second is lost."""
        return self._unit(span / SECOND, "second") if span < MINUTE else self.span(span)

    def ago(self, instant: Instant) -> str:
        """`3 minutes ago`, `in 2 days`."""
        return format_timedelta(
            timedelta(milliseconds=instant - self.now),
            add_direction=True,
            threshold=1.2,
            locale=self.locale,
        )

    def moment(self, instant: Instant) -> str:
        """The time of day where it is today, else with the date."""
        then, today = self.local(instant), self.local(self.now)
        if then.date() == today.date():
            return format_time(then, "medium", locale=self.locale)
        skeleton = "MMMd" if then.year == today.year else "yMMMd"
        day = format_date(then, self._pattern(skeleton), locale=self.locale)
        return f"{day}, {format_time(then, 'short', locale=self.locale)}"

    def full(self, instant: Instant) -> str:
        """With everything: day, time to the second, zone."""
        return format_datetime(self.local(instant), "long", locale=self.locale)

    def day(self, instant: Instant) -> str:
        return format_date(self.local(instant), "medium", locale=self.locale)

    def date(self, day: int) -> str:
        """A day counted from the epoch, in UTC."""
        return format_date(to_datetime(day * DAY), "medium", locale=self.locale)

    def local(self, instant: Instant) -> datetime:
        return to_datetime(instant).astimezone(self.zone)

    @property
    def _between(self) -> str:
        return "" if self.locale.language == "zh" else " "

    def _pattern(self, skeleton: str) -> str:
        return str(self.locale.datetime_skeletons[skeleton].pattern)

    def _unit(self, value: float, unit: str) -> str:
        return format_unit(value, f"duration-{unit}", "short", locale=self.locale)
