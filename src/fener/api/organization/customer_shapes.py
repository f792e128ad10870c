"""How the organization API shows customers: with the title of their package where they are read,
with its key where they were changed.
"""

from typing import Any

from msgspec import Struct

from fener.api.organization.times import time_or_none
from fener.domain.customer import Customer
from fener.domain.time import iso_text


class _Customer(Struct, rename="camel", kw_only=True):
    """What is null or 0 here belongs to what Fener does not do."""

    id: int
    public_id: str
    organization_id: int
    name: str
    email: str
    notification_phone_number: str | None
    notification_email: str | None
    package_id: int
    status: str
    allowed_check_country_codes: list[str] | None
    cancellation_date: str | None
    cancelled_at: str | None
    custom_fields: dict[str, Any]
    monthly_reports_enabled: bool
    notification_channels: dict[str, bool] | None
    notification_targets: dict[str, str] | None
    notification_rules: dict[str, Any] | None
    sms_usage_current_month: int
    created_at: str
    updated_at: str


class CustomerRecord(_Customer, kw_only=True):
    """A customer, as lists and details show it."""

    package_display_name: str


class ChangedCustomerRecord(_Customer, kw_only=True):
    """A customer, as what changes one answers."""

    package_type: str


class ChangedCustomer(Struct):
    success: bool
    customer: ChangedCustomerRecord


def shown(customer: Customer) -> CustomerRecord:
    return CustomerRecord(package_display_name=customer.policy_title, **_common(customer))


def changed(customer: Customer) -> ChangedCustomer:
    record = ChangedCustomerRecord(package_type=customer.policy_name, **_common(customer))
    return ChangedCustomer(True, record)


def _common(customer: Customer) -> dict[str, Any]:
    details = customer.details
    return {
        "id": customer.id,
        "public_id": str(customer.public_id),
        "organization_id": customer.organization_id,
        "name": customer.name,
        "email": customer.email,
        "notification_phone_number": details.notification_phone_number,
        "notification_email": details.notification_email,
        "package_id": customer.policy_id,
        "status": customer.status,
        "allowed_check_country_codes": None,
        "cancellation_date": time_or_none(customer.ends_at),
        "cancelled_at": time_or_none(customer.cancelled_at),
        "custom_fields": details.custom_fields,
        "monthly_reports_enabled": details.monthly_reports_enabled,
        "notification_channels": None,
        "notification_targets": None,
        "notification_rules": None,
        "sms_usage_current_month": 0,
        "created_at": iso_text(customer.created_at),
        "updated_at": iso_text(customer.updated_at),
    }


_EXAMPLE = {
    "id": 7,
    "publicId": "019b7a2c-5a00-7c3e-9d11-0a8f5e2b7c41",
    "organizationId": 1,
    "name": "Lakeside Books",
    "email": "hello@lakeside.example",
    "notificationPhoneNumber": None,
    "notificationEmail": None,
    "packageId": 1,
    "status": "active",
    "allowedCheckCountryCodes": None,
    "cancellationDate": None,
    "cancelledAt": None,
    "customFields": {"contract": "L-204"},
    "monthlyReportsEnabled": False,
    "notificationChannels": None,
    "notificationTargets": None,
    "notificationRules": None,
    "smsUsageCurrentMonth": 0,
    "createdAt": "2026-02-26T12:10:00.000Z",
    "updatedAt": "2026-02-26T12:10:00.000Z",
}
READ_EXAMPLE = {**_EXAMPLE, "packageDisplayName": "Standard"}
CHANGED_EXAMPLE = {"success": True, "customer": {**_EXAMPLE, "packageType": "standard"}}
