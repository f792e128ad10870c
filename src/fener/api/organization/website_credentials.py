"""What a form for a website says of the credentials that its checks use."""

from msgspec import UNSET

from fener.api.organization.website_forms import WebsiteForm
from fener.api.organization.website_shapes import auth_mode
from fener.domain.credentials import BasicCredentials, Credentials, HeaderCredentials
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
            return _basic(form, before)
    raise Invalid("authMode must be none, authorization_header or basic", "authMode")


def _implied_mode(form: WebsiteForm, before: Credentials | None) -> str:
    if form.authorization_header:
        return "authorization_header"
    if form.basic_auth_username or form.basic_auth_password:
        return "basic"
    return auth_mode(before)


def _header(form: WebsiteForm, before: Credentials | None) -> Credentials:
    if form.authorization_header:
        return HeaderCredentials(
            _bounded(form.authorization_header, _LONGEST_SECRET, "authorizationHeader")
        )
    if before is None or isinstance(before, BasicCredentials):
        raise Invalid("authorizationHeader is required", "authorizationHeader")
    return before


def _basic(form: WebsiteForm, before: Credentials | None) -> Credentials:
    known = before if isinstance(before, BasicCredentials) else BasicCredentials("", "")
    username = form.basic_auth_username or known.username
    password = form.basic_auth_password or (known.password if username == known.username else "")
    if not username or not password:
        missing = "basicAuthPassword" if username else "basicAuthUsername"
        raise Invalid(f"{missing} is required", missing)
    return BasicCredentials(
        _bounded(username, _LONGEST_USER, "basicAuthUsername"),
        _bounded(password, _LONGEST_SECRET, "basicAuthPassword"),
    )


def _bounded(text: str, longest: int, field: str) -> str:
    if len(text) > longest:
        raise Invalid(f"{field} may have {longest} characters", field)
    return text
