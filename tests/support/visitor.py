"""Asks the web app as a browser does: with its headers, its cookie and the token of its forms."""

from collections.abc import Mapping
from urllib.parse import urlencode

from support.api import HOST, Answer, Client

ORIGIN = {"origin": f"http://{HOST}"}


class Visitor:
    """Somebody with a browser's headers, signed in or not."""

    def __init__(self, client: Client, cookie: str = "", csrf: str = "") -> None:
        self._client = client
        self._headers = {"cookie": f"fener_session={cookie}"} if cookie else {}
        self._csrf = csrf

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> Answer:
        return await self._client.get(path, headers={**self._headers, **(headers or {})})

    async def post(
        self,
        path: str,
        headers: Mapping[str, str] = ORIGIN,
        /,
        csrf: str | None = None,
        **fields: str | list[str],
    ) -> Answer:
        given = {"csrf": self._csrf if csrf is None else csrf, **fields}
        sent = {
            **self._headers,
            "content-type": "application/x-www-form-urlencoded",
            **headers,
        }
        body = urlencode(given, doseq=True).encode()
        return await self._client.post(path, body=body, headers=sent)
