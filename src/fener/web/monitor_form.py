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
from fener.domain.monitor import Monitor
from fener.web import client_certificate_form, field_reading, monitor_more, monitor_rhythm
from fener.web.forms import Form, Wanted
from fener.web.kind_fields import fields_of_websites
from fener.web.languages import Words, marked

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
_WITH_USER = BasicCredentials | DigestCredentials
WANTED = Wanted(
    told={
        **monitor_rhythm.WANTED.told,
        "url": marked("An address such as https://example.com/ is wanted."),
        "expected_status": marked("Codes and ranges are wanted, such as 200-299,301."),
        "keyword": marked("At most 1000 characters are wanted, and no HEAD request."),
        "headers": monitor_more.HEADERS,
        "body": marked("At most 64 KiB of text are wanted."),
        "auth": marked("User and password, or a token, without line breaks are wanted, once."),
        **monitor_more.TOLD,
        **field_reading.TOLD,
        "token_url": marked("An address such as https://example.com/ is wanted."),
    },
    names={
        **monitor_rhythm.WANTED.names,
        "credentials": "auth",
    },
)


def empty() -> Form:
    return Form.filled(
        **monitor_rhythm.empty(),
        expected_status="200-299",
        method="GET",
        follow_redirects=True,
        verify_tls=True,
        auth="none",
    )


def of(monitor: Monitor) -> Form:
    """Secrets are not shown again: their fields stay empty, and empty ones keep what is stored."""
    settings = monitor.settings
    assert isinstance(settings, HttpSettings)  # noqa: S101 - heartbeats have a form of their own
    given = monitor.credentials
    return Form.filled(
        **monitor_rhythm.of(monitor),
        url=settings.url,
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
        **field_reading.of(fields_of_websites(), settings),
        shows_certificate=monitor.client_certificate is not None,
    )


def new(form: Form, words: Words) -> New | None:
    """None where something is wrong, which the form then says."""
    wanted = monitor_rhythm.new(form, words, _settings(form, words, None))
    return wanted and replace(
        wanted,
        credentials=_credentials(form, None),
        client_certificate=client_certificate_form.given(form, None),
    )


def change(form: Form, words: Words, before: Monitor) -> Change | None:
    """None where something is wrong, which the form then says."""
    wanted = monitor_rhythm.change(form, words, _settings(form, words, before), before)
    return wanted and replace(
        wanted,
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
        **field_reading.read(form, words, fields_of_websites()),
    )


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
