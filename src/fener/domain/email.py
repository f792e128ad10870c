"""E-mail addresses: one form for each, and the name that an organization takes from one."""

import re

from fener.domain.errors import Invalid

_LONGEST = 254
_PART = r"[^\s@\x00-\x1f\x7f,;:<>()\[\]\\\"]"
_ADDRESS = re.compile(rf"{_PART}{{1,64}}@{_PART}+")
_LABEL = re.compile(r"[^\W_]([\w-]{0,61}[^\W_])?")
_SHARED_HOSTS = frozenset(
    (
        *("126.com", "163.com", "aol.com", "fastmail.com", "gmail.com", "gmx.at", "gmx.de"),
        *("gmx.net", "googlemail.com", "hotmail.com", "icloud.com", "live.com", "mail.com"),
        *("mail.ru", "me.com", "msn.com", "outlook.com", "pm.me", "proton.me", "protonmail.com"),
        *("qq.com", "t-online.de", "web.de", "yahoo.com", "yandex.com", "yandex.ru"),
    )
)
"""Hosts whose addresses say nothing of an organization."""


def spelled(text: str) -> str:
    """The one spelling under which an address is looked up."""
    return text.strip().lower()


def normal_address(text: str) -> str:
    """The address in lower case and without space around it; raises Invalid for none."""
    address = spelled(text)
    _, _, host = address.partition("@")
    is_address = len(address) <= _LONGEST and _ADDRESS.fullmatch(address) is not None
    if not is_address or not all(_LABEL.fullmatch(label) for label in host.split(".")):
        raise Invalid(f"{text.strip()!r} is no e-mail address.", "email")
    return address


def name_after(address: str) -> str:
    """What to call an organization at first: the host, or the person where the host is shared."""
    person, _, host = address.partition("@")
    return person if host in _SHARED_HOSTS or "." not in host else host
