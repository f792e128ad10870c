"""Every table, declared once. Alembic compares these with the migrations.

Times are UTC milliseconds (`*_at`), spans milliseconds (`*_ms`), structures JSON text. Columns
named `sealed*` hold ciphertext of `fener.storage.sealing`.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.schema import SchemaItem

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _table(name: str, *columns: SchemaItem) -> Table:
    """A table with an id of its own that no later row is ever given again."""
    return Table(name, METADATA, _key(), *columns, sqlite_autoincrement=True)


def _key() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _ref(name: str, target: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{target}.id", ondelete="CASCADE"), nullable=nullable)


def _time(name: str, *, nullable: bool = False) -> Column[int]:
    return Column(name, BigInteger, nullable=nullable)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> Column[str]:
    given = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=nullable, server_default=given)


def _count(name: str, *, default: int = 0) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text(str(default)))


def _flag(name: str, *, default: bool) -> Column[bool]:
    return Column(name, Boolean, nullable=False, server_default=text("1" if default else "0"))


ORGANIZATIONS = _table(
    "organizations",
    Column("public_id", Text, nullable=False, unique=True),
    _text("name"),
    _text("details", default="{}"),
    _flag("allow_private", default=False),
    _time("created_at"),
)

USERS = _table(
    "users",
    Column("public_id", Text, nullable=False, unique=True),
    Column("email", Text, nullable=False, unique=True),
    _text("first_name", default=""),
    _text("last_name", default=""),
    _text("password_hash", nullable=True),
    _text("language", default="en"),
    _text("timezone", default="UTC"),
    _ref("active_organization_id", "organizations", nullable=True),
    _flag("is_enabled", default=True),
    _count("total_logins"),
    _time("created_at"),
    _time("last_seen_at", nullable=True),
)

POLICIES = _table(
    "policies",
    _ref("organization_id", "organizations"),
    _text("package_type"),
    _text("display_name"),
    _count("confirm_after", default=3),
    _count("recover_after", default=2),
    _count("recheck_every_ms", default=10_000),
    _text("quorum", default="majority"),
    _count("quorum_count", default=1),
    Column("reminder_every_ms", BigInteger, server_default=text("3600000")),
    _count("certificate_warn_before_ms", default=1_209_600_000),
    _count("certificate_critical_before_ms", default=259_200_000),
    _count("flap_turns", default=6),
    _count("flap_window_ms", default=3_600_000),
    _count("flap_hold_ms", default=300_000),
    _count("flap_calm_ms", default=1_800_000),
    _time("created_at"),
    _time("updated_at"),
    UniqueConstraint("organization_id", "package_type"),
)

CUSTOMERS = _table(
    "customers",
    Column("public_id", Text, nullable=False, unique=True),
    _ref("organization_id", "organizations"),
    _text("name"),
    _text("email", default=""),
    _ref("policy_id", "policies"),
    _text("status", default="active"),
    _text("details", default="{}"),
    _count("incidents_total"),
    _time("cancelled_at", nullable=True),
    _time("created_at"),
    _time("updated_at"),
    Index(None, "organization_id"),
    Index(None, "policy_id"),
)

MEMBERS = _table(
    "members",
    _ref("organization_id", "organizations"),
    _ref("user_id", "users"),
    _text("role"),
    _flag("is_limited", default=False),
    _time("created_at"),
    UniqueConstraint("organization_id", "user_id"),
    Index(None, "user_id"),
)

MEMBER_CUSTOMERS = Table(
    "member_customers",
    METADATA,
    _ref("member_id", "members"),
    _ref("customer_id", "customers"),
    PrimaryKeyConstraint("member_id", "customer_id"),
    Index(None, "customer_id"),
)

TOKENS = _table(
    "tokens",
    _text("kind"),
    _text("name"),
    _text("hint"),
    Column("hash", Text, nullable=False, unique=True),
    _ref("organization_id", "organizations", nullable=True),
    _ref("user_id", "users", nullable=True),
    _ref("customer_id", "customers", nullable=True),
    _time("created_at"),
    _time("expires_at", nullable=True),
    _time("last_used_at", nullable=True),
    Index(None, "organization_id"),
    Index(None, "user_id"),
)

SESSIONS = _table(
    "sessions",
    Column("hash", Text, nullable=False, unique=True),
    _ref("user_id", "users"),
    _text("csrf_token"),
    _text("user_agent", default=""),
    _text("address", default=""),
    _time("created_at"),
    _time("expires_at"),
    _time("last_seen_at"),
    Index(None, "user_id"),
)

LOCATIONS = _table(
    "locations",
    Column("code", Text, nullable=False, unique=True),
    _text("name"),
    _text("country", default=""),
)

MONITORS = _table(
    "monitors",
    Column("public_id", Text, nullable=False, unique=True),
    _ref("organization_id", "organizations"),
    _ref("customer_id", "customers"),
    _ref("owner_id", "users"),
    _text("kind"),
    _text("name"),
    _text("target"),
    _text("settings"),
    _text("sealed_credentials", nullable=True),
    Column("ping_key", Text, unique=True),
    _count("interval_ms"),
    _count("timeout_ms"),
    _text("channel_ids", nullable=True),
    Column("policy_id", Integer, ForeignKey("policies.id", ondelete="SET NULL")),
    _time("created_at"),
    _time("updated_at"),
    _time("paused_at", nullable=True),
    _time("deleted_at", nullable=True),
    # Of all monitors together, when this one was changed last.
    _count("revision"),
    Index(None, "organization_id"),
    Index(None, "customer_id"),
    Index(None, "revision"),
    Index(None, "policy_id"),
)

MONITOR_LOCATIONS = Table(
    "monitor_locations",
    METADATA,
    _ref("monitor_id", "monitors"),
    _ref("location_id", "locations"),
    PrimaryKeyConstraint("monitor_id", "location_id"),
    Index(None, "location_id"),
)

MONITOR_STATES = Table(
    "monitor_states",
    METADATA,
    # What is checked at the same time is written together: `fener.domain.spread`.
    Column("spread", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column(
        "monitor_id",
        Integer,
        ForeignKey("monitors.id", ondelete="CASCADE"),
        nullable=False,
        unique=True,
    ),
    _text("health", default="unknown"),
    _flag("is_degraded", default=False),
    _flag("is_flapping", default=False),
    _time("since"),
    _text("state", default="{}"),
    _time("recheck_at", nullable=True),
    _time("due_at", nullable=True),
    _time("last_checked_at", nullable=True),
    _text("last_outcome", nullable=True),
    _text("last_reason", nullable=True),
    _text("last_message", nullable=True),
    _text("last_facts", nullable=True),
    Column("last_total_us", BigInteger),
    _count("checks_total"),
    _count("checks_failed"),
    _count("checks_unknown"),
    # Good ones that took a time, whose sum it is.
    _count("checks_timed"),
    _count("total_us_sum"),
    _count("changes_total"),
    _time("last_changed_at", nullable=True),
    # Of heartbeats alone: the others' states are written with each check.
    Index(
        "ix_monitor_states_due_at",
        "due_at",
        sqlite_where=text("due_at IS NOT NULL"),
        postgresql_where=text("due_at IS NOT NULL"),
    ),
)

SEQUENCES = Table("sequences", METADATA, Column("name", Text, primary_key=True), _count("last_id"))


def _seen() -> list[Column[Any]]:
    """What is kept of a check, wherever it lies."""
    return [
        Column("location_id", Integer, nullable=False),
        _text("purpose"),
        _time("finished_at"),
        _text("outcome"),
        _text("reason", nullable=True),
        _text("message", nullable=True),
        _text("facts", nullable=True),
        Column("status_code", Integer),
        Column("total_us", BigInteger),
        Column("dns_us", BigInteger),
        Column("connect_us", BigInteger),
        Column("tls_us", BigInteger),
        Column("first_byte_us", BigInteger),
        Column("transfer_us", BigInteger),
        _text("evidence", nullable=True),
    ]


# Results as they come, one behind the other. The view `all_results` shows them and the filed ones
# together, `unfiled_results` those that are not filed yet.
FRESH_RESULTS = Table(
    "fresh_results",
    METADATA,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("monitor_id", Integer, nullable=False),
    _time("at"),
    *_seen(),
)

# How far the filing has come that goes on: up to which result, through which monitor.
FILING = Table(
    "filing",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("last_result", BigInteger, nullable=False),
    Column("last_monitor", Integer, nullable=False),
)

CHECK_RESULTS = Table(
    "check_results",
    METADATA,
    Column("monitor_id", Integer, nullable=False),
    _time("at"),
    Column("id", BigInteger, nullable=False),
    *_seen(),
    PrimaryKeyConstraint("monitor_id", "at", "id"),
    sqlite_with_rowid=False,
)

HOURS = Table(
    "hours",
    METADATA,
    Column("monitor_id", Integer, nullable=False),
    Column("hour", Integer, nullable=False),
    _count("checks"),
    _count("failed"),
    _count("unknown"),
    # Of the good ones alone, as is the histogram: `fener.domain.histogram`.
    _count("total_us_sum"),
    Column("least_us", BigInteger),
    Column("most_us", BigInteger),
    _text("histogram", default="{}"),
    PrimaryKeyConstraint("monitor_id", "hour"),
    sqlite_with_rowid=False,
)

DAYS = Table(
    "days",
    METADATA,
    Column("monitor_id", Integer, nullable=False),
    Column("day", Integer, nullable=False),
    _count("checks"),
    _count("failed"),
    _count("unknown"),
    _count("timed"),
    _count("total_us_sum"),
    PrimaryKeyConstraint("monitor_id", "day"),
    sqlite_with_rowid=False,
)

CERTIFICATES = Table(
    "certificates",
    METADATA,
    Column("monitor_id", Integer, ForeignKey("monitors.id", ondelete="CASCADE"), primary_key=True),
    _text("facts"),
)

GOOD_ANSWERS = Table(
    "good_answers",
    METADATA,
    _ref("monitor_id", "monitors"),
    Column("check_id", BigInteger, nullable=False),
    _time("at"),
    Column("location_id", Integer, nullable=False),
    _text("evidence"),
    PrimaryKeyConstraint("monitor_id", "check_id"),
)

TRANSITIONS = _table(
    "transitions",
    _ref("monitor_id", "monitors"),
    _text("problem"),
    _time("at"),
    _text("before"),
    _text("after"),
    _text("why"),
    _time("began_at"),
    Column("check_id", BigInteger, nullable=False),
    # With all that uptimes are computed from in it, they are read without touching a row.
    Index(None, "monitor_id", "problem", "at", "id", "began_at", "after"),
)

INCIDENTS = _table(
    "incidents",
    Column("public_id", Text, nullable=False, unique=True),
    _ref("organization_id", "organizations"),
    _ref("customer_id", "customers"),
    _ref("monitor_id", "monitors"),
    _text("problem"),
    _text("cause"),
    _text("status", default="open"),
    _time("start_at"),
    Column("start_check_id", BigInteger, nullable=False),
    _time("opened_at"),
    Column("opening_check_id", BigInteger, nullable=False),
    _time("end_at", nullable=True),
    Column("end_check_id", BigInteger, nullable=False, server_default=text("0")),
    _time("resolved_at", nullable=True),
    _text("resolution", nullable=True),
    _time("acknowledged_at", nullable=True),
    _ref("acknowledged_by", "users", nullable=True),
    _time("last_failed_at", nullable=True),
    _count("failed_checks"),
    _text("reason"),
    _text("message", nullable=True),
    _text("facts", default="{}"),
    Column("status_code", Integer),
    Column("total_us", BigInteger),
    _time("last_notified_at", nullable=True),
    _time("remind_at", nullable=True),
    _count("reminders"),
    _text("channel_ids", default="[]"),
    _time("ends_at", nullable=True),
    _text("comment", nullable=True),
    _text("postmortem", nullable=True),
    # With the customer in it, a limited member's pages are found without touching a row.
    Index(None, "organization_id", "id", "customer_id"),
    Index(None, "customer_id", "id"),
    Index(None, "monitor_id", "id"),
    Index(
        "uq_incidents_open",
        "monitor_id",
        "problem",
        unique=True,
        sqlite_where=text("status = 'open'"),
        postgresql_where=text("status = 'open'"),
    ),
    Index(
        "ix_incidents_remind_at",
        "remind_at",
        sqlite_where=text("remind_at IS NOT NULL"),
        postgresql_where=text("remind_at IS NOT NULL"),
    ),
)

INCIDENT_CHECKS = Table(
    "incident_checks",
    METADATA,
    _ref("incident_id", "incidents"),
    Column("check_id", BigInteger, nullable=False),
    _text("part"),
    _time("at"),
    Column("location_id", Integer, nullable=False),
    _time("finished_at"),
    _text("outcome"),
    _text("reason", nullable=True),
    _text("message", nullable=True),
    _text("facts", nullable=True),
    Column("status_code", Integer),
    Column("total_us", BigInteger),
    _text("evidence", nullable=True),
    PrimaryKeyConstraint("incident_id", "part"),
)

INCIDENT_EVENTS = _table(
    "incident_events",
    _ref("incident_id", "incidents"),
    _text("kind"),
    _time("at"),
    _ref("user_id", "users", nullable=True),
    _text("detail", default="{}"),
    Index(None, "incident_id", "at"),
)

CHANNELS = _table(
    "channels",
    _ref("organization_id", "organizations"),
    _ref("customer_id", "customers", nullable=True),
    _ref("monitor_id", "monitors", nullable=True),
    _text("kind"),
    _text("name"),
    _text("settings", default="{}"),
    _text("sealed_secrets", nullable=True),
    _flag("is_active", default=True),
    _time("created_at"),
    _time("updated_at"),
    _time("deleted_at", nullable=True),
    Index(None, "organization_id"),
    Index(None, "customer_id"),
)

BLIND_SPELLS = _table(
    "blind_spells",
    Column("public_id", Text, nullable=False, unique=True),
    _time("began_at"),
    _time("ended_at", nullable=True),
    _text("why"),
)

NOTIFICATIONS = _table(
    "notifications",
    _ref("organization_id", "organizations"),
    _ref("incident_id", "incidents", nullable=True),
    _ref("blind_spell_id", "blind_spells", nullable=True),
    _ref("channel_id", "channels"),
    _text("event"),
    _count("step"),
    Column("dedup_key", Text, nullable=False, unique=True),
    _text("status", default="owed"),
    _time("due_at"),
    _time("held_until", nullable=True),
    _time("leased_until", nullable=True),
    _count("attempts"),
    _time("created_at"),
    _time("sent_at", nullable=True),
    _text("last_error", nullable=True),
    Index(None, "incident_id"),
    Index(None, "channel_id"),
    Index(
        "ix_notifications_owed",
        "due_at",
        sqlite_where=text("status = 'owed'"),
        postgresql_where=text("status = 'owed'"),
    ),
)

DELIVERY_ATTEMPTS = _table(
    "delivery_attempts",
    _ref("notification_id", "notifications"),
    _count("attempt"),
    _time("at"),
    _flag("ok", default=False),
    _text("answer"),
    _count("took_ms"),
    Index(None, "notification_id"),
)

PINGS = _table(
    "pings",
    _ref("monitor_id", "monitors"),
    _time("at"),
    _text("action"),
    Column("exit_status", Integer),
    _text("run_id", nullable=True),
    _text("body", nullable=True),
    _text("source", default=""),
    _text("user_agent", default=""),
    Column("check_id", BigInteger),
    Column("duration_ms", BigInteger),
    Index(None, "monitor_id", "id"),
)

LIVENESS = Table(
    "liveness",
    METADATA,
    Column("role", Text, primary_key=True),
    _time("wall_at"),
    Column("monotonic_ms", BigInteger, nullable=False),
)

DEAF_PERIODS = _table(
    "deaf_periods",
    _time("from_at"),
    _time("until_at"),
    _text("why"),
    Index(None, "until_at"),
)

AUDIT_ENTRIES = _table(
    "audit_entries",
    _ref("organization_id", "organizations", nullable=True),
    _time("at"),
    _ref("user_id", "users", nullable=True),
    Column("token_id", Integer),
    _text("credential"),
    _text("action"),
    _text("subject"),
    _text("detail", default="{}"),
    Index(None, "organization_id", "id"),
)

FACTS = Table("facts", METADATA, Column("name", Text, primary_key=True), _text("value"))
