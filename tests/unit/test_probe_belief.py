"""Ours or theirs: what each sign decides, and that nothing but a sign of ours excuses a target."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fener.pipeline.probe.belief import MANY, Names, Signs, own_fault
from fener.pipeline.probe.whereabouts import Route

V4, V6, LAN, NAMES = Route.PUBLIC_V4, Route.PUBLIC_V6, Route.PRIVATE, Route.NAMES
OURS, THEIRS = True, False

TABLE = [
    # One target alone alarms, unless something says that it is us.
    (Signs(V4), THEIRS),
    (Signs(V6), THEIRS),
    (Signs(LAN), THEIRS),
    (Signs(NAMES), THEIRS),
    # Silence of many who have nothing to do with one another.
    (Signs(V4, voices=MANY - 1), THEIRS),
    (Signs(V4, voices=MANY), OURS),
    (Signs(V6, voices=MANY), OURS),
    (Signs(LAN, voices=MANY), OURS),
    (Signs(NAMES, voices=MANY), OURS),
    # An answer from beyond the resolver proves the way, however many are silent.
    (Signs(V4, voices=99, names=Names.ANSWERED), THEIRS),
    (Signs(NAMES, voices=99, names=Names.ANSWERED), THEIRS),
    # ... but neither that of IPv6 nor that of a private network.
    (Signs(V6, voices=99, names=Names.ANSWERED), OURS),
    (Signs(LAN, voices=99, names=Names.ANSWERED), OURS),
    # A resolver that reached beyond itself and does not any more.
    (Signs(V4, names=Names.SILENT), OURS),
    (Signs(V6, names=Names.SILENT), OURS),
    (Signs(NAMES, names=Names.SILENT), OURS),
    (Signs(LAN, names=Names.SILENT), THEIRS),
    # References that an owner named share our way; the resolver may have one of its own.
    (Signs(V4, silent_references=1), THEIRS),
    (Signs(V4, silent_references=2), OURS),
    (Signs(V4, silent_references=2, names=Names.ANSWERED), OURS),
    # Our own end of the cable.
    (Signs(V4, is_link_cut=True), OURS),
    (Signs(LAN, is_link_cut=True), OURS),
    # Nothing cuts a machine off from itself.
    (
        Signs(
            Route.LOOPBACK,
            voices=99,
            silent_references=9,
            names=Names.SILENT,
            is_link_cut=True,
        ),
        THEIRS,
    ),
]


@pytest.mark.parametrize(("signs", "is_ours"), TABLE)
def test_each_sign_decides_as_it_should(signs: Signs, *, is_ours: bool) -> None:
    assert (own_fault(signs) is not None) is is_ours


SIGNS = st.builds(
    Signs,
    route=st.sampled_from(Route),
    voices=st.integers(1, 20),
    silent_references=st.integers(0, 4),
    names=st.sampled_from(Names),
    is_link_cut=st.booleans(),
)


@given(SIGNS)
def test_no_failure_is_excused_without_a_sign_of_ours(signs: Signs) -> None:
    has_sign = (
        signs.voices >= MANY
        or signs.silent_references >= 2
        or signs.names is Names.SILENT
        or signs.is_link_cut
    )
    assert has_sign or own_fault(signs) is None


@given(SIGNS, st.integers(1, 20))
def test_one_more_silent_voice_never_makes_it_theirs(signs: Signs, more: int) -> None:
    louder = Signs(
        route=signs.route,
        voices=signs.voices + more,
        silent_references=signs.silent_references,
        names=signs.names,
        is_link_cut=signs.is_link_cut,
    )
    assert own_fault(signs) is None or own_fault(louder) is not None
