"""The truth against what Fener made of it: what it promises not to do, and its delays.

An incident is *false* if no outage of its target lies in the time from its first failing check to
its confirmation; a restart of seconds excuses none. An outage is *missed* if Fener could see for
the whole confirmation time within it, and no incident was open after that.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from enum import StrEnum

from msgspec import Struct, field

from fener.domain.monitor import Monitor
from fener.domain.time import SECOND, Instant, Span
from fener.testing.simulation.jobs import NOTICED_WITHIN, PATIENCE, BadRun, Job
from fener.testing.simulation.seen import Seen, SeenIncident
from fener.testing.simulation.spans import Spans, shared
from fener.testing.simulation.targets import Target
from fener.testing.simulation.weather import Weather
from fener.testing.simulation.world import World

SLACK: Span = SECOND
"""For ticks that are late, and for what lies between the stages."""
_HEALED = 3
"""By so many confirmation times after an outage its incident is over, though packets get lost."""


class Broken(StrEnum):
    """Promises, by what breaks them. None of it may happen."""

    FALSE_INCIDENT = "false incident"
    MISSED_OUTAGE = "missed outage"
    MISSED_RUN = "missed run of a job"
    NOT_RESOLVED = "incident that outlived its outage"
    OPENED_TWICE = "second open incident"


class Complaint(Struct, frozen=True):
    """A broken promise, with enough to find it again. `at` is counted from the world's begin."""

    promise: Broken
    share: int
    monitor_id: int
    at: Span


class Delay(Struct, frozen=True):
    """From the begin of an outage, all of which could be seen, to its incident."""

    interval: Span
    promised: Span
    took: Span


class Verdict(Struct):
    """What came of one share. Those of several shares can be added up."""

    complaints: list[Complaint] = field(default_factory=list)
    delays: list[Delay] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def broken(self, promise: Broken) -> int:
        return sum(one.promise is promise for one in self.complaints)


def judged(world: World, seen: Seen) -> Verdict:
    verdict = Verdict()
    incidents: defaultdict[int, list[SeenIncident]] = defaultdict(list)
    for one in seen.incidents:
        incidents[one.monitor_id].append(one)
    for monitor_id, target in world.targets.items():
        _Probed(world, world.monitors[monitor_id], target, incidents[monitor_id]).judge(verdict)
    for monitor_id, job in world.jobs.items():
        _Heard(world, monitor_id, job, incidents[monitor_id]).judge(verdict)
    for monitor_id, at in seen.opened_beside:
        verdict.complaints.append(_complaint(world, Broken.OPENED_TWICE, monitor_id, at))
    verdict.counts["checks judged"] = seen.checks.total()
    verdict.counts["of them unknown"] = seen.unknown
    verdict.counts["pings lost"] = seen.pings_lost
    verdict.counts["incidents"] = len(seen.incidents)
    return verdict


def confirmation_time(monitor: Monitor) -> Span:
    """Within it an outage is confirmed that can be seen throughout."""
    policy = monitor.policy
    return monitor.interval + (policy.confirm_after - 1) * (policy.recheck_every + monitor.timeout)


def added(verdicts: Iterable[Verdict]) -> Verdict:
    total = Verdict()
    for one in verdicts:
        total.complaints += one.complaints
        total.delays += one.delays
        total.counts += one.counts
    return total


