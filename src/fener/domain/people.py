"""Who asks, and what each role may do: the table of rights.

A role gives permissions, a scope (`customer_ids`) limits where they hold. Both are asked together
by `Identity.may`, so no caller can remember one and forget the other.
"""

from enum import StrEnum
from uuid import UUID

from msgspec import Struct

from fener.domain.errors import Invalid
from fener.domain.time import Instant


class Role(StrEnum):
    """A member's role in an organization."""

    OWNER = "owner"
    ADMIN = "admin"
    USER = "user"
    READONLY = "readonly"


class Permission(StrEnum):
    READ = "read"
    """See monitors, incidents, checks and customers."""
    RESPOND = "respond"
    """Acknowledge, comment on, resolve and delete incidents."""
    WATCH = "watch"
    """Add, change, pause, check and delete monitors and heartbeats."""
    TELL = "tell"
    """See and change channels."""
    MANAGE_CUSTOMERS = "manage_customers"
    MANAGE_PEOPLE = "manage_people"
    """Members, tokens and the audit log."""
    MANAGE_ORGANIZATION = "manage_organization"


_USER = frozenset({Permission.READ, Permission.RESPOND, Permission.WATCH, Permission.TELL})
RIGHTS: dict[Role, frozenset[Permission]] = {
    Role.READONLY: frozenset({Permission.READ}),
    Role.USER: _USER,
    Role.ADMIN: frozenset(Permission),
    Role.OWNER: frozenset(Permission),
}
LIMITABLE = frozenset({Role.USER, Role.READONLY})
"""Roles whose members may be limited to some customers."""


class Credential(StrEnum):
    """By what somebody proved who they are."""

    SESSION = "session"
    ACCOUNT_KEY = "account_key"
    TOKEN = "token"  # noqa: S105 - the word, not a secret
    COMMAND_LINE = "command_line"


class Identity(Struct, frozen=True):
    """Somebody asking, in one organization. `customer_ids` None means every customer of it."""

    organization_id: int
    role: Role
    credential: Credential
    user_id: int | None = None
    token_id: int | None = None
    customer_ids: frozenset[int] | None = None

    def may(self, permission: Permission, customer_id: int | None = None) -> bool:
        """Whether the role permits it and, where a customer is named, the scope reaches it."""
        return permission in RIGHTS[self.role] and (
            customer_id is None or self.reaches(customer_id)
        )

    def reaches(self, customer_id: int) -> bool:
        return self.customer_ids is None or customer_id in self.customer_ids

    @property
    def is_limited(self) -> bool:
        return self.customer_ids is not None


class Language(StrEnum):
    """What Fener's pages and messages can be read in."""

    ENGLISH = "en"
    GERMAN = "de"
    TURKISH = "tr"
    CHINESE = "zh"

    @classmethod
    def of(cls, text: str) -> "Language":
        """Raises Invalid for a language that Fener does not speak."""
        try:
            return cls(text)
        except ValueError:
            known = ", ".join(cls)
            raise Invalid(f"{text!r} is no language of Fener: {known}.", "language") from None


class User(Struct, frozen=True, kw_only=True):
    """A person's account, without the password."""

    id: int
    public_id: UUID
    email: str
    first_name: str
    last_name: str
    language: Language
    timezone: str
    active_organization_id: int | None
    is_enabled: bool
    total_logins: int
    created_at: Instant
    last_seen_at: Instant | None


class Membership(Struct, frozen=True):
    """An organization that a user belongs to."""

    organization_id: int
    name: str
    role: Role


class Member(Struct, frozen=True, kw_only=True):
    """A user as a member of one organization."""

    user_id: int
    public_id: UUID
    organization_id: int
    email: str
    first_name: str
    last_name: str
    role: Role
    customer_ids: frozenset[int] | None
    """What a limited member reaches; None: every customer."""
    is_enabled: bool
    has_password: bool
    is_elsewhere: bool
    """A member of other organizations too, so nobody's to rename or give a password."""
    created_at: Instant
    """When they joined."""
    last_seen_at: Instant | None


class BrowserSession(Struct, frozen=True, kw_only=True):
    """A browser in which somebody is signed in."""

    id: int
    user_agent: str
    address: str
    created_at: Instant
    last_seen_at: Instant
    expires_at: Instant
    is_current: bool
    """The one that asks."""


class TokenKind(StrEnum):
    ORGANIZATION = "organization"
    """`wsm_` and a secret: acts for an organization, or for one customer of it."""
    ACCOUNT = "account"
    """The key of a user account: acts as its user."""


class Token(Struct, frozen=True, kw_only=True):
    """A token or account key as people may see it: never the secret, only its beginning."""

    id: int
    kind: TokenKind
    name: str
    hint: str
    created_at: Instant
    organization_id: int | None = None
    user_id: int | None = None
    customer_id: int | None = None
    customer_name: str | None = None
    expires_at: Instant | None = None
    last_used_at: Instant | None = None
