"""A page behind digest access authentication (RFC 7616) that really verifies what it is sent."""

import hashlib
import re
import secrets

from support.targets import Exchange, page

REALM = "the vault"
_PART = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')
_ALGORITHMS = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}


class Vault:
    """An answer for `Target.at`: opens for this user and password alone; each nonce counts once."""

    def __init__(self, username: str, password: str, algorithm: str = "SHA-256") -> None:
        self._known = (username, password)
        self._algorithm = algorithm
        self._nonces: set[str] = set()

    async def __call__(self, exchange: Exchange) -> None:
        said = exchange.request.headers.get("authorization", "")
        method, path = exchange.request.method, exchange.request.path
        if said.startswith("Digest ") and self._is_good(said, method, path):
            await page("open")(exchange)
            return
        nonce = secrets.token_hex(8)
        self._nonces.add(nonce)
        asked = f'Digest realm="{REALM}", qop="auth", algorithm={self._algorithm}, nonce="{nonce}"'
        await page("closed", 401, (("WWW-Authenticate", asked),))(exchange)

    def _is_good(self, said: str, method: str, path: str) -> bool:
        given = {name: quoted or bare for name, quoted, bare in _PART.findall(said)}
        if given["nonce"] not in self._nonces or given["uri"] != path:
            return False
        self._nonces.remove(given["nonce"])
        username, password = self._known
        who = self._hash(f"{username}:{REALM}:{password}")
        what = self._hash(f"{method}:{given['uri']}")
        middle = ":".join(given[name] for name in ("nonce", "nc", "cnonce", "qop"))
        wanted = self._hash(f"{who}:{middle}:{what}")
        return (given["username"], given["response"]) == (username, wanted)

    def _hash(self, text: str) -> str:
        return _ALGORITHMS[self._algorithm](text.encode()).hexdigest()
