"""Probes a target over HTTP or HTTPS: one order in, one result out."""

from http import HTTPStatus

from msgspec.structs import replace

from fener.domain.check import CheckOrder, CheckResult, Outcome
from fener.domain.credentials import BearerCredentials, OAuthCredentials
from fener.domain.kinds.http import HttpSettings
from fener.net.url import BadUrl
from fener.pipeline.probe.errand import Errand
from fener.pipeline.probe.requests import plan
from fener.pipeline.probe.results import badly_set, finished
from fener.pipeline.probe.tokens import Refused, TokenOffice, secrets_of
from fener.pipeline.probe.visit import Visit
from fener.pipeline.probe.world import World


class HttpProbe:
    """Makes one probe at a time for each call; calls may run side by side."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._tokens = TokenOffice(world)

    async def probe(self, order: CheckOrder) -> CheckResult:
        """One attempt. May raise only for faults of our own."""
        settings = order.settings
        assert isinstance(settings, HttpSettings)  # noqa: S101 - the table of kinds sees to it
        clock = self._world.clock
        started_at = clock.now()
        try:
            if isinstance(order.credentials, OAuthCredentials):
                outcome, visit = await self._with_token(order, settings, order.credentials)
            else:
                outcome, visit = await self._visited(order, settings)
        except (BadUrl, ValueError) as error:
            return badly_set(order, str(error), clock)
        return finished(order, outcome, visit, started_at, clock, status_code=visit.status())

    async def _visited(
        self, order: CheckOrder, settings: HttpSettings, secrets: tuple[str, ...] = ()
    ) -> tuple[Outcome, Visit]:
        """Raises ValueError or BadUrl for a bad setting."""
        first = plan(order, settings)
        visit = Visit(first.request)
        visit.secrets = (*first.secrets, *secrets)
        return await Errand(self._world, order, settings, visit).run(), visit

    async def _with_token(
        self, order: CheckOrder, settings: HttpSettings, credentials: OAuthCredentials
    ) -> tuple[Outcome, Visit]:
        """With a new token once more where a kept one is not accepted: it may have been revoked."""
        deadline = self._world.clock.monotonic() + order.timeout
        while True:
            left = max(1, deadline - self._world.clock.monotonic())
            token = await self._tokens.token(replace(order, timeout=left), settings, credentials)
            if isinstance(token, Refused):
                return token.outcome, token.visit
            bearer = replace(
                order,
                timeout=max(1, deadline - self._world.clock.monotonic()),
                credentials=BearerCredentials(token.value),
            )
            outcome, visit = await self._visited(bearer, settings, secrets_of(credentials))
            if token.is_fresh or not _is_unauthorized(visit):
                return outcome, visit
            self._tokens.forget(order, settings, token)


def _is_unauthorized(visit: Visit) -> bool:
    return visit.reply is not None and visit.reply.status == HTTPStatus.UNAUTHORIZED
