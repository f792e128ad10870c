"""Probes a target over HTTP or HTTPS: one order in, one result out."""

from http import HTTPStatus

from msgspec.structs import replace

from fener.domain.check import CheckOrder, CheckResult, Outcome, Purpose, Success
from fener.domain.credentials import BearerCredentials, OAuthCredentials
from fener.domain.failure import UnknownReason
from fener.domain.kinds.http import HttpSettings
from fener.net.url import BadUrl
from fener.pipeline.probe.errand import Errand
from fener.pipeline.probe.requests import plan
from fener.pipeline.probe.results import unknown_result
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
        started_at = self._world.clock.now()
        try:
            if isinstance(order.credentials, OAuthCredentials):
                outcome, visit = await self._with_token(order, settings, order.credentials)
            else:
                outcome, visit = await self._visited(order, settings)
        except (BadUrl, ValueError) as error:
            return self._unreadable(order, str(error))
        is_plain = isinstance(outcome, Success) and order.purpose is Purpose.SCHEDULED
        return CheckResult(
            monitor_id=order.monitor_id,
            location_id=order.location_id,
            at=order.at,
            finished_at=self._world.clock.now(),
            outcome=outcome,
            purpose=order.purpose,
            started_at=started_at,
            timings=visit.timings(),
            status_code=(visit.reply.status or None) if visit.reply else None,
            certificate=visit.certificate,
            evidence=visit.brief_evidence() if is_plain else visit.full_evidence(),
        )

    async def _visited(
        self, order: CheckOrder, settings: HttpSettings, secrets: tuple[str, ...] = ()
    ) -> tuple[Outcome, Visit]:
        """Raises ValueError or BadUrl for a bad setting."""
        first = plan(order, settings)
        visit = Visit(first.request)
        visit.secrets = (*first.secrets, *secrets)
        return _cleaned(await Errand(self._world, order, settings, visit).run(), visit), visit

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

    def _unreadable(self, order: CheckOrder, why: str) -> CheckResult:
        return unknown_result(
            order,
            UnknownReason.INTERNAL_ERROR,
            f"the monitor is badly set: {why}",
            self._world.clock,
        )


def _is_unauthorized(visit: Visit) -> bool:
    return visit.reply is not None and visit.reply.status == HTTPStatus.UNAUTHORIZED


def _cleaned(outcome: Outcome, visit: Visit) -> Outcome:
    if isinstance(outcome, Success):
        return outcome
    return replace(outcome, message=visit.clean(outcome.message))
