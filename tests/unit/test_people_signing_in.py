"""Signing in makes a session, tells strangers nothing, and cannot be tried without end."""

from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import argon2
import pytest

from fener.actions import identify, passwords, profile, secret_texts, signing_in
from fener.actions.identify import SESSION_LIFE, Caller
from fener.actions.signing_in import Attempt, SignedIn
from fener.actions.throttle import PER_ACCOUNT, PER_ADDRESS, WINDOW, SignInThrottle
from fener.domain.errors import (
    FenerError,
    Invalid,
    NotFound,
    NotPermitted,
    NotSignedIn,
    OutOfReach,
    TooMany,
)
from fener.domain.people import Credential, Role
from fener.domain.time import DAY, MINUTE
from support.hashing import CHEAP
from support.people import PASSWORD, World, stored_bytes, world

EMAIL = "jo@acme.example"
TryIt = Callable[..., Awaitable[SignedIn]]


class CountingHasher:
    """Counts how often the work is done that takes the time."""

    def __init__(self) -> None:
        self.verified = 0

    def verify(self, stored: str, password: bytes) -> bool:
        self.verified += 1
        return CHEAP.verify(stored, password)


@pytest.fixture
async def here(tmp_path: Path) -> AsyncIterator[World]:
    async with world(tmp_path) as made:
        await made.organization("Acme", EMAIL)
        yield made


@pytest.fixture
def sign_in(here: World) -> TryIt:
    throttle = SignInThrottle(here.clock)

    async def tried(
        email: str = EMAIL, password: str = PASSWORD, address: str = "192.0.2.1"
    ) -> SignedIn:
        attempt = Attempt(email, password, address, "Firefox")
        return await signing_in.sign_in(here.context, throttle, attempt)

    return tried


async def _caller(here: World, made: SignedIn) -> Caller:
    caller = await identify.by_session(here.context, made.cookie)
    assert caller is not None
    return caller


async def test_the_right_password_makes_a_session(here: World, sign_in: TryIt) -> None:
    made = await sign_in(" JO@Acme.example")

    caller = await _caller(here, made)
    user = await profile.get_profile(here.context, caller)
    assert caller.credential is Credential.SESSION
    assert (caller.user_id, caller.csrf_token) == (made.user_id, made.csrf_token)
    assert (user.email, user.total_logins) == (EMAIL, 1)
    assert (await identify.identity_for(here.context, caller)).role is Role.OWNER
    assert await here.audited() == [("login.success", f"user:{made.user_id}")]


async def test_the_cookie_is_stored_as_a_hash(here: World, sign_in: TryIt, tmp_path: Path) -> None:
    made = await sign_in()

    stored = stored_bytes(tmp_path)
    assert made.cookie.encode() not in stored
    assert PASSWORD.encode() not in stored
    assert secret_texts.hashed(made.cookie).encode() in stored


async def test_an_unknown_address_and_a_wrong_password_look_the_same(
    here: World, sign_in: TryIt, monkeypatch: pytest.MonkeyPatch
) -> None:
    await here.user("invited@acme.example")
    await here.user("disabled@acme.example", PASSWORD)
    async with here.context.database.write() as session:
        await session.run("UPDATE users SET is_enabled = 0 WHERE email LIKE 'disabled%'")
    counting = CountingHasher()
    monkeypatch.setattr(passwords, "HASHER", counting)
    words = set()

    for email, password in (
        (EMAIL, "wrong"),
        ("unknown@acme.example", PASSWORD),
        ("no address", PASSWORD),
        ("\udcff", "\udcff"),
        ("invited@acme.example", ""),
        ("disabled@acme.example", PASSWORD),
    ):
        with pytest.raises(NotSignedIn) as refused:
            await sign_in(email, password)
        words.add(refused.value.message)

    assert words == {signing_in.WRONG}
    assert counting.verified == 6
    assert {action for action, _ in await here.audited()} == {"login.failed"}


def test_nobodys_hash_costs_what_a_new_one_costs() -> None:
    real = argon2.PasswordHasher()

    assert not real.check_needs_rehash(passwords._NOBODYS)
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        real.verify(passwords._NOBODYS, "anything")


async def test_nobodys_password_is_never_right(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "_NOBODYS", CHEAP.hash("known"))

    assert not await passwords.matches(None, "known")


async def test_what_was_typed_as_address_is_not_kept(sign_in: TryIt, tmp_path: Path) -> None:
    with pytest.raises(NotSignedIn):
        await sign_in("my secret passphrase", "x")

    assert b"my secret passphrase" not in stored_bytes(tmp_path)