class _Probed:
    """One target, and the incidents of its monitor in order of time."""

    def __init__(
        self, world: World, monitor: Monitor, target: Target, incidents: Sequence[SeenIncident]
    ) -> None:
        self._world = world
        self._monitor = monitor
        self._target = target
        self._incidents = incidents
        self._blind = _blind(world.weather, monitor)
        self._promised = confirmation_time(monitor) + SLACK

    def judge(self, verdict: Verdict) -> None:
        for incident in self._incidents:
            if not self._target.outages.overlap(incident.first_failure, incident.opened):
                verdict.complaints.append(self._complaint(Broken.FALSE_INCIDENT, incident.opened))
            if self._outlives(incident):
                verdict.complaints.append(self._complaint(Broken.NOT_RESOLVED, incident.opened))
        for start, end in self._target.outages:
            self._judge_outage(verdict, start, end)

    def _judge_outage(self, verdict: Verdict, start: Instant, end: Instant) -> None:
        verdict.counts["outages"] += 1
        seen_from = self._blind.gap_of(self._promised, start, end)
        if seen_from is None:
            verdict.counts["too short or unseen"] += 1
            return
        known_by = seen_from + self._promised
        if not any(one.was_open(known_by) for one in self._incidents):
            verdict.complaints.append(self._complaint(Broken.MISSED_OUTAGE, start))
        elif seen_from == start:
            self._note_delay(verdict, start, known_by)

    def _note_delay(self, verdict: Verdict, start: Instant, known_by: Instant) -> None:
        """None where an incident of an outage just before is still open."""
        interval, promised = self._monitor.interval, self._promised - SLACK
        for incident in self._incidents:
            if start <= incident.opened <= known_by:
                verdict.delays.append(Delay(interval, promised, incident.opened - start))
                return

    def _outlives(self, incident: SeenIncident) -> bool:
        """Whether it is open after a time in which its target was well and Fener could see it."""
        unwell = self._target.outages | self._target.restarts | self._blind
        long = _HEALED * self._promised
        well_from = unwell.gap_of(long, incident.opened, self._world.end)
        return well_from is not None and incident.was_open(well_from + long)

    def _complaint(self, promise: Broken, at: Instant) -> Complaint:
        return _complaint(self._world, promise, self._monitor.id, at)


class _Heard:
    """One job, and the incidents of its heartbeat."""

    def __init__(
        self, world: World, monitor_id: int, job: Job, incidents: Sequence[SeenIncident]
    ) -> None:
        self._world = world
        self._monitor_id = monitor_id
        self._job = job
        self._incidents = incidents
        self._wrong_clock = world.weather.steps.wrong if job.kind.is_by_calendar else Spans()
        self._unheard = world.weather.deaf | _steps(world.weather) | self._wrong_clock

    def judge(self, verdict: Verdict) -> None:
        for incident in self._incidents:
            if any(self._explains(bad, incident.opened) for bad in self._job.bad_runs):
                continue
            if incident.opened in self._wrong_clock:
                # A schedule of the calendar cannot be kept by a clock that is wrong.
                verdict.counts["opened by a wrong clock"] += 1
            else:
                verdict.complaints.append(self._complaint(Broken.FALSE_INCIDENT, incident.opened))
        for bad in self._job.bad_runs:
            self._judge_run(verdict, bad)

    def _judge_run(self, verdict: Verdict, bad: BadRun) -> None:
        verdict.counts["bad runs of jobs"] += 1
        is_unheard = self._unheard.overlap(bad.heard_since, bad.known_by)
        if is_unheard or bad.known_by > self._world.end:
            verdict.counts["unheard ones"] += 1
        elif not any(one.was_open(bad.known_by) for one in self._incidents):
            verdict.complaints.append(self._complaint(Broken.MISSED_RUN, bad.begins))

    def _explains(self, bad: BadRun, opened: Instant) -> bool:
        """What is awaited anew after deaf time may be found missing up to a period later."""
        period = self._job.kind.period
        return bad.begins - NOTICED_WITHIN <= opened <= bad.known_by + period + PATIENCE

    def _complaint(self, promise: Broken, at: Instant) -> Complaint:
        return _complaint(self._world, promise, self._monitor_id, at)


def _complaint(world: World, promise: Broken, monitor_id: int, at: Instant) -> Complaint:
    return Complaint(promise, world.share.number, monitor_id, at - world.begin)


def _blind(weather: Weather, monitor: Monitor) -> Spans:
    """When fewer locations than it takes could see this monitor's target."""
    places = monitor.location_ids
    may_be_blind = len(places) - monitor.policy.locations_needed(len(places))
    local = shared([weather.locations[place].blind for place in places], by=may_be_blind + 1)
    return weather.deaf | local | _steps(weather)


def _steps(weather: Weather) -> Spans:
    return Spans((at, at + SECOND) for at, _ in weather.steps.all)
