"""`fener serve` as a process of its own: what it prints, how it ends, and who hears of what."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import msgspec
import pytest

from fener.bootstrap.serve import _kept, _prober_command
from fener.cli.prober import _reference
from fener.clock import SystemClock
from fener.domain.time import DAY, SECOND
from fener.pipeline.record.retention import USUAL, Kept
from fener.settings import ENTRIES, SettingError, read, site_at
from fener.testing.server import ServedFener
from support.command import fener
from support.database import migrated_file
from support.targets import Target, page

SOON = 15
CLOCK = SystemClock()


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return folder_with_store(tmp_path)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[ServedFener, Path]]:
    """One Fener for all tests that stop nothing: starting takes longer than most of them."""
    made = folder_with_store(tmp_path_factory.mktemp("shared"))
    with ServedFener(made) as running:
        yield running, made


@pytest.fixture
def served(shared: tuple[ServedFener, Path], monkeypatch: pytest.MonkeyPatch) -> ServedFener:
    """It, with commands that act on its store."""
    running, made = shared
    monkeypatch.setenv("FENER_DATA", str(made))
    return running


def folder_with_store(folder: Path) -> Path:
    made = folder / "data"
    made.mkdir()
    migrated_file(made / "fener.db")
    return made


def until(condition: Callable[[], Any]) -> Any:
    """What the condition gives once it holds."""
    deadline = CLOCK.monotonic() + SOON * SECOND
    while not (found := condition()):
        assert CLOCK.monotonic() < deadline, "it did not come to pass"
        a_moment()
    return found


def a_moment() -> None:
    """For another process to go on in."""
    threading.Event().wait(0.02)


def states(of: str) -> dict[int, str]:
    return {one["id"]: one["state"] for one in fener(of, "list", "--json").json}


def refused(data: Path, **environment: str) -> tuple[int, list[str]]:
    """The exit code and the lines of a Fener that cannot start."""
    ended = subprocess.run(
        [sys.executable, "-m", "fener", "serve"],
        env={**os.environ, "FENER_DATA": str(data), "FENER_PORT": "0", **environment},
        capture_output=True,
        text=True,
        timeout=SOON,
        check=False,
    )
    assert ended.stdout == ""
    return ended.returncode, ended.stderr.splitlines()


def test_one_line_tells_the_address_and_the_set_up_link(served: ServedFener) -> None:
    found = re.fullmatch(
        r"Fener serves on (http://127\.0\.0\.1:\d+) - set it up at (\1/setup\S+)\n",
        served.announced,
    )
    assert found
    with urlopen(f"{served.url}/healthz", timeout=SOON) as answer:
        assert msgspec.json.decode(answer.read()) == {"status": "ok", "faults": []}
    with urlopen(found.group(2), timeout=SOON) as answer:
        assert answer.status == 200


@pytest.mark.parametrize(
    ("host", "told"),
    [
        ("127.0.0.1", "http://127.0.0.1:8000"),
        ("fener.lan", "http://fener.lan:8000"),
        ("fd00::1", "http://[fd00::1]:8000"),
        ("0.0.0.0", "http://127.0.0.1:8000"),
        ("::", "http://[::1]:8000"),
    ],
)
def test_the_address_that_is_told_is_one_that_can_be_opened(host: str, told: str) -> None:
    assert site_at(host, 8000) == told


def test_a_fener_that_is_set_up_tells_its_address_alone(data: Path) -> None:
    owner = {"FENER_SETUP_EMAIL": "ada@shop.example", "FENER_SETUP_PASSWORD": "correct horse"}
    with ServedFener(data, environment=owner) as served:
        assert served.announced == f"Fener serves on {served.url}\n"


def test_log_lines_are_json_where_no_terminal_is(served: ServedFener) -> None:
    until(lambda: children_of(served.pid))
    lines = until(served.log).splitlines()
    assert all({"event", "level", "timestamp"} <= set(msgspec.json.decode(one)) for one in lines)


def test_what_commands_change_is_noticed_and_checked_at_once(served: ServedFener) -> None:
    with Target() as target:
        added = fener("monitor", "add", target.url(), "--every", "1h", "--json").json["id"]
        began = CLOCK.monotonic()
        until(lambda: states("monitor")[added] == "up")
        assert CLOCK.monotonic() - began < 2 * SECOND


def test_a_check_is_made_when_a_command_asks_for_it(
    shared: tuple[ServedFener, Path], served: ServedFener
) -> None:
    with Target() as target:
        added = fener("monitor", "add", target.url(), "--every", "1h", "--json").json["id"]
        until(lambda: states("monitor")[added] == "up")
        before = checks_asked_for(shared[1])
        assert fener("monitor", "check", str(added)).code == 0
        until(lambda: checks_asked_for(shared[1]) > before)


def test_an_outage_is_shown_by_the_commands(served: ServedFener) -> None:
    with Target(answers={"/": page(status=500)}) as target:
        fener("monitor", "add", target.url(), "--every", "1s")
        (incident,) = until(lambda: fener("incidents", "--open", "--json").json)
        assert incident["cause"] == "http_status"
        assert fener("incident", "ack", str(incident["id"])).code == 0


@pytest.mark.parametrize("own", ["", "https://elsewhere.example"])
def test_a_heartbeat_is_pinged_at_the_address_that_was_printed(
    served: ServedFener, own: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server's own, which took a free port, whatever the command's settings say."""
    monkeypatch.setenv("FENER_PUBLIC_URL", own)
    beat = fener("heartbeat", "add", "backup", "--every", "1h", "--json").json
    with urlopen(beat["pingUrl"], timeout=SOON) as answer:
        assert answer.status == 200
    until(lambda: states("heartbeat")[beat["id"]] == "up")