async def test_an_account_is_closed_for_a_while_after_too_many_attempts(
    here: World, sign_in: TryIt
) -> None:
    for turn in range(PER_ACCOUNT):
        with pytest.raises(NotSignedIn):
            await sign_in(password="wrong", address=f"192.0.2.{turn}")
        await here.clock.advance(MINUTE)

    with pytest.raises(TooMany) as refused:
        await sign_in(address="198.51.100.1")
    assert refused.value.retry_after == (WINDOW - PER_ACCOUNT * MINUTE) // 1_000
    assert "5 minutes" in refused.value.message
    await here.clock.advance(WINDOW - PER_ACCOUNT * MINUTE)
    await sign_in(address="198.51.100.1")


async def test_an_address_is_closed_after_trying_many_accounts(here: World, sign_in: TryIt) -> None:
    for turn in range(PER_ADDRESS):
        with pytest.raises(NotSignedIn):
            await sign_in(f"{turn}@acme.example", "wrong", "2001:db8::1")

    with pytest.raises(TooMany):
        await sign_in(address="2001:db8::2")
    await sign_in(address="2001:db8:0:1::1")
    await here.clock.advance(WINDOW)
    await sign_in(address="2001:db8::2")


async def test_an_unknown_account_is_closed_as_a_known_one_is(sign_in: TryIt) -> None:
    for turn in range(PER_ACCOUNT):
        with pytest.raises(NotSignedIn):
            await sign_in("unknown@acme.example", address=f"192.0.2.{turn}")

    with pytest.raises(TooMany):
        await sign_in("Unknown@acme.example ", address="198.51.100.1")


async def test_success_forgets_the_failures_of_the_account(sign_in: TryIt) -> None:
    for _ in range(3):
        for _ in range(PER_ACCOUNT - 1):
            with pytest.raises(NotSignedIn):
                await sign_in(password="wrong")
        await sign_in()


async def test_success_does_not_forget_the_failures_of_the_address(
    here: World, sign_in: TryIt
) -> None:
    await here.user("eve@acme.example", PASSWORD)
    for turn in range(PER_ADDRESS):
        with pytest.raises(NotSignedIn):
            await sign_in(f"{turn}@acme.example", "wrong")
        if turn < PER_ADDRESS - 1:
            await sign_in("eve@acme.example")

    with pytest.raises(TooMany):
        await sign_in("eve@acme.example")


