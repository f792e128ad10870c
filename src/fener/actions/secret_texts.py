"""Secrets that Fener gives out: made at random, shown once, kept only as hashes.

They carry 128 bits of chance or more, so one round of SHA-256 suffices: there is nothing to guess,
and a look-up by hash takes no time that says anything about a stored one.
"""

import hashlib
import hmac
import secrets

TOKEN_PREFIX = "wsm_"  # noqa: S105 - what every token of an organization begins with
_HINT_LENGTH = {True: 8, False: 4}


def organization_token() -> str:
    return TOKEN_PREFIX + secrets.token_hex(24)


def account_key() -> str:
    return secrets.token_hex(16)


def link_secret() -> str:
    """For cookies and one-time links: 256 bits that stand in an address unescaped."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def is_same(secret: str, known_hash: str) -> bool:
    return hmac.compare_digest(hashed(secret), known_hash)


def hint(secret: str) -> str:
    """How the secret begins, for people to tell their tokens apart: `wsm_f7e6...`."""
    return secret[: _HINT_LENGTH[secret.startswith(TOKEN_PREFIX)]] + "..."
