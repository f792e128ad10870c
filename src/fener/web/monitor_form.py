"""The form of an HTTP monitor: from a monitor into its fields, and back into what actions take."""

from msgspec.structs import replace

from fener.actions.monitors import Change, New
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    Credentials,
    DigestCredentials,
    HeaderCredentials,
    OAuthCredentials,
)
from fener.domain.kinds.http import HttpSettings
from fener.domain.monitor import DEFAULT_INTERVAL, DEFAULT_TIMEOUT, Monitor
from fener.domain.time import DAY, HOUR, MINUTE, SECOND, Span
from fener.web import client_certificate_form, monitor_more
from fener.web.forms import Form, Wanted, chosen_channels
from fener.web.languages import Words, marked

INTERVALS: tuple[Span, ...] = (
    10 * SECOND,
    30 * SECOND,
    MINUTE,
    2 * MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    30 * MINUTE,
    HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
)
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_LONGEST_TIMEOUT = 60
_WITH_USER = BasicCredentials | DigestCredentials
_TIMEOUT = marked("A whole number of seconds from 1 to 60, not longer than the interval.")
WANTED = Wanted(
    told={
        "url": marked("An address such as https://example.com/ is wanted."),
        "name": marked("A name of at most 255 characters in one line is wanted."),
        "interval": marked("An interval from 1 second to 31 days is wanted."),
        "timeout": _TIMEOUT,
        "expected_status": marked("Codes and ranges are wanted, such as 200-299,301."),
        "keyword": marked("At most 1000 characters are wanted, and no HEAD request."),
        "headers": monitor_more.HEADERS,
        "body": marked("At most 64 KiB of text are wanted."),
        "auth": marked("User and password, or a token, without line breaks are wanted, once."),
        **monitor_more.TOLD,
        "token_url": marked("An address such as https://example.com/ is wanted."),
        "channels": marked("Channels of this organization are wanted."),
        "customer": marked("A customer of this organization is wanted."),
    },
    names={
        "credentials": "auth",
        "channel_ids": "channels",
        "customer_id": "customer",
    },
)


def empty() -> Form:
    return Form.filled(
        interval=DEFAULT_INTERVAL // SECOND,
        timeout=DEFAULT_TIMEOUT // SECOND,
        expected_status="200-299",
        method="GET",
        follow_redirects=True,
        verify_tls=True,
        auth="none",
        tell="all",
    )


def of(monitor: Monitor) -> Form:
    """Secrets are not shown again: their fields stay empty, and empty ones keep what is stored."""
    settings = monitor.settings
    assert isinstance(settings, HttpSettings)  # noqa: S101 - heartbeats have a form of their own
    given = monitor.credentials
    return Form.filled(
        url=settings.url,
        name=monitor.name,
        customer=monitor.customer_id,
        interval=monitor.interval // SECOND,
        timeout=f"{monitor.timeout / SECOND:g}",
        expected_status=settings.expected_status,
        keyword=settings.keyword,
        method=settings.method,
        headers=monitor_more.header_lines(settings.headers),
        body=settings.body,
        follow_redirects=settings.follow_redirects,
        verify_tls=settings.verify_tls,
        auth=_auth_word(given),
        username=_username(given),
        token_url=given.token_url if isinstance(given, OAuthCredentials) else None,
        scope=given.scope if isinstance(given, OAuthCredentials) else None,
        **monitor_more.of(settings),
        shows_certificate=monitor.client_certificate is not None,
        tell="all" if monitor.channel_ids is None else "chosen",
        channels=monitor.channel_ids or (),
    )


def new(form: Form, words: Words) -> New | None:
    """None where something is wrong, which the form then says."""
    settings, timeout = _settings(form, words, None), _timeout(form, words)
    if not form.is_good:
        return None
    return New(
        settings=settings,
        name=form.text("name"),
        customer_id=_id(form, "customer"),
        interval=_interval(form),
        timeout=timeout,
        channel_ids=chosen_channels(form),
        credentials=_credentials(form, None),
        client_certificate=client_certificate_form.given(form, None),
    )


def change(form: Form, words: Words, before: Monitor) -> Change | None:
    settings, timeout = _settings(form, words, before), _timeout(form, words)
    if not form.is_good or timeout is None:
        return None
    customer = _id(form, "customer")
    return Change(
        settings=settings,
        name=form.text("name"),
        customer_id=before.customer_id if customer is None else customer,
        interval=_interval(form),
        timeout=timeout,
        channel_ids=chosen_channels(form),
        credentials=_credentials(form, before.credentials),
        client_certificate=client_certificate_form.given(form, before.client_certificate),
    )


def _settings(form: Form, words: Words, before: Monitor | None) -> HttpSettings:
    kept = before.settings if before else None
    known = kept if isinstance(kept, HttpSettings) else HttpSettings(url="")
    return replace(
        known,
        url=form.text("url"),
        method=form.text("method") or "GET",
        headers=monitor_more.headers(form, words, "headers"),
        body=form.raw("body") or None,
        expected_status=form.text("expected_status") or "200-299",
        keyword=form.text("keyword") or None,
        follow_redirects=form.ticked("follow_redirects"),
        verify_tls=form.ticked("verify_tls"),
        **monitor_more.settings(form, words),
    )


def _timeout(form: Form, words: Words) -> Span | None:
    if not form.text("timeout"):
        return None
    try:
        seconds = float(form.text("timeout"))
    except ValueError:
        seconds = 0
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        form.refuse("timeout", words(_TIMEOUT))
        return None
    return round(seconds * SECOND)


def _interval(form: Form) -> Span:
    seconds = form.number("interval", 0, 10**9)
    return DEFAULT_INTERVAL if seconds is None else seconds * SECOND


def _id(form: Form, name: str) -> int | None:
    return form.number(name, 1, 2**63 - 1)


def _auth_word(credentials: Credentials | None) -> str:
    match credentials:
        case BasicCredentials():
            return "basic"
        case DigestCredentials():
            return "digest"
        case BearerCredentials():
            return "bearer"
        case HeaderCredentials():
            return "header"
        case OAuthCredentials():
            return "oauth2"
        case None:
            return "none"


def _credentials(form: Form, before: Credentials | None) -> Credentials | None:
    secret = form.raw("secret")
    match form.text("auth"):
        case "basic":
            return BasicCredentials(form.text("username"), secret or _password(before))
        case "digest":
            return DigestCredentials(form.text("username"), secret or _password(before))
        case "bearer":
            kept = before.token if isinstance(before, BearerCredentials) else ""
            return BearerCredentials(secret.strip() or kept)
        case "oauth2":
            return _oauth(form, before)
        case "header":
            return HeaderCredentials(secret.strip()) if secret else before
        case _:
            return None


def _oauth(form: Form, before: Credentials | None) -> OAuthCredentials:
    """What is stored is kept for the same client of the same endpoint, and told to no other."""
    token_url, client = form.text("token_url"), form.text("username")
    kept = ""
    if isinstance(before, OAuthCredentials):
        is_same = (token_url, client) == (before.token_url, before.client_id)
        kept = before.client_secret if is_same else ""
    return OAuthCredentials(token_url, client, form.raw("secret") or kept, form.text("scope"))


def _username(given: Credentials | None) -> str | None:
    match given:
        case BasicCredentials(username) | DigestCredentials(username):
            return username
        case OAuthCredentials(client_id=client_id):
            return client_id
        case _:
            return None


def _password(before: Credentials | None) -> str:
    return before.password if isinstance(before, _WITH_USER) else ""
