"""How a probe proves who it is. Stored sealed, never shown."""

from typing import TypeAlias

from msgspec import Struct


class BasicCredentials(Struct, frozen=True, tag="basic"):
    username: str
    password: str


class BearerCredentials(Struct, frozen=True, tag="bearer"):
    token: str


class HeaderCredentials(Struct, frozen=True, tag="header"):
    """The whole value of the `Authorization` header."""

    value: str


class DigestCredentials(Struct, frozen=True, tag="digest"):
    """Digest access authentication, RFC 7616: the password itself is never sent."""

    username: str
    password: str


class OAuthCredentials(Struct, frozen=True, tag="oauth2"):
    """OAuth 2.0 client credentials, RFC 6749 section 4.4: a token for each check is fetched with
    them. `scope` is a list with spaces between, or empty.
    """

    token_url: str
    client_id: str
    client_secret: str
    scope: str = ""


class ClientCertificate(Struct, frozen=True):
    """What a probe shows of itself in the TLS handshake, both in PEM: the certificate with its
    chain, and its key without a passphrase.
    """

    certificate: str
    key: str


Credentials: TypeAlias = (
    BasicCredentials | BearerCredentials | HeaderCredentials | DigestCredentials | OAuthCredentials
)


class Secrets(Struct, frozen=True, omit_defaults=True):
    """All of a monitor's that is stored sealed."""

    credentials: Credentials | None = None
    client_certificate: ClientCertificate | None = None
