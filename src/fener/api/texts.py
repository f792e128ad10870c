"""Refuses text that no answer could give back: what is not UTF-8, and the character NUL."""

from urllib.parse import unquote_to_bytes

from fener.domain.errors import Invalid


def require_text(raw: bytes, where: str, *, percent_encoded: bool = False) -> str:
    """The text of the bytes. Raises Invalid naming `where` they stood."""
    try:
        text = (unquote_to_bytes(raw) if percent_encoded else raw).decode()
    except UnicodeDecodeError:
        raise Invalid(f"The {where} is not UTF-8.") from None
    return require_no_nul(text, where)


def require_no_nul(text: str, where: str) -> str:
    if "\0" in text:
        raise Invalid(f"The {where} holds the character NUL.")
    return text
