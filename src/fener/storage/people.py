"""Rows about people read into `fener.domain.people`."""

from fener.domain.people import Token, TokenKind
from fener.storage.database import Row

LARGEST_ID = 2**63 - 1


def is_id(number: int) -> bool:
    """Whether a row could have this id; the database refuses to compare larger numbers."""
    return 0 < number <= LARGEST_ID


def ids(text: str | None) -> frozenset[int]:
    """The numbers of a `group_concat`."""
    return frozenset(int(part) for part in text.split(",")) if text else frozenset()


def token(row: Row) -> Token:
    return Token(
        id=row["id"],
        kind=TokenKind(row["kind"]),
        name=row["name"],
        hint=row["hint"],
        organization_id=row["organization_id"],
        user_id=row["user_id"],
        customer_id=row["customer_id"],
        customer_name=row["customer_name"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        last_used_at=row["last_used_at"],
    )
