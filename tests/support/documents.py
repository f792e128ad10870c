"""The real OpenAPI documents of both contracts, for pages that are drawn from them."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from fener.actions.context import Context
from fener.api.app import create_api
from fener.api.options import ApiOptions
from fener.storage.database import Database
from fener.storage.sealing import Sealer
from fener.testing.clock import FakeClock
from support.people import SilentDoorbells
from support.store import new_id


@cache
def documents() -> Mapping[str, Mapping[str, Any]]:
    """By contract. Nothing is asked of the store, which stays closed."""
    context = Context(
        database=Database(Path("nowhere")),
        sealer=Sealer(b"0123456789abcdef"),
        clock=FakeClock(),
        doorbells=SilentDoorbells(),
        new_id=new_id,
    )
    api = create_api(context, ApiOptions(rate_limit=0))
    return {str(contract): document for contract, document in api.documents.items()}
