"""Fetches OAuth 2.0 tokens for probes (RFC 6749, section 4.4) and keeps them while they last.

A token endpoint is asked as any target is: resolved, guarded and pinned, within the check's time.
Checks that find no token at the same time fetch each its own: none waits for another's endpoint.
"""

from base64 import b64encode
from collections import OrderedDict
from typing import TypeAlias
from urllib.parse import quote_plus, urlencode

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from fener.domain.check import CheckOrder, Failure, Success, Unknown
from fener.domain.credentials import OAuthCredentials
from fener.domain.failure import FailureReason
from fener.domain.kinds.http import HttpSettings, JsonAssertion
from fener.domain.time import HOUR, MINUTE, SECOND, Span
from fener.pipeline.probe.errand import Errand
from fener.pipeline.probe.requests import plan
from fener.pipeline.probe.visit import Visit
from fener.pipeline.probe.world import World

CACHE_SIZE = 1_000
_LONGEST: Span = 1 * HOUR
_UNSAID: Span = 1 * MINUTE
"""How long a token is kept that does not say how long it lasts."""
_EARLY: Span = 30 * SECOND
_REFUSALS = frozenset({FailureReason.WRONG_STATUS, FailureReason.WRONG_JSON})
Key: TypeAlias = tuple[OAuthCredentials, bool, bool]


class Token(Struct, frozen=True):
    value: str
    is_fresh: bool
    """Fetched for this very check."""


class Refused(Struct, frozen=True):
    """There is no token; the visit to the endpoint is the evidence."""

    outcome: Failure | Unknown
    visit: Visit


class _Grant(Struct):
    """What of an endpoint's answer counts (RFC 6749, 5.1)."""

    access_token: str
    expires_in: float | str | None = None


class _Kept(Struct):
    token: str = ""
    until: Span = 0


class TokenOffice:
    """One for a process."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._kept: OrderedDict[Key, _Kept] = OrderedDict()

    async def token(
        self, order: CheckOrder, asking: HttpSettings, credentials: OAuthCredentials
    ) -> Token | Refused:
        """One that is good for some time still. Raises ValueError or BadUrl for a bad setting."""
        kept = self._entry((credentials, asking.verify_tls, order.allow_private))
        if kept.token and self._world.clock.monotonic() < kept.until:
            return Token(kept.token, is_fresh=False)
        return await self._fetched(kept, order, asking, credentials)

    def forget(self, order: CheckOrder, asking: HttpSettings, spent: Token) -> None:
        """It was not accepted."""
        if isinstance(order.credentials, OAuthCredentials):
            kept = self._entry((order.credentials, asking.verify_tls, order.allow_private))
            if kept.token == spent.value:
                kept.token = ""

    def _entry(self, key: Key) -> _Kept:
        kept = self._kept.setdefault(key, _Kept())
        self._kept.move_to_end(key)
        if len(self._kept) > CACHE_SIZE:
            self._kept.popitem(last=False)
        return kept

    async def _fetched(
        self,
        kept: _Kept,
        order: CheckOrder,
        asking: HttpSettings,
        credentials: OAuthCredentials,
    ) -> Token | Refused:
        settings = _settings(credentials, asking)
        asked = replace(order, settings=settings, credentials=None, client_certificate=None)
        first = plan(asked, settings)
        visit = Visit(first.request)
        visit.secrets = (*first.secrets, *secrets_of(credentials))
        outcome = await Errand(self._world, asked, settings, visit).run()
        if not isinstance(outcome, Success):
            return Refused(_told(outcome, visit), visit)
        grant = _read(visit)
        if grant is None:
            said = "the answer of the token endpoint holds no token"
            return Refused(Failure(FailureReason.TOKEN_REFUSED, said), visit)
        kept.token, lasts = grant.access_token, _lasts(grant)
        kept.until = self._world.clock.monotonic() + lasts - min(_EARLY, lasts // 10)
        return Token(grant.access_token, is_fresh=True)


def secrets_of(credentials: OAuthCredentials) -> tuple[str, ...]:
    """All forms in which the client's secret goes over the wire."""
    proof = _proof(credentials)
    return (proof, credentials.client_secret, quote_plus(credentials.client_secret))


def _proof(credentials: OAuthCredentials) -> str:
    """RFC 6749, 2.3.1: both parts are encoded as a form's are, before they are joined."""
    parts = quote_plus(credentials.client_id), quote_plus(credentials.client_secret)
    return b64encode(":".join(parts).encode()).decode()


def _settings(credentials: OAuthCredentials, asking: HttpSettings) -> HttpSettings:
    scope = {"scope": credentials.scope} if credentials.scope else {}
    return HttpSettings(
        url=credentials.token_url,
        method="POST",
        headers=(
            ("Authorization", f"Basic {_proof(credentials)}"),
            ("Accept", "application/json"),
            ("Content-Type", "application/x-www-form-urlencoded"),
        ),
        body=urlencode({"grant_type": "client_credentials", **scope}),
        json=(JsonAssertion("$.access_token"),),
        follow_redirects=False,
        verify_tls=asking.verify_tls,
        ip_version=asking.ip_version,
        proxy=asking.proxy,
    )


def _told(outcome: Failure | Unknown, visit: Visit) -> Failure | Unknown:
    """That it was the endpoint. Failures by time keep their reason: some of them are doubted."""
    host = visit.request.url.origin.host
    message = visit.clean(f"no token from {host}: {outcome.message}{_error(visit)}")
    if isinstance(outcome, Failure) and outcome.reason in _REFUSALS:
        return Failure(FailureReason.TOKEN_REFUSED, message)
    return replace(outcome, message=message)


def _error(visit: Visit) -> str:
    """The code of an error answer, such as `invalid_client` (RFC 6749, 5.2)."""
    try:
        read = msgspec.json.decode(visit.body.kept() if visit.body else b"", type=dict[str, object])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    code = read.get("error")
    return f" ({code[:100]})" if isinstance(code, str) else ""


def _read(visit: Visit) -> _Grant | None:
    try:
        grant = msgspec.json.decode(visit.body.kept() if visit.body else b"", type=_Grant)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None
    return grant if grant.access_token.isascii() and grant.access_token.isprintable() else None


def _lasts(grant: _Grant) -> Span:
    try:
        seconds = _UNSAID / SECOND if grant.expires_in is None else float(grant.expires_in)
    except ValueError:
        return _UNSAID
    # In this order whatever is no number, as NaN, becomes none at all.
    return round(min(max(0.0, seconds), _LONGEST / SECOND) * SECOND)
