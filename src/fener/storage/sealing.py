"""Secrets at rest: encrypted with a key from the environment or a 0600 file beside the database.

Each ciphertext carries the id of its key, so that keys can be replaced one after another.
"""

import hashlib
import os
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any

import msgspec
from cryptography.fernet import Fernet, InvalidToken

KEY_FILE = "secret.key"


class UnreadableSecret(Exception):
    """A stored secret was sealed with a key that is not here."""


class Sealer:
    """Seals JSON-like values into text and opens them again."""

    def __init__(self, key: bytes) -> None:
        """`key` is any secret of at least 16 bytes; what encrypts is derived from it."""
        derived = hashlib.sha256(b"fener sealing v1" + key).digest()
        self._fernet = Fernet(urlsafe_b64encode(derived))
        self.key_id = hashlib.sha256(b"id" + derived).hexdigest()[:8]

    def seal(self, value: Any) -> str:
        plain = msgspec.json.encode(value)
        return f"{self.key_id}:{self._fernet.encrypt(plain).decode()}"

    def open(self, sealed: str) -> Any:
        """Raises UnreadableSecret when it was sealed with another key, or was changed."""
        key_id, _, token = sealed.partition(":")
        if key_id != self.key_id:
            raise UnreadableSecret(f"sealed with key {key_id}, but the key here is {self.key_id}")
        try:
            return msgspec.json.decode(self._fernet.decrypt(token))
        except InvalidToken as error:
            raise UnreadableSecret("the stored secret was changed") from error


def load_key(data: Path, given: str) -> bytes:
    """The key that was given, else that of the key file, which is made on first use."""
    if given:
        return given.encode()
    path = data / KEY_FILE
    if not path.exists():
        _write_private(path, urlsafe_b64encode(os.urandom(32)))
    return path.read_bytes().strip()


def _write_private(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
