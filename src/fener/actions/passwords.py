"""Passwords: what will do, and argon2id in threads of its own, so that no loop waits for it."""

import asyncio
import unicodedata
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fener.domain.errors import Invalid

SHORTEST = 10
LONGEST = 1_000
HASHER = PasswordHasher()
"""argon2id with the parameters of RFC 9106 for 64 MiB."""
_THREADS = ThreadPoolExecutor(2, "fener-password")
"""Few, for each hash takes 64 MiB while it is made."""
_NOBODYS = (
    "$argon2id$v=19$m=65536,t=3,p=4$ckm1GqnwTDU1UUru/BO5kg$"
    "27lnwsvVpXDzbH2c/ziXKbnWy2+HM7WkZRXfXkHQoT8"
)
"""Compared where there is no password, so that this takes as long as where there is one."""


def check(password: str) -> str:
    """The password in the one form that is hashed. Raises Invalid for one that will not do."""
    normal = unicodedata.normalize("NFKC", password)
    if len(normal) < SHORTEST:
        raise Invalid(
            f"A password needs at least {SHORTEST} characters; this one has {len(normal)}.",
            "password",
        )
    if len(normal) > LONGEST:
        raise Invalid(f"A password has at most {LONGEST} characters.", "password")
    return normal


async def hashed(password: str) -> str:
    """What is stored of a password. Raises Invalid for one that will not do."""
    return await hashed_again(check(password))


async def hashed_again(password: str) -> str:
    """What is stored of a password that was accepted before."""
    normal = unicodedata.normalize("NFKC", password)
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, lambda: HASHER.hash(_bytes(normal)))


async def matches(stored: str | None, password: str) -> bool:
    """Whether it is the stored one; takes the same time where none is stored."""
    normal = unicodedata.normalize("NFKC", password[:LONGEST])
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_THREADS, _matches, stored, normal)


def _matches(stored: str | None, normal: str) -> bool:
    try:
        HASHER.verify(stored or _NOBODYS, _bytes(normal))
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def _bytes(normal: str) -> bytes:
    """JSON can carry half a surrogate pair, which has no UTF-8 form."""
    return normal.encode("utf-8", "surrogatepass")


def is_outdated(stored: str) -> bool:
    """Whether it was made with other parameters than are used now."""
    return HASHER.check_needs_rehash(stored)
