"""Rows about people read into `fener.domain.people`."""

from uuid import UUID

from fener.domain.people import (
    BrowserSession,
    Language,
    Member,
    Membership,
    Role,
    Token,
    TokenKind,
    User,
)
from fener.storage.database import Row
from fener.storage.ids import split_ids


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


def user(row: Row) -> User:
    return User(
        id=row["id"],
        public_id=UUID(row["public_id"]),
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        language=Language(row["language"]),
        timezone=row["timezone"],
        active_organization_id=row["active_organization_id"],
        is_enabled=bool(row["is_enabled"]),
        total_logins=row["total_logins"],
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
    )


def membership(row: Row) -> Membership:
    return Membership(row["organization_id"], row["name"], Role(row["role"]))


def member(row: Row) -> Member:
    return Member(
        user_id=row["user_id"],
        public_id=UUID(row["public_id"]),
        organization_id=row["organization_id"],
        email=row["email"],
        first_name=row["first_name"],
        last_name=row["last_name"],
        role=Role(row["role"]),
        customer_ids=frozenset(split_ids(row["customer_ids"])) if row["is_limited"] else None,
        is_enabled=bool(row["is_enabled"]),
        has_password=bool(row["has_password"]),
        is_elsewhere=bool(row["is_elsewhere"]),
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
    )


def browser_session(row: Row, current_id: int | None) -> BrowserSession:
    return BrowserSession(
        id=row["id"],
        user_agent=row["user_agent"],
        address=row["address"],
        created_at=row["created_at"],
        last_seen_at=row["last_seen_at"],
        expires_at=row["expires_at"],
        is_current=row["id"] == current_id,
    )
