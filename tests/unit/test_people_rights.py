"""The table of rights: what each role may do, and that a scope only ever takes away."""

import pytest

from fener.domain.people import RIGHTS, Credential, Identity, Permission, Role

TABLE = """
                     owner  admin  user   readonly
read                 yes    yes    yes    yes
respond              yes    yes    yes    no
watch                yes    yes    yes    no
tell                 yes    yes    yes    no
manage_customers     yes    yes    no     no
manage_people        yes    yes    no     no
manage_organization  yes    yes    no     no
"""
_HEAD, *_LINES = (line.split() for line in TABLE.strip().splitlines())
CELLS = [
    (Role(role), Permission(name), cell == "yes")
    for name, *cells in _LINES
    for role, cell in zip(_HEAD, cells, strict=True)
]


def _identity(role: Role, customer_ids: frozenset[int] | None = None) -> Identity:
    return Identity(1, role, Credential.SESSION, customer_ids=customer_ids)


def test_the_table_names_every_role_and_permission() -> None:
    assert {(role, permission) for role, permission, _ in CELLS} == {
        (role, permission) for role in Role for permission in Permission
    }
    assert set(RIGHTS) == set(Role)


@pytest.mark.parametrize(("role", "permission", "is_allowed"), CELLS)
def test_a_role_may_what_the_table_says(
    role: Role,
    permission: Permission,
    is_allowed: bool,  # noqa: FBT001
) -> None:
    assert _identity(role).may(permission) is is_allowed
    assert _identity(role).may(permission, 7) is is_allowed
    limited = _identity(role, frozenset({7}))
    assert limited.may(permission, 7) is is_allowed
    assert limited.may(permission, 8) is False
    assert _identity(role, frozenset()).may(permission, 7) is False
