"""Public ids: UUID version 7, which sort by the time at which a thing began (RFC 9562, 5.7)."""

from uuid import UUID

from fener.domain.time import Instant

RANDOM_BITS = 74
_VERSION = 0x7
_VARIANT = 0b10


def uuid7(at: Instant, randomness: int) -> UUID:
    """The UUIDv7 of an instant; `randomness` gives its 74 random bits."""
    high, low = divmod(randomness % (1 << RANDOM_BITS), 1 << 62)
    return UUID(int=at << 80 | _VERSION << 76 | high << 64 | _VARIANT << 62 | low)
