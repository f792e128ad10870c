"""`fener doctor`: every fault that it is there to find is planted, and found."""

import asyncio
import errno
import os
import socket
import sqlite3
import ssl
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import ClassVar

import pytest
from dns.rcode import Rcode

from fener.cli.doctor import folder, machine, network, store
from fener.cli.doctor.finding import Finding, Level
from fener.cli.doctor.patient import Patient
from fener.clock import SystemClock
from fener.domain.check import Hop
from fener.domain.time import DAY, MINUTE, Instant
from fener.net.icmp import NotPermitted
from fener.net.nameservers import Nameservers
from fener.settings import Settings
from support.certificates import Authority, make_authority
from support.command import Said, fener
from support.database import migrated_file
from support.echoing import ScriptedLine, silent
from support.mail import MailHost, open_mail_host
from support.nameserver import FakeNameserver
from support.targets import Target, closed_port, page

NOW: Instant = 1_800_000_000_000
NAMES = (
    *("data folder", "disk", "database", "key", "backups", "clock", "port", "resolver"),
    *("certificates", "mail", "descriptors", "ICMP", "traceroute", "front end"),
)


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with a store, for whose server a port is free."""
    made = tmp_path / "data"
    made.mkdir(mode=0o700)
    migrated_file(made / "fener.db")
    monkeypatch.setenv("FENER_DATA", str(made))
    monkeypatch.setenv("FENER_PORT", str(closed_port()))
    return made


def patient(data: Path, **more: object) -> Patient:
    now = more.pop("now", NOW)
    assert isinstance(now, int)
    return store.patient_of(Settings(data=data, **more), now)  # type: ignore[arg-type]


def change(data: Path, sql: str) -> None:
    with closing(sqlite3.connect(data / "fener.db")) as opened:
        opened.execute(sql)
        opened.commit()


def is_broken(found: Finding, *words: str) -> bool:
    """Broken for this reason, with a way to mend it."""
    return found.level is Level.BROKEN and found.mend != "" and all(w in found.said for w in words)


def is_warned(found: Finding, *words: str) -> bool:
    return found.level is Level.WARNING and found.mend != "" and all(w in found.said for w in words)


class TestCommand:
    @pytest.fixture(autouse=True)
    def resolver(self, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
        """No test asks a name server of the machine."""
        with FakeNameserver() as server:
            monkeypatch.setattr("fener.net.nameservers.machine_configuration", server.configuration)
            monkeypatch.setattr(
                network, "Nameservers", lambda clock: Nameservers(clock, server.configuration)
            )
            yield

    def test_each_thing_that_was_looked_at_has_one_line(self, data: Path) -> None:
        said = fener("doctor")
        lines = said.out.splitlines()
        assert [line[9:].partition(":")[0] for line in lines] == list(NAMES)
        assert {line.split()[0] for line in lines} <= set(Level)

    def test_programs_are_told_the_same_in_json(self, data: Path) -> None:
        findings = fener("doctor", "--json").json
        assert [found["about"] for found in findings] == list(NAMES)
        assert all(set(found) == {"about", "level", "said", "mend"} for found in findings)

    def test_what_works_ends_with_0(self, data: Path) -> None:
        said = fener("doctor")
        assert "broken" not in said.out
        assert said.code == 0

    def test_something_broken_ends_with_1(self, data: Path) -> None:
        (data / "fener.db").write_bytes(b"no database at all" * 100)
        said: Said = fener("doctor")
        assert said.code == 1
        assert "broken   database: " in said.out

    def test_looking_changes_nothing(self, data: Path) -> None:
        change(data, "PRAGMA journal_mode = WAL")
        before = {file: file.stat().st_mtime_ns for file in data.iterdir()}
        fener("doctor")
        assert {file: file.stat().st_mtime_ns for file in data.iterdir()} == before

    def test_a_first_start_is_well_and_nothing_is_made(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FENER_DATA", str(tmp_path / "new"))
        monkeypatch.setenv("FENER_PORT", "0")
        assert fener("doctor").code == 0
        assert list(tmp_path.iterdir()) == []


class TestDataFolder:
    def test_a_folder_that_can_be_written_to_is_well(self, data: Path) -> None:
        assert folder.data_folder(patient(data)).level is Level.OK

    def test_a_folder_that_is_a_file_is_broken(self, tmp_path: Path) -> None:
        (tmp_path / "data").write_text("")
        assert is_broken(folder.data_folder(Patient(Settings(data=tmp_path / "data"), NOW)))

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_of_somebody_else_is_broken(self, data: Path) -> None:
        data.chmod(0o500)
        assert is_broken(folder.data_folder(patient(data)), "Permission denied")

    @pytest.mark.parametrize(
        ("kind", "word"),
        [("tmpfs", "restart"), ("nfs4", "network"), ("fuse.sshfs", "network"), ("overlay", "it")],
    )
    def test_a_disk_that_is_none_is_warned_of(
        self, data: Path, tmp_path: Path, kind: str, word: str
    ) -> None:
        mounts = tmp_path / "mounts"
        mounts.write_text(f"/dev/a / ext4 rw 0 0\nx {data.resolve()} {kind} rw 0 0\n")
        assert is_warned(folder.disk(patient(data), mounts), word)

    def test_the_nearest_mount_counts(self, data: Path, tmp_path: Path) -> None:
        mounts = tmp_path / "mounts"
        lines = (f"x {data.resolve()} ext4 rw 0 0", f"x {tmp_path.resolve()} tmpfs rw 0 0")
        mounts.write_text("\n".join(lines))
        assert folder.file_system(data, mounts) == "ext4"
        assert folder.file_system(tmp_path, mounts) == "tmpfs"

    @pytest.mark.parametrize(
        ("free", "level"),
        [
            (folder.TOO_LITTLE - 1, Level.BROKEN),
            (folder.LITTLE - 1, Level.WARNING),
            (folder.LITTLE, Level.OK),
        ],
    )
    def test_a_full_disk_is_seen_coming(self, free: int, level: Level) -> None:
        assert folder._space("disk", free).level is level


class TestKey:
    def secret(self, data: Path) -> None:
        fener("monitor", "add", "https://ada:pass@shop.example/")

    def test_a_key_that_opens_the_secrets_is_well(self, data: Path) -> None:
        self.secret(data)
        assert folder.key(patient(data)).level is Level.OK

    def test_a_lost_key_is_broken(self, data: Path) -> None:
        self.secret(data)
        (data / "secret.key").unlink()
        assert is_broken(folder.key(patient(data)), "is missing")

    def test_another_key_is_broken(self, data: Path) -> None:
        self.secret(data)
        (data / "secret.key").write_bytes(b"another key of some length")
        assert is_broken(folder.key(patient(data)), "sealed with the key")
        assert is_broken(folder.key(patient(data, secret_key="x" * 20)), "sealed with the key")

    def test_a_key_that_others_can_read_is_broken(self, data: Path) -> None:
        self.secret(data)
        (data / "secret.key").chmod(0o640)
        found = folder.key(patient(data))
        assert is_broken(found, "other users")
        assert found.mend == f"Run: chmod 600 {data / 'secret.key'}"

    def test_a_key_in_the_environment_is_well(self, data: Path) -> None:
        found = folder.key(patient(data, secret_key="x" * 20))
        assert (found.level, found.said) == (Level.OK, "given by FENER_SECRET_KEY")


class TestBackups:
    def test_backups_without_the_key_are_well(self, data: Path) -> None:
        fener("backup")
        assert folder.backups(patient(data)).level is Level.OK

    def test_a_key_among_the_backups_is_warned_of(self, data: Path) -> None:
        fener("backup", "--with-key")
        assert is_warned(folder.backups(patient(data)), ".tar holds the key")

    def test_a_bare_key_among_the_backups_is_warned_of(self, data: Path) -> None:
        (data / "backups").mkdir()
        (data / "backups" / "secret.key").write_text("x")
        assert is_warned(folder.backups(patient(data)), "secret.key holds the key")


class TestStore:
    def test_a_sound_database_is_well(self, data: Path) -> None:
        found = store.database(patient(data))
        assert (found.level, found.said) == (Level.OK, "sound, 0 monitors and 0 incidents")

    def test_a_database_in_use_is_well(self, data: Path) -> None:
        with closing(sqlite3.connect(data / "fener.db")) as opened:
            opened.execute("PRAGMA journal_mode = WAL")
            opened.execute("INSERT INTO facts VALUES ('a', 'b')")
            opened.commit()
            assert store.database(patient(data)).level is Level.OK

    @pytest.mark.parametrize("content", [b"", b"no database" * 1_000])
    def test_what_is_no_database_is_broken(self, data: Path, content: bytes) -> None:
        (data / "fener.db").write_bytes(content)
        assert is_broken(store.database(patient(data)))

    def test_a_damaged_database_is_broken(self, data: Path) -> None:
        with (data / "fener.db").open("r+b") as file:
            file.seek(8_192)
            file.write(b"\xff" * 4_096 * 20)
        assert is_broken(store.database(patient(data)))

    def test_a_newer_schema_is_broken(self, data: Path) -> None:
        change(data, "UPDATE alembic_version SET version_num = '9999'")
        assert is_broken(store.database(patient(data)), "9999", "newer")

    def test_a_clock_of_long_ago_is_broken(self, data: Path) -> None:
        assert is_broken(store.clock(patient(data, now=DAY)), "1970-01-02")

    def test_a_clock_before_the_last_run_is_broken(self, data: Path) -> None:
        later = NOW + 2 * MINUTE
        change(data, f"INSERT INTO liveness VALUES ('scheduler', {later}, 0)")
        assert is_broken(store.clock(patient(data)), "already")
        assert store.clock(patient(data, now=later)).level is Level.OK


class TestPort:
    def test_a_free_port_is_well(self, data: Path) -> None:
        found = network.port(patient(data, port=closed_port()))
        assert found.level is Level.OK
        assert "is free" in found.said

    def test_a_port_of_another_program_is_broken(self, data: Path) -> None:
        with Target() as other:
            assert is_broken(network.port(patient(data, port=other.port)), "cannot listen")

    def test_a_port_that_speaks_no_http_is_broken(self, data: Path) -> None:
        with socket.create_server(("127.0.0.1", 0)) as taken:
            hanging_up = threading.Thread(target=hang_up, args=(taken,))
            hanging_up.start()
            number = taken.getsockname()[1]
            assert is_broken(network.port(patient(data, port=number)), "cannot listen")
            hanging_up.join()

    def test_a_running_fener_is_well(self, data: Path) -> None:
        with Target(answers={"/healthz": page('{"status": "ok", "faults": []}')}) as running:
            found = network.port(patient(data, port=running.port))
        assert found.level is Level.OK
        assert "Fener runs on" in found.said

    def test_the_faults_of_a_running_fener_are_told(self, data: Path) -> None:
        faulty = page('{"status": "faulty", "faults": ["mail", "recorder"]}')
        with Target(answers={"/healthz": faulty}) as running:
            found = network.port(patient(data, port=running.port))
        assert is_warned(found, "mail, recorder")

    def test_an_address_of_another_machine_is_broken(self, data: Path) -> None:
        found = network.port(patient(data, host="192.0.2.1", port=closed_port()))
        assert is_broken(found, "192.0.2.1")


class TestResolver:
    def test_a_resolver_that_says_no_is_well(self, data: Path) -> None:
        with FakeNameserver() as server:
            asked = Nameservers(SystemClock(), server.configuration)
            assert network.resolver(patient(data), asked).level is Level.OK

    def test_a_resolver_that_is_down_is_broken(self, data: Path) -> None:
        with FakeNameserver() as server:
            server.refusals = dict.fromkeys(("fener.invalid", "."), Rcode.SERVFAIL)
            asked = Nameservers(SystemClock(), server.configuration)
            assert is_broken(network.resolver(patient(data), asked))


class TestMail:
    PASSWORD: ClassVar = "s3cret/pass"

    LOGIN: ClassVar = "ada:s3cret%2Fpass"

    @pytest.fixture
    def authority(self, tmp_path: Path) -> Authority:
        return make_authority(tmp_path)

    async def examined(
        self, host: MailHost, authority: Authority, scheme: str = "smtp", login: str = ""
    ) -> Finding:
        settings = Settings(smtp_url=host.url(scheme, login), mail_from="fener@shop.example")
        trusting = ssl.create_default_context(cafile=authority.trust_store)
        return await asyncio.to_thread(network.mail, Patient(settings, NOW), trusting)

    def test_no_mail_server_is_warned_of(self, data: Path) -> None:
        assert is_warned(network.mail(patient(data)), "no mail")

    def test_a_setting_that_cannot_be_read_is_broken(self, data: Path) -> None:
        assert is_broken(network.mail(patient(data, smtp_url="mail.example")), "FENER_SMTP_URL")

    def test_a_server_that_is_not_there_is_broken(self, data: Path) -> None:
        url = f"smtp://127.0.0.1:{closed_port()}"
        assert is_broken(network.mail(patient(data, smtp_url=url)), "127.0.0.1 cannot be used")

    async def test_a_server_that_takes_mail_is_well(self, authority: Authority) -> None:
        async with open_mail_host() as host:
            found = await self.examined(host, authority)
            assert found.level is Level.OK
            assert "takes mail from fener@shop.example" in found.said
            assert host.mails == []

    async def test_a_password_is_tried_over_tls(self, authority: Authority) -> None:
        async with open_mail_host(starttls=authority.leaf("127.0.0.1")) as host:
            host.password = self.PASSWORD
            right = await self.examined(host, authority, login=self.LOGIN)
            wrong = await self.examined(host, authority, login="ada:no")
        assert right.level is Level.OK
        assert is_broken(wrong, "refused", "535")

    async def test_a_password_is_sent_over_tls_or_not_at_all(self, authority: Authority) -> None:
        async with open_mail_host() as host:
            host.password = self.PASSWORD
            found = await self.examined(host, authority, login=self.LOGIN)
            assert is_broken(found, "STARTTLS extension not supported")
            assert host.logins == []

    @pytest.mark.parametrize("url", ["smtp://169.254.169.254", "smtp://[fe80::1]:25"])
    def test_what_no_sender_may_touch_is_not_touched(self, data: Path, url: str) -> None:
        assert is_broken(network.mail(patient(data, smtp_url=url)), "is never dialled")

    @pytest.mark.parametrize("own", ["127.0.0.1", "0.0.0.0", "localhost"])
    async def test_fener_does_not_take_itself_for_a_mail_server(self, own: str) -> None:
        async with open_mail_host() as host:
            settings = Settings(smtp_url=host.url(), host=own, port=host.port)
            found = await asyncio.to_thread(network.mail, Patient(settings, NOW))
            assert is_broken(found, "Fener itself listens there")
            assert host.connections == 0

    async def test_a_relay_whose_certificate_nobody_trusts_is_well_without_a_password(
        self, authority: Authority, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        leaf = make_authority(tmp_path / "other", "Another root").leaf("127.0.0.1")
        async with open_mail_host(starttls=leaf) as host:
            assert (await self.examined(host, authority)).level is Level.OK
            host.password = self.PASSWORD
            with_password = await self.examined(host, authority, login=self.LOGIN)
            assert is_broken(with_password, "certificate")
            assert host.logins == []

    async def test_a_certificate_that_is_not_trusted_is_broken(
        self, authority: Authority, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        leaf = make_authority(tmp_path / "other", "Another root").leaf("127.0.0.1")
        async with open_mail_host(tls=leaf) as host:
            found = await self.examined(host, authority, "smtps")
        assert is_broken(found, "certificate")


class TestMachine:
    def test_too_few_descriptors_are_warned_of(self, data: Path) -> None:
        fener("monitor", "add", "https://shop.example/")
        enough = machine.OWN_DESCRIPTORS + 2
        assert machine.descriptors(patient(data), enough).level is Level.OK
        found = machine.descriptors(patient(data), enough - 1)
        assert is_warned(found, f"take {enough}")
        assert f"ulimit -n {enough}" in found.mend

    def test_missing_roots_are_broken(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(machine, "find_trust_store", lambda: None)
        assert is_broken(machine.trusted_roots(patient(data)), "no trusted roots")

    def test_who_may_not_ping_is_told_what_to_set(self, data: Path) -> None:
        def refused(_family: int) -> ScriptedLine:
            raise NotPermitted

        found = machine.icmp(patient(data), refused)
        assert is_warned(found, "may not ping")
        assert "sysctl -w net.ipv4.ping_group_range" in found.mend
        assert machine.icmp(patient(data), lambda _: ScriptedLine(silent)).level is Level.OK

    def test_a_system_that_cannot_trace_is_told_of(self, data: Path) -> None:
        async def refused(_address: str, _port: int) -> tuple[Hop, ...]:
            raise OSError(errno.ENOPROTOOPT, "Protocol not available")

        async def deaf(_address: str, _port: int) -> tuple[Hop, ...]:
            return ()

        assert is_warned(machine.traces(patient(data), refused), "way: Protocol not available")
        assert is_warned(machine.traces(patient(data), deaf), "does not tell of hosts on the way")
        assert machine.traces(patient(data)).level is Level.OK

    def test_a_missing_script_is_broken(self, data: Path) -> None:
        assert is_broken(machine.front_end(patient(data), ("nothing.js",)), "nothing.js")


def hang_up(listening: socket.socket) -> None:
    connection, _ = listening.accept()
    connection.close()