def test_the_doctor_and_a_backup_see_a_running_fener(
    served: ServedFener, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("FENER_PORT", served.url.rpartition(":")[2])
    findings = {one["about"]: one for one in fener("doctor", "--json").json}
    assert findings["port"]["said"].startswith("Fener runs on 127.0.0.1:")
    assert findings["database"]["level"] == "ok"
    assert fener("backup", str(tmp_path / "copy.db")).code == 0


def test_probers_side_by_side_share_the_monitors(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FENER_DATA", str(data))
    paths = [f"/{number}" for number in range(4)]
    with (
        Target(answers=dict.fromkeys(paths, page())) as target,
        ServedFener(data, environment={"FENER_PROBERS": "2"}) as running,
    ):
        children = until(lambda: two(children_of(running.pid)))
        add = ("monitor", "add", "--every", "1h", "--json")
        added = [fener(*add, target.url(path)).json["id"] for path in paths]
        until(lambda: {states("monitor")[one] for one in added} == {"up"})
        os.kill(children[0], signal.SIGKILL)
        until(lambda: two([one for one in children_of(running.pid) if one != children[0]]))
        for number in added:
            assert fener("monitor", "check", str(number)).code == 0
        until(lambda: checks_asked_for(data) == len(added))


def two(processes: list[int]) -> list[int]:
    return processes if len(processes) == 2 else []


@pytest.mark.parametrize("by", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_it_with_0_and_leaves_no_child(data: Path, by: int) -> None:
    with ServedFener(data) as running:
        children = until(lambda: children_of(running.pid))
        os.kill(running.pid, by)
        assert running.wait(5) == 0
    assert [child for child in children if is_alive(child)] == []


def test_signals_in_a_row_stop_it_as_one_does(data: Path) -> None:
    with ServedFener(data) as served:
        until(lambda: children_of(served.pid))
        while not served.has_ended:
            os.kill(served.pid, signal.SIGTERM)
            a_moment()
        assert served.wait(5) == 0


def test_a_folder_in_use_is_refused_with_3(shared: tuple[ServedFener, Path]) -> None:
    _, data = shared
    code, lines = refused(data)
    assert code == 3
    assert lines == [
        f"fener: another Fener serves from {data}",
        "  Stop it, or set FENER_DATA to another folder.",
    ]


def test_a_taken_port_is_refused_with_3(data: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        code, lines = refused(data, FENER_PORT=port)
    assert code == 3
    assert lines[0].startswith(f"fener: cannot listen on 127.0.0.1:{port}")
    assert len(lines) == 2


def test_a_newer_schema_is_refused_with_3(data: Path) -> None:
    with closing(sqlite3.connect(data / "fener.db")) as opened:
        opened.execute("UPDATE alembic_version SET version_num = '9999'")
        opened.commit()
    code, lines = refused(data)
    assert code == 3
    assert "9999" in lines[0]
    assert len(lines) == 2


@pytest.mark.parametrize(
    "bad",
    [
        {"FENER_PORT": "http"},
        {"FENER_RATE_LIMIT": "-1"},
        {"FENER_PUBLIC_URL": "fener.example"},
        {"FENER_PUBLIC_URL": "https://"},
        {"FENER_TRUSTED_PROXIES": "10.0.0.1, proxy"},
        {"FENER_TRUSTED_PROXIES": "10.0.0.1/8"},
        {"FENER_REFERENCE_TARGETS": "192.0.2.1"},
        {"FENER_REFERENCE_TARGETS": "192.0.2.1:53, example.com:53"},
        {"FENER_REFERENCE_TARGETS": "2001:db8::1:53"},
        {"FENER_REFERENCE_TARGETS": "[192.0.2.1]:53"},
        {"FENER_REFERENCE_TARGETS": "192.0.2.1:0"},
        {"FENER_SETUP_EMAIL": "ada@shop.example"},
        {"FENER_SECRET_KEY": "too short"},
        {"FENER_PROT": "9000"},
    ],
)
def test_a_bad_setting_is_refused_with_2(
    bad: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in bad.items():
        monkeypatch.setenv(name, value)
    said = fener("serve")
    assert said.code == 2
    first, _ = said.complaint
    assert next(iter(bad)) in first


def test_a_mail_server_that_is_none_is_refused_with_2(data: Path) -> None:
    code, lines = refused(data, FENER_SMTP_URL="mail.example")
    assert code == 2
    assert lines == [
        "fener: FENER_SMTP_URL wants smtp://host or smtps://host",
        "  See every setting: fener serve --help",
    ]


def test_a_first_owner_that_will_not_do_stops_the_start_with_2(data: Path) -> None:
    owner = {"FENER_SETUP_EMAIL": "ada@shop.example", "FENER_SETUP_PASSWORD": "short"}
    code, lines = refused(data, **owner)
    assert code == 2
    assert lines[0] == "fener: A password needs at least 10 characters; this one has 5."


def test_the_prober_gets_the_reference_targets_as_they_were_given() -> None:
    given = {"FENER_REFERENCE_TARGETS": "192.0.2.1:53, [2001:db8::1]:443"}
    settings = read(given)
    assert settings.reference_targets == ("192.0.2.1:53", "[2001:db8::1]:443")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = _prober_command(listener, settings.reference_targets, 1)
    places = [_reference(one.partition("=")[2]) for one in command if "--reference" in one]
    assert [(one.address, one.port) for one in places] == [("192.0.2.1", 53), ("2001:db8::1", 443)]


def test_results_and_hours_are_kept_as_long_as_the_settings_say() -> None:
    assert _kept(read({})) == USUAL == Kept(30 * DAY, 365 * DAY)
    given = {"FENER_KEEP_RESULTS_DAYS": "7", "FENER_KEEP_HOURS_DAYS": "7"}
    assert _kept(read(given)) == Kept(7 * DAY, 7 * DAY)


@pytest.mark.parametrize("given", ["-1", "65", "two"])
def test_a_number_of_probers_that_will_not_do_is_refused(given: str) -> None:
    with pytest.raises(SettingError, match=f"FENER_PROBERS is '{given}', wanted a whole number"):
        read({"FENER_PROBERS": given})
    assert read({"FENER_PROBERS": "64"}).probers == 64


@pytest.mark.parametrize("name", ["FENER_KEEP_RESULTS_DAYS", "FENER_KEEP_HOURS_DAYS"])
@pytest.mark.parametrize("days", ["0", "-1", "3651", "1.5", "30d"])
def test_days_that_are_out_of_bounds_are_refused(name: str, days: str) -> None:
    said = f"{name} is '{days}', wanted a whole number of days from 1 to 3650"
    with pytest.raises(SettingError, match=f"^{re.escape(said)}$"):
        read({name: days})


def test_hours_may_not_end_before_their_results() -> None:
    said = "FENER_KEEP_HOURS_DAYS is 365, wanted no fewer than the 400 of FENER_KEEP_RESULTS_DAYS"
    with pytest.raises(SettingError, match=f"^{said}$"):
        read({"FENER_KEEP_RESULTS_DAYS": "400"})


def test_a_secret_key_is_not_repeated_where_it_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FENER_SECRET_KEY", "too short")
    assert "too short" not in fener("serve").err


def test_help_lists_every_setting() -> None:
    said = fener("serve", "--help").out
    for entry in ENTRIES:
        assert re.search(rf"^ +{entry.name} +{re.escape(entry.help)} \[", said, re.MULTILINE)


def checks_asked_for(data: Path) -> int:
    with closing(sqlite3.connect(data / "fener.db")) as opened:
        sql = "SELECT count(*) FROM all_results WHERE purpose = 'manual'"
        return int(opened.execute(sql).fetchone()[0])


def children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
    return [int(child) for child in listed]


def is_alive(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2]
    except FileNotFoundError:
        return False
