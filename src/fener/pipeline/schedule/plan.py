"""What is to be checked when: the regular phases and the extras, of the monitors known now."""

from collections.abc import Iterator, Sequence

from fener.domain.check import CheckOrder, Purpose
from fener.domain.monitor import Monitor
from fener.domain.time import SECOND, Instant, Span
from fener.pipeline.schedule.buckets import Buckets
from fener.pipeline.schedule.extras import Extras
from fener.pipeline.schedule.good_answers import GoodAnswers
from fener.pipeline.schedule.orders import orders_for
from fener.ports import Changed, Scheduled

LATE: Span = 15 * SECOND
"""Ticks later than this leave a gap, whose checks are made up for over time, not all at once."""
AT_ONCE: Span = 500
"""Who is wanted at once is not checked twice where the regular check comes within that time."""
_BETWEEN_FIRST_CHECKS: Span = 2
"""So that ten thousand imported monitors do not all begin in the same moment."""


class Plan:
    """Says what is due; does no I/O and asks no clock."""

    def __init__(self, now: Instant) -> None:
        self._known: dict[int, Scheduled] = {}
        self._buckets = Buckets()
        self._extras = Extras()
        self._good_answers = GoodAnswers()
        self._until = now
        self._is_first = True

    def __contains__(self, monitor_id: int) -> bool:
        return monitor_id in self._known

    def follow(self, scheduled: Sequence[Scheduled], now: Instant) -> None:
        """Take over the monitors as they are now: new, changed and gone ones.

        On start, what missed its phase is made up for; whoever comes, is resumed or is probed
        otherwise later is checked at once, and so is whoever was not checked since. All of it is
        read from the store: whoever rings besides only has it read earlier.
        """
        gone = self._known.keys() - {each.monitor.id for each in scheduled}
        self.take_over(Changed(scheduled, list(gone)), now)
        self._is_first = False

    def take_over(self, changed: Changed, now: Instant) -> None:
        """The same for monitors that changed; all others stay as they are known."""
        for monitor_id in changed.gone:
            self._forget(monitor_id)
        first = now
        for each in changed.scheduled:
            if self._comes_at(each, first):
                first += _BETWEEN_FIRST_CHECKS

    def recheck(self, monitor_id: int, at: Instant | None) -> None:
        if monitor_id in self._known:
            self._extras.recheck(monitor_id, at)

    def check_now(self, monitor_id: int, now: Instant) -> None:
        if monitor_id in self._known:
            self._extras.once(monitor_id, now, Purpose.MANUAL)

    def due(self, now: Instant) -> list[CheckOrder]:
        """The orders of everything that came due since the last call; one a monitor."""
        times: dict[int, tuple[Instant, Purpose]] = {}
        if now - self._until > LATE:
            for at, monitor_id in self._buckets.missed(self._until, now):
                self._extras.once(monitor_id, at, Purpose.SCHEDULED)
        elif now > self._until:
            for at, monitor_ids in self._buckets.due(self._until, now):
                for monitor_id in monitor_ids:
                    times[monitor_id] = (at, Purpose.SCHEDULED)
        self._until = max(now, self._until)
        for monitor_id, purpose in self._extras.due(now):
            times.setdefault(monitor_id, (now, purpose))
            if purpose is Purpose.RECHECK:
                self._plan_ahead(self._known[monitor_id].monitor, now)
        return [
            order
            for monitor_id, (at, purpose) in times.items()
            for order in self._orders(monitor_id, at, purpose)
        ]

    def set_back(self, span: Span, now: Instant) -> None:
        """The clock was set back by `span`, to `now`: go on from there."""
        self._until = now
        self._extras.move(-span)

    def _forget(self, monitor_id: int) -> None:
        if self._known.pop(monitor_id, None) is not None:
            self._buckets.remove(monitor_id)
            self._extras.forget(monitor_id)
            self._good_answers.ask_anew(monitor_id)

    def _comes_at(self, each: Scheduled, first: Instant) -> bool:
        """Know one as it is now; whether that plans a check of it for this time."""
        monitor_id = each.monitor.id
        known = self._known.get(monitor_id)
        self._known[monitor_id] = each
        self._buckets.put(monitor_id, each.monitor.interval)
        if known is None:
            self._extras.recheck(monitor_id, each.recheck_at)
        if not self._wants_check_at_once(known, each):
            if known is None:
                self._make_up(each)
            return False
        self._good_answers.ask_anew(monitor_id)
        if self._comes_by_itself(monitor_id, first):
            return False
        self._extras.once(monitor_id, first, Purpose.SCHEDULED)
        return True

    def _orders(self, monitor_id: int, at: Instant, purpose: Purpose) -> Iterator[CheckOrder]:
        is_extra = purpose is not Purpose.SCHEDULED
        wants_evidence = is_extra or self._good_answers.takes_turn(monitor_id, at)
        return orders_for(self._known[monitor_id], at, purpose, wants_evidence=wants_evidence)

    def _plan_ahead(self, monitor: Monitor, now: Instant) -> None:
        """Do not await an answer that may take longer than the time between two rechecks.

        The result replaces or takes back what is planned here, when it comes.
        """
        if monitor.timeout > monitor.policy.recheck_every:
            self._extras.recheck(monitor.id, now + monitor.policy.recheck_every)

    def _wants_check_at_once(self, known: Scheduled | None, each: Scheduled) -> bool:
        if known is None:
            return not self._is_first or each.unseen_since is not None
        if each.unseen_since not in {None, known.unseen_since}:
            return True  # it was paused and resumed between two looks
        return _probed(known.monitor) != _probed(each.monitor)

    def _comes_by_itself(self, monitor_id: int, at: Instant) -> bool:
        """Whether its regular check is about to come anyway, so that another would be one more."""
        is_after_gap = at - self._until > LATE  # what lies in a gap is made up for later
        regular = self._buckets.next(monitor_id, at if is_after_gap else self._until)
        return regular <= at + AT_ONCE

    def _make_up(self, each: Scheduled) -> None:
        checked_at = each.last_checked_at or 0
        at = self._buckets.missed_since(each.monitor.id, checked_at, self._until)
        if at is not None:
            self._extras.once(each.monitor.id, at, Purpose.SCHEDULED)


def _probed(monitor: Monitor) -> tuple[object, ...]:
    """What of a monitor its check depends on."""
    secrets = (monitor.credentials, monitor.client_certificate)
    return (monitor.settings, secrets, monitor.timeout, monitor.location_ids)
