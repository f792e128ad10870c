"""Probes whether visitors who come by plain HTTP are sent to HTTPS of the same site."""

from fener.domain.check import CheckOrder, CheckResult, Failure, Outcome, Success
from fener.domain.failure import Facts, FailureReason
from fener.domain.kinds.http import HttpSettings
from fener.domain.kinds.https_redirect import HttpsRedirectSettings
from fener.net.url import BadUrl, Url, host_name, parse
from fener.pipeline.probe.errand import Errand
from fener.pipeline.probe.requests import plan
from fener.pipeline.probe.results import badly_set, finished
from fener.pipeline.probe.visit import Visit
from fener.pipeline.probe.world import World

_ANY_STATUS = "100-999"


class HttpsRedirectProbe:
    """Makes one probe at a time for each call; calls may run side by side."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        settings = order.settings
        assert isinstance(settings, HttpsRedirectSettings)  # noqa: S101 - the table of kinds sees to it
        clock = self._world.clock
        started_at = clock.now()
        try:
            visited = _visited(settings)
            visit = Visit(plan(order, visited).request)
        except (BadUrl, ValueError) as error:
            return badly_set(order, str(error), clock)
        outcome = await Errand(self._world, order, visited, visit).run()
        if isinstance(outcome, Success):
            outcome = _judged(visit)
        return finished(order, outcome, visit, started_at, clock, status_code=visit.status())


def _visited(settings: HttpsRedirectSettings) -> HttpSettings:
    """The page to ask for. Whether it is well itself is the affair of a monitor for HTTP.

    Raises ValueError or BadUrl where host or path would make an address of something else.
    """
    host_name(settings.host)
    if not settings.path.startswith("/"):
        raise ValueError(f"the path {settings.path!r} does not begin with /")
    return HttpSettings(url=settings.url, expected_status=_ANY_STATUS)


def _judged(visit: Visit) -> Outcome:
    """What the way means: HTTPS begins at the same site, and is never left again for HTTP.

    Where HTTPS itself leads, such as to a common login, is its own affair.
    """
    last = visit.request.url
    if not visit.hops:
        return _not_redirected(f"status {visit.status()}, no redirect", str(visit.status()))
    way = (*map(parse, visit.hops), last)
    first = next(filter(_is_https, way), None)
    if first is None:
        return _not_redirected(f"redirected to {last.text}, which is not HTTPS", last.text)
    if _site(first) != _site(way[0]):
        return _not_redirected(f"redirected to {first.text}, which is another site", first.text)
    if not _is_https(last):
        return _not_redirected(
            f"redirected to {first.text}, but from there to {last.text}", last.text
        )
    return Success()


def _is_https(url: Url) -> bool:
    return url.origin.scheme == "https"


def _site(url: Url) -> str:
    """The same for a host with and without `www.`."""
    return url.origin.host.removeprefix("www.")


def _not_redirected(message: str, got: str) -> Failure:
    return Failure(FailureReason.NOT_REDIRECTED, message, Facts(got=got))
