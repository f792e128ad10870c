"""Names that people give to things."""

import re
from urllib.parse import urlsplit

from fener.domain.errors import Invalid

LONGEST = 255
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def checked_name(text: str, fallback: str = "") -> str:
    """The name without outer spaces, or the fallback where there is none. Raises Invalid."""
    name = text.strip() or fallback[:LONGEST]
    if not name:
        raise Invalid("A name is needed.", "name")
    if len(name) > LONGEST:
        raise Invalid(f"The name is longer than {LONGEST} characters.", "name")
    if _CONTROL.search(name):
        raise Invalid("The name holds a line break or control character.", "name")
    return name


def name_after(url: str) -> str:
    """What a site is called at first: its host as a person typed it, `münchen.example`."""
    return urlsplit(url).netloc.rpartition("@")[2] or url
