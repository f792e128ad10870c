"""Waits, last attempts and settings of channels."""

import msgspec
import pytest

from fener.domain.notification import (
    LEASE,
    MAX_ATTEMPTS,
    SEND_DEADLINE,
    Channel,
    ChannelKind,
    Event,
    Moot,
    WebhookFormat,
    is_last,
    wait_before,
)
from fener.domain.time import DAY, HOUR, MINUTE, SECOND
from support import letters


def test_waits_double_up_to_an_hour() -> None:
    waits = [wait_before(attempt) // SECOND for attempt in range(2, 15)]
    assert waits == [5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600]


def test_a_message_is_tried_for_a_day_and_little_more() -> None:
    tried_for = sum(wait_before(attempt) for attempt in range(2, MAX_ATTEMPTS + 1))
    assert DAY <= tried_for < DAY + 2 * HOUR


@pytest.mark.parametrize(
    ("attempt", "asked_for", "wait"),
    [
        (2, 30 * SECOND, 30 * SECOND),
        (2, 1 * SECOND, 5 * SECOND),
        (9, 1 * SECOND, 640 * SECOND),
        (2, 5 * HOUR, HOUR),
        (2, None, 5 * SECOND),
    ],
)
def test_a_carrier_may_ask_for_more_time_but_not_for_ever(
    attempt: int, asked_for: int | None, wait: int
) -> None:
    assert wait_before(attempt, asked_for) == wait


def test_a_test_is_tried_once_and_news_many_times() -> None:
    assert is_last(Event.TEST, 1)
    assert not is_last(Event.DOWN, MAX_ATTEMPTS - 1)
    assert is_last(Event.DOWN, MAX_ATTEMPTS)


def test_a_lease_outlasts_an_attempt_by_far() -> None:
    assert SEND_DEADLINE + MINUTE <= LEASE


def test_every_reason_not_to_send_is_a_sentence() -> None:
    assert all(reason.sentence.endswith(".") for reason in Moot)


def test_a_webhooks_settings_may_be_kept_as_secrets() -> None:
    settings = {"method": "PUT", "format": "account"}
    channel = letters.channel(ChannelKind.WEBHOOK, settings, {"url": "https://x.example/s"})
    read = channel.as_webhook()
    assert (read.url, read.method) == ("https://x.example/s", "PUT")
    assert read.format is WebhookFormat.ACCOUNT


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"url": 5},
        {"url": "https://x.example", "method": "GET"},
        {"url": "https://x.example", "timeout": 60},
        {"url": "https://x.example", "format": "xml"},
    ],
)
def test_settings_that_are_no_webhooks_are_refused(settings: dict[str, object]) -> None:
    channel: Channel = letters.channel(ChannelKind.WEBHOOK, settings)
    with pytest.raises(msgspec.ValidationError):
        channel.as_webhook()


def test_a_mail_channel_may_name_several_addresses() -> None:
    channel = letters.channel(ChannelKind.EMAIL, {"to": "a@example.com, b@example.com,"})
    assert channel.as_email().recipients == ("a@example.com", "b@example.com")
