"""Password hashing made cheap: with its real parameters one hash outlasts most tests."""

from collections.abc import Iterator
from contextlib import contextmanager

from argon2 import PasswordHasher

from fener.actions import passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
_NOBODYS = CHEAP.hash("of nobody")


@contextmanager
def cheap_hashing() -> Iterator[None]:
    before = passwords.HASHER, passwords._NOBODYS
    passwords.HASHER, passwords._NOBODYS = CHEAP, _NOBODYS
    try:
        yield
    finally:
        passwords.HASHER, passwords._NOBODYS = before