async def test_the_throttle_forgets_the_oldest_when_it_is_full(
    here: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("fener.actions.throttle._MOST_KEYS", 5)
    throttle = SignInThrottle(here.clock)
    for turn in range(20):
        throttle.admit(f"{turn}@acme.example", f"192.0.2.{turn}")

    assert len(throttle._by_account._tried) == 5
    assert "19@acme.example" in throttle._by_account._tried


async def test_a_session_that_is_used_lives_on(here: World, sign_in: TryIt) -> None:
    made = await sign_in()
    for _ in range(4):
        await here.clock.advance(SESSION_LIFE - DAY)
        await _caller(here, made)
    await here.clock.advance(SESSION_LIFE)

    assert await identify.by_session(here.context, made.cookie) is None


async def test_the_session_of_a_disabled_user_opens_nothing(here: World, sign_in: TryIt) -> None:
    made = await sign_in()
    async with here.context.database.write() as session:
        await session.run("UPDATE users SET is_enabled = 0")

    assert await identify.by_session(here.context, made.cookie) is None


async def test_signing_out_ends_the_session(here: World, sign_in: TryIt) -> None:
    made, other = await sign_in(), await sign_in()
    await signing_in.sign_out(here.context, await _caller(here, made))

    assert await identify.by_session(here.context, made.cookie) is None
    assert await identify.by_session(here.context, other.cookie) is not None


async def test_a_person_sees_and_ends_their_own_sessions_only(here: World, sign_in: TryIt) -> None:
    await here.user("eve@acme.example", PASSWORD)
    mine = await _caller(here, await sign_in())
    second = await _caller(here, await sign_in())
    eves = await _caller(here, await sign_in("eve@acme.example"))

    listed = await signing_in.list_sessions(here.context, mine)
    assert {one.id for one in listed} == {mine.session_id, second.session_id}
    assert [one.id for one in listed if one.is_current] == [mine.session_id]
    assert (listed[0].address, listed[0].user_agent) == ("192.0.2.1", "Firefox")
    for session_id, error in ((eves.session_id, OutOfReach), (999, NotFound), (2**64, NotFound)):
        assert session_id is not None
        with pytest.raises(error):
            await signing_in.end_session(here.context, mine, session_id)
    assert second.session_id is not None
    await signing_in.end_session(here.context, mine, second.session_id)
    assert len(await signing_in.list_sessions(here.context, mine)) == 1


async def test_all_other_sessions_can_be_ended_at_once(here: World, sign_in: TryIt) -> None:
    mine = await _caller(here, await sign_in())
    await sign_in()
    await sign_in()

    assert await signing_in.end_other_sessions(here.context, mine) == 2
    [left] = await signing_in.list_sessions(here.context, mine)
    assert left.id == mine.session_id


async def test_a_new_password_ends_the_other_sessions(here: World, sign_in: TryIt) -> None:
    made, other = await sign_in(), await sign_in()
    caller = await _caller(here, made)

    await profile.change_password(here.context, caller, PASSWORD, "a new long password")

    assert await identify.by_session(here.context, other.cookie) is None
    assert await identify.by_session(here.context, made.cookie) is not None
    with pytest.raises(NotSignedIn):
        await sign_in()
    await sign_in(password="a new long password")


@pytest.mark.parametrize(
    ("current", "wanted", "field"),
    [("wrong", "a new long password", "currentPassword"), (PASSWORD, "short", "password")],
)
async def test_a_password_change_that_will_not_do_is_refused(
    here: World, sign_in: TryIt, current: str, wanted: str, field: str
) -> None:
    caller = await _caller(here, await sign_in())

    with pytest.raises(Invalid) as refused:
        await profile.change_password(here.context, caller, current, wanted)

    assert refused.value.field == field


async def test_keys_neither_see_sessions_nor_change_passwords(here: World) -> None:
    machine = Caller(Credential.ACCOUNT_KEY, user_id=1)
    attempts: list[Awaitable[object]] = [
        signing_in.list_sessions(here.context, machine),
        signing_in.end_session(here.context, machine, 1),
        signing_in.end_other_sessions(here.context, machine),
        profile.change_password(here.context, machine, PASSWORD, "a new long password"),
    ]
    for attempt in attempts:
        with pytest.raises(NotPermitted):
            await attempt


async def test_a_password_hashed_with_other_parameters_is_hashed_anew(
    here: World, sign_in: TryIt
) -> None:
    passwords.HASHER = argon2.PasswordHasher(time_cost=2, memory_cost=8, parallelism=1)

    await sign_in()

    async with here.context.database.read() as session:
        stored = await session.value("SELECT password_hash FROM users")
    assert "t=2" in stored
    await sign_in()


async def test_a_password_is_the_same_however_its_letters_are_composed() -> None:
    stored = await passwords.hashed("pässwörd-lang")

    assert await passwords.matches(stored, "pa\u0308sswo\u0308rd-lang")


async def test_people_change_how_they_are_called_and_told(here: World, sign_in: TryIt) -> None:
    caller = await _caller(here, await sign_in())
    change = profile.ProfileChange(first_name=" Jo ", timezone="Europe/Istanbul", language="tr")

    user = await profile.change_profile(here.context, caller, change)

    assert (user.first_name, user.last_name) == ("Jo", "")
    assert (user.timezone, user.language) == ("Europe/Istanbul", "tr")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("timezone", "Mars/Olympus"),
        ("timezone", "../../etc/passwd"),
        ("timezone", ""),
        ("language", "klingon"),
        ("first_name", "x" * 101),
        ("last_name", "a\nb"),
    ],
)
async def test_a_profile_that_cannot_be_is_refused_by_field(
    here: World, sign_in: TryIt, field: str, value: str
) -> None:
    caller = await _caller(here, await sign_in())

    with pytest.raises(Invalid) as refused:
        await profile.change_profile(here.context, caller, profile.ProfileChange(**{field: value}))

    assert refused.value.field == field


async def test_a_person_chooses_where_they_work(here: World, sign_in: TryIt) -> None:
    caller = await _caller(here, await sign_in())
    other = await here.organization("Other", "o@other.example")
    assert caller.user_id is not None
    with pytest.raises(OutOfReach):
        await profile.choose_organization(here.context, caller, other.organization_id)
    await here.join(other.organization_id, caller.user_id, Role.USER)

    await profile.choose_organization(here.context, caller, other.organization_id)

    listed = await profile.list_memberships(here.context, caller)
    assert [(one.name, one.role) for one in listed] == [("Acme", "owner"), ("Other", "user")]
    who = await identify.identity_for(here.context, caller)
    assert who.organization_id == other.organization_id


async def test_a_token_of_an_organization_has_no_profile(here: World) -> None:
    token = Caller(Credential.TOKEN, user_id=1, token_id=1, organization_id=1)

    with pytest.raises(FenerError, match="no user account"):
        await profile.get_profile(here.context, token)
