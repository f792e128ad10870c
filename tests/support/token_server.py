"""A small OAuth 2.0 token endpoint (RFC 6749, section 4.4), and a page for who has its tokens."""

import json
from base64 import b64encode
from typing import Any
from urllib.parse import parse_qs, quote_plus

from support.targets import Exchange, page


class TokenServer:
    """`endpoint` and `door` are answers for `Target.at`. `issued` is all tokens that were given."""

    def __init__(self, client: str, secret: str, **extra: Any) -> None:
        pair = f"{quote_plus(client)}:{quote_plus(secret)}"
        self._proof = f"Basic {b64encode(pair.encode()).decode()}"
        self._extra = extra
        self.issued: list[str] = []
        self.asked: list[dict[str, list[str]]] = []
        self.revoked: set[str] = set()

    async def endpoint(self, exchange: Exchange) -> None:
        request = exchange.request
        form = parse_qs(request.body.decode())
        self.asked.append(form)
        if request.headers.get("authorization") != self._proof:
            await _json({"error": "invalid_client"}, 401)(exchange)
        elif form.get("grant_type") != ["client_credentials"]:
            await _json({"error": "unsupported_grant_type"}, 400)(exchange)
        else:
            token = f"t0ken-{len(self.issued)}"
            self.issued.append(token)
            given = {"access_token": token, "token_type": "Bearer", **self._extra}
            await _json(given, 200)(exchange)

    async def door(self, exchange: Exchange) -> None:
        kind, _, token = exchange.request.headers.get("authorization", "").partition(" ")
        is_good = kind == "Bearer" and token in self.issued and token not in self.revoked
        await (page("come in") if is_good else page("closed", 401))(exchange)


def _json(content: dict[str, Any], status: int) -> Any:
    return page(json.dumps(content), status, (("Content-Type", "application/json"),))
