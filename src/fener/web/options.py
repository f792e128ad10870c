"""What the web app is handed beside the actions' context."""

from collections.abc import Mapping
from typing import Any

from msgspec import Struct

from fener.actions.context import Context
from fener.actions.throttle import SignInThrottle
from fener.faults import FaultBoard
from fener.pipeline.publish.publisher import Publisher


class WebOptions(Struct, frozen=True, kw_only=True):
    """`documents` are the OpenAPI documents of the contracts `account` and `organization`."""

    publisher: Publisher
    faults: FaultBoard
    documents: Mapping[str, Mapping[str, Any]] = {}
    public_url: str = ""
    can_mail: bool = False
    """Whether a mail server is set: without one no e-mail channel reaches anybody."""
    trusted_proxies: tuple[str, ...] = ()
    pseudo_language: bool = False
    """Offer the accented test language `en-XA`."""


class Services(Struct, frozen=True):
    """What a view works with."""

    context: Context
    options: WebOptions
    throttle: SignInThrottle
