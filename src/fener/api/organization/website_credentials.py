"""What a form for a website says of the credentials that its checks use."""

from msgspec import UNSET

from fener.api.organization.website_forms import WebsiteForm
from fener.api.organization.website_shapes import WITH_USER, auth_mode
from fener.domain.credentials import (
    BasicCredentials,
    BearerCredentials,
    ClientCertificate,
    Credentials,
    DigestCredentials,
    HeaderCredentials,
    OAuthCredentials,
)
from fener.domain.errors import Invalid

_LONGEST_USER, _LONGEST_SECRET = 255, 4_096


def credentials(form: WebsiteForm, before: Credentials | None) -> Credentials | None:
    """Null keeps a secret: it is never shown, so it cannot be sent back."""
    mode = form.auth_mode
    if mode is UNSET:
        mode = _implied_mode(form, before)
    match mode:
        case "none":
            return None
        case "authorization_header":
            return _header(form, before)
        case "basic":
            return BasicCredentials(*_user_and_password(form, before))
        case "digest":
            return DigestCredentials(*_user_and_password(form, before))
        case "oauth2":
            return _oauth(form, before)
    raise Invalid(
        "authMode must be none, authorization_header, basic, digest or oauth2", "authMode"
    )


def _oauth(form: WebsiteForm, before: Credentials | None) -> Credentials:
    known = before if isinstance(before, OAuthCredentials) else OAuthCredentials("", "", "")
    url = form.oauth_token_url or known.token_url
    client = form.oauth_client_id or known.client_id
    is_same = (url, client) == (known.token_url, known.client_id)
    secret = form.oauth_client_secret or (known.client_secret if is_same else "")
    wanted = {"oauthTokenUrl": url, "oauthClientId": client, "oauthClientSecret": secret}
    for name, text in wanted.items():
        if not text:
            raise Invalid(f"{name} is required", name)
        _bounded(text, _LONGEST_SECRET, name)
    scope = known.scope if form.oauth_scope is UNSET else form.oauth_scope or ""
    return OAuthCredentials(url, client, secret, scope)


def client_certificate(
    form: WebsiteForm, before: ClientCertificate | None
) -> ClientCertificate | None:
    """Null keeps what is stored, while `mtlsEnabled` does not say otherwise."""
    certificate, key = form.mtls_client_cert or "", form.mtls_client_key or ""
    is_wanted = form.mtls_enabled
    if is_wanted is UNSET:
        is_wanted = bool(certificate or key) or before is not None
    if not is_wanted:
        return None
    known = before or ClientCertificate("", "")
    whole = ClientCertificate(certificate or known.certificate, key or known.key)
    for text, name in ((whole.certificate, "mtlsClientCert"), (whole.key, "mtlsClientKey")):
        if not text:
            raise Invalid(f"{name} is required", name)
    return whole


def _implied_mode(form: WebsiteForm, before: Credentials | None) -> str:
    if form.authorization_header:
        return "authorization_header"
    known = auth_mode(before)
    if form.basic_auth_username or form.basic_auth_password:
        return known if isinstance(before, WITH_USER) else "basic"
    return known


def _header(form: WebsiteForm, before: Credentials | None) -> Credentials:
    if form.authorization_header:
        return HeaderCredentials(
            _bounded(form.authorization_header, _LONGEST_SECRET, "authorizationHeader")
        )
    if not isinstance(before, BearerCredentials | HeaderCredentials):
        raise Invalid("authorizationHeader is required", "authorizationHeader")
    return before


def _user_and_password(form: WebsiteForm, before: Credentials | None) -> tuple[str, str]:
    known = before if isinstance(before, WITH_USER) else BasicCredentials("", "")
    username = form.basic_auth_username or known.username
    password = form.basic_auth_password or (known.password if username == known.username else "")
    if not username or not password:
        missing = "basicAuthPassword" if username else "basicAuthUsername"
        raise Invalid(f"{missing} is required", missing)
    return (
        _bounded(username, _LONGEST_USER, "basicAuthUsername"),
        _bounded(password, _LONGEST_SECRET, "basicAuthPassword"),
    )


def _bounded(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise Invalid(f"{field} may have {longest} characters", field)
    return text
