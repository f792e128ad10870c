"""Commands on the local store: what they do, print, and complain of."""

import asyncio
import os
import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from fener.actions import monitors, site
from fener.bus.ringing import heard
from fener.domain.kinds.dns import DnsSettings
from fener.domain.kinds.http import HttpSettings
from fener.domain.time import MINUTE
from support.command import Said, commands, fener, turns
from support.database import migrated_file
from support.people import stored_bytes
from support.watched import Bells, Watched, watched_world

ADDRESS = "https://shop.example/"


@pytest.fixture
def nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The data folder of a first start, which is not there yet."""
    folder = tmp_path / "data"
    monkeypatch.setenv("FENER_DATA", str(folder))
    return folder


@pytest.fixture
def data(nothing: Path) -> Path:
    """A data folder with an empty store: migrating one takes longer than a test."""
    nothing.mkdir()
    migrated_file(nothing / "fener.db")
    return nothing


@pytest.fixture
def added(data: Path) -> Any:
    """A monitor that was just added."""
    return fener("monitor", "add", ADDRESS, "--json").json


def prepare(folder: Path, work: Callable[[Watched], Any]) -> Any:
    """Let a pipeline leave something in the store before the command looks."""

    async def prepared() -> Any:
        async with watched_world(folder) as world:
            return await work(world)

    return asyncio.run(prepared())


async def shop_was_up(world: Watched) -> None:
    new = monitors.New(settings=HttpSettings(url=ADDRESS), name="Shop")
    await world.saw((await monitors.add(world.context, world.acme, new)).id)


async def was_served(world: Watched) -> None:
    await site.keep_site(world.context, "http://127.0.0.1:4711")


async def shop_is_down(world: Watched) -> None:
    new = monitors.New(settings=HttpSettings(url=ADDRESS), name="Shop")
    shop = await monitors.add(world.context, world.acme, new)
    await world.goes_down(shop.id)


async def records_change(world: Watched) -> None:
    new = monitors.New(settings=DnsSettings(host="shop.example", notice_changes=True))
    shop = await monitors.add(world.context, world.acme, new)
    for address in ("198.51.100.7", *["198.51.100.9"] * 3):
        await world.saw(shop.id, records=(f"A {address}",))
        await world.clock.advance(MINUTE)


class TestMonitors:
    def test_the_first_command_needs_no_set_up(self, nothing: Path) -> None:
        done = fener("monitor", "add", "shop.example", "--every", "30s")
        assert done == Said(0, "Monitor 1, shop.example: https://shop.example every 30s.\n", "")

    def test_what_was_added_is_listed(self, data: Path) -> None:
        fener("monitor", "add", ADDRESS, "--name", "Shop", "--every", "1h30m")
        said = fener("monitor", "list").out.splitlines()
        assert said[0].split() == [
            "ID",
            "STATE",
            "NAME",
            "TARGET",
            "EVERY",
            "TOOK",
            "LAST",
            "CHECK",
        ]
        assert said[1].split() == ["1", "unknown", "Shop", ADDRESS, "1h30m"]

    def test_a_listing_is_json_where_programs_read_it(self, added: Any) -> None:
        (listed,) = fener("monitor", "list", "--json").json
        assert listed == added
        assert listed["target"] == ADDRESS
        assert listed["state"] == "unknown"
        assert listed["intervalSeconds"] == 60
        assert UUID(listed["publicId"]).version == 7

    def test_what_was_up_long_ago_is_late_and_never_up(self, data: Path) -> None:
        prepare(data, shop_was_up)
        (listed,) = fener("monitor", "list", "--json").json
        assert listed["state"] == "late"
        assert fener("monitor", "list").out.splitlines()[1].split()[:3] == ["1", "late", "Shop"]

    def test_an_empty_listing_is_empty_json_and_a_hint_for_people(self, data: Path) -> None:
        assert fener("monitor", "list", "--json").json == []
        empty = fener("monitor", "list")
        assert empty.out == ""
        assert "fener monitor add https://example.com" in empty.err

    def test_every_option_reaches_the_monitor(self, data: Path) -> None:
        options = ("--every", "2m", "--timeout", "5s", "--keyword", "Hi", "--expect", "200,3xx")
        fener("monitor", "add", ADDRESS, "--customer", "1", *options)
        row = only_row(data, "SELECT * FROM monitors")
        assert (row["interval_ms"], row["timeout_ms"]) == (120_000, 5_000)
        assert '"keyword":"Hi"' in row["settings"]
        assert '"expected_status":"200,300-399"' in row["settings"]

    def test_only_records_can_be_watched_for_changes(self, data: Path) -> None:
        address = "dns://shop.example?type=A,MX"
        assert fener("monitor", "add", address, "--notice-changes").code == 0
        row = only_row(data, "SELECT * FROM monitors")
        assert '"notice_changes":true' in row["settings"]
        refused = fener("monitor", "add", ADDRESS, "--notice-changes")
        assert refused.code != 0
        assert "Only DNS records can be watched for changes" in refused.err

    def test_a_monitor_is_paused_and_resumed(self, added: Any) -> None:
        assert fener("monitor", "pause", "1").out == "Monitor 1, shop.example, is paused.\n"
        assert fener("monitor", "list", "--json").json[0]["state"] == "paused"
        assert fener("monitor", "resume", "1").code == 0
        assert fener("monitor", "list", "--json").json[0]["state"] == "unknown"

    def test_a_monitor_may_be_named_by_its_public_id(self, added: Any) -> None:
        assert fener("monitor", "pause", added["publicId"]).code == 0
        assert fener("monitor", "pause", added["publicId"].upper()).code == 0

    def test_a_deleted_monitor_is_gone(self, added: Any) -> None:
        assert fener("monitor", "delete", "1").out == "Monitor 1 is deleted.\n"
        assert fener("monitor", "list", "--json").json == []
        assert fener("monitor", "delete", "1").complaint == [
            "fener: There is no such monitor.",
            "  See what is there: fener monitor list, fener policy list, fener incidents",
        ]

    def test_a_running_fener_is_told_to_check_now(self, data: Path, added: Any) -> None:
        bells = Bells()

        async def asked() -> Said:
            with heard(data, bells):
                said = await asyncio.to_thread(fener, "monitor", "check", "1")
                await turns()
                return said

        assert asyncio.run(asked()).code == 0
        assert bells.rung == ["check 1"]

    def test_a_check_that_nobody_would_make_is_no_success(self, added: Any) -> None:
        asked = fener("monitor", "check", "1")
        assert asked.code == 3
        assert asked.complaint == [
            "fener: No Fener serves this store, so nobody checks it",
            f"  Start one: fener serve; or probe it from here: fener check {ADDRESS}",
        ]

    @pytest.mark.parametrize(
        ("arguments", "what"),
        [
            (("add", "http://a b/"), "The address holds a space; write %20 for it."),
            (("add", ADDRESS, "--every", "30"), "write one with its unit such as 30s"),
            (("add", ADDRESS, "--every", "100ms"), "The interval is 0.1 s, but may be from 1 s"),
            (("add", ADDRESS, "--expect", "abc"), "abc"),
            (("add",), "Missing argument 'ADDRESS'"),
            (("add", ADDRESS, "--colour"), "No such option: --colour"),
            (("pause", "shop"), "'shop' is no ID"),
            (("pause", "9" * 30), f"'{'9' * 30}' is no ID"),
        ],
    )
    def test_what_cannot_be_read_ends_with_2_and_two_lines(
        self, data: Path, arguments: tuple[str, ...], what: str
    ) -> None:
        refused = fener("monitor", *arguments)
        assert refused.code == 2
        first, second = refused.complaint
        assert first.startswith("fener: ")
        assert what in first
        assert second.startswith("  ")

    def test_names_cannot_steer_the_terminal(self, data: Path) -> None:
        fener("monitor", "add", ADDRESS, "--name", "[red]Shop[/red] \x9b31m")
        assert "[red]Shop[/red] \ufffd31m" in fener("monitor", "list").out


class TestHeartbeats:
    def test_the_address_and_the_line_for_the_crontab_are_printed(self, data: Path) -> None:
        cron = ("--cron", "30 3 * * *", "--zone", "Europe/Istanbul", "--grace", "10m")
        done = fener("heartbeat", "add", "backup", *cron)
        headline, address, line = done.out.splitlines()
        assert headline == "Heartbeat 1, backup: cron 30 3 * * * (Europe/Istanbul)."
        url = address.removeprefix("Address:  ")
        assert url.startswith("http://127.0.0.1:8000/ping/")
        assert UUID(url.rpartition("/")[2]).version == 4
        assert line == f"Crontab:  30 3 * * * your-job && curl -fsS -m 10 --retry 3 {url}"

    def test_the_address_is_where_people_reach_fener(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FENER_PUBLIC_URL", "https://fener.example/")
        done = fener("heartbeat", "add", "backup", "--every", "1h", "--json")
        assert done.json["pingUrl"].startswith("https://fener.example/ping/")

    @pytest.mark.parametrize(
        ("every", "times"),
        [
            ("1m", "* * * * *"),
            ("5m", "*/5 * * * *"),
            ("1h", "0 * * * *"),
            ("6h", "0 */6 * * *"),
            ("1d", "0 3 * * *"),
        ],
    )
    def test_an_interval_that_a_crontab_knows_is_put_in_its_words(
        self, data: Path, every: str, times: str
    ) -> None:
        done = fener("heartbeat", "add", "backup", "--every", every)
        assert done.out.splitlines()[2].startswith(f"Crontab:  {times} your-job && curl ")

    @pytest.mark.parametrize("every", ["7m", "90m", "2d", "30s"])
    def test_an_interval_that_no_crontab_knows_gets_no_times(self, data: Path, every: str) -> None:
        done = fener("heartbeat", "add", "backup", "--every", every)
        assert done.out.splitlines()[2].startswith("Command:  your-job && curl ")

    def test_the_address_is_the_one_of_who_served_last_unless_another_is_named(
        self, data: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        prepare(data, was_served)
        fener("heartbeat", "add", "backup", "--every", "1h")
        shown = fener("heartbeat", "show", "1", "--json").json
        assert shown["pingUrl"].startswith("http://127.0.0.1:4711/ping/")
        monkeypatch.setenv("FENER_PUBLIC_URL", "https://fener.example/")
        shown = fener("heartbeat", "show", "1", "--json").json
        assert shown["pingUrl"].startswith("https://fener.example/ping/")

    def test_the_address_is_shown_again_and_listed_nowhere(self, data: Path) -> None:
        added = fener("heartbeat", "add", "backup", "--on-calendar", "Mon..Fri 08:00", "--json")
        url = added.json["pingUrl"]
        assert url in fener("heartbeat", "show", "1").out
        assert fener("heartbeat", "show", "1", "--json").json["pingUrl"] == url
        assert "/ping/" not in fener("heartbeat", "list").out
        assert fener("heartbeat", "list", "--json").json[0]["pingUrl"] is None

    def test_monitors_and_heartbeats_are_listed_apart(self, data: Path) -> None:
        fener("monitor", "add", ADDRESS)
        fener("heartbeat", "add", "backup", "--every", "1h")
        assert [one["id"] for one in fener("monitor", "list", "--json").json] == [1]
        assert [one["id"] for one in fener("heartbeat", "list", "--json").json] == [2]

    @pytest.mark.parametrize("options", [(), ("--every", "1h", "--cron", "* * * * *")])
    def test_a_heartbeat_has_just_one_schedule(self, data: Path, options: tuple[str, ...]) -> None:
        refused = fener("heartbeat", "add", "backup", *options)
        assert refused.code == 2
        assert refused.complaint == [
            "fener: A heartbeat needs one schedule: --every, --cron or --on-calendar",
            "  Such as: fener heartbeat add backup --every 1h --grace 5m",
        ]

    def test_a_schedule_that_cannot_be_kept_is_refused(self, data: Path) -> None:
        assert fener("heartbeat", "add", "x", "--cron", "61 * * * *").code == 2
        in_no_zone = fener("heartbeat", "add", "x", "--cron", "* * * * *", "--zone", "Mars")
        assert in_no_zone.code == 2
        assert "Mars" in in_no_zone.complaint[0]


class TestIncidents:
    def test_an_incident_is_listed_with_its_cause(self, data: Path) -> None:
        prepare(data, shop_is_down)
        heading, row = fener("incidents").out.splitlines()
        assert heading.split() == ["ID", "STATE", "MONITOR", "SINCE", "LASTED", "CAUSE"]
        assert row.split()[:3] == ["1", "open", "Shop"]
        assert row.endswith("connection refused")

    def test_open_ones_are_listed_alone(self, data: Path) -> None:
        async def one_over_one_open(world: Watched) -> None:
            await shop_is_down(world)
            await world.comes_up(1)
            await shop_is_down(world)

        prepare(data, one_over_one_open)
        assert [one["id"] for one in fener("incidents", "--json").json] == [2, 1]
        assert [one["id"] for one in fener("incidents", "--open", "--json").json] == [2]
        assert [one["id"] for one in fener("incidents", "--limit", "1", "--json").json] == [2]

    def test_no_incident_is_good_news(self, data: Path) -> None:
        assert fener("incidents", "--open").err == "Nothing is wrong.\n"
        assert fener("incidents", "--json").json == []

    def test_records_that_changed_are_no_failure(self, data: Path) -> None:
        prepare(data, records_change)
        shown = fener("incident", "show", "1").out
        assert "first seen" in shown
        assert "changed" in shown
        assert "fail" not in shown

    def test_one_incident_is_shown_with_timeline_and_checks(self, data: Path) -> None:
        prepare(data, shop_is_down)
        shown = fener("incident", "show", "1").out
        assert shown.startswith(f"open  Incident 1: Shop {ADDRESS}\n")
        assert "first failure" in shown
        assert "confirmed" in shown
        assert shown.count("connection refused") == 4
        told = fener("incident", "show", "1", "--json").json
        assert [event["kind"] for event in told["events"]] == ["first_failure", "confirmed"]
        assert len(told["checks"]) == 3
        assert told["incident"]["failedChecks"] == 3

    def test_an_acknowledged_incident_says_so(self, data: Path) -> None:
        prepare(data, shop_is_down)
        assert fener("incident", "ack", "1").out == "Incident 1, Shop, is acknowledged.\n"
        (listed,) = fener("incidents", "--open", "--json").json
        assert listed["status"] == "open"
        assert listed["acknowledgedAt"].endswith("Z")
        assert " acknowledged " in fener("incidents").out

    def test_an_incident_that_is_not_there_is_no_success(self, data: Path) -> None:
        assert fener("incident", "show", "7").code == 1
        assert fener("incident", "ack", "7").complaint[0] == "fener: Incident not found"

    def test_an_incident_of_another_organization_is_out_of_reach(self, data: Path) -> None:
        async def zenith_is_down(world: Watched) -> None:
            new = monitors.New(settings=HttpSettings(url=ADDRESS))
            await world.goes_down((await monitors.add(world.context, world.zenith, new)).id)

        prepare(data, zenith_is_down)
        assert fener("incidents", "--json").json == []
        assert fener("incident", "show", "1").code == 1


class TestTokens:
    def test_a_token_stands_alone_on_stdout(self, data: Path) -> None:
        made = fener("token", "create", "--name", "laptop")
        assert made.code == 0
        assert made.out.startswith("wsm_")
        assert made.out.split() == [made.out.strip()]
        assert made.err == "Token 1, laptop. Keep it: it is not shown again.\n"

    def test_the_secret_is_stored_nowhere(self, data: Path) -> None:
        secret = fener("token", "create", "--name", "laptop").out.strip()
        assert secret not in fener("token", "list").out
        assert secret not in fener("token", "list", "--json").out
        assert secret.encode() not in stored_bytes(data)

    def test_tokens_and_keys_are_listed_newest_first(self, data: Path) -> None:
        fener("token", "create", "--name", "site", "--customer", "1", "--expires", "90d")
        fener("token", "create", "--name", "me", "--kind", "account")
        key, token = fener("token", "list", "--json").json
        assert (key["kind"], key["name"], key["expiresAt"]) == ("account", "me", None)
        assert (token["kind"], token["customerId"]) == ("organization", 1)
        assert days_between(token["createdAt"], token["expiresAt"]) == 90

    def test_a_revoked_token_is_gone(self, data: Path) -> None:
        fener("token", "create", "--name", "laptop")
        assert fener("token", "revoke", "1").out == "Token 1 is revoked.\n"
        assert fener("token", "list", "--json").json == []
        assert fener("token", "revoke", "1").code == 1

    @pytest.mark.parametrize(
        ("options", "what"),
        [
            (("--expires", "36h"), "A token lives for whole days"),
            (("--expires", "0s"), "A token lives for 1 to 365 days."),
            (("--expires", "366d"), "A token lives for 1 to 365 days."),
            (("--customer", "7"), "Invalid customer ID"),
            (("--kind", "account", "--customer", "1"), "A key of an account acts as its user"),
            (("--kind", "robot"), "robot"),
        ],
    )
    def test_a_token_that_cannot_be_is_refused(
        self, data: Path, options: tuple[str, ...], what: str
    ) -> None:
        refused = fener("token", "create", "--name", "x", *options)
        assert refused.code == 2
        assert what in refused.complaint[0]

    def test_tokens_are_not_managed_through_the_api(
        self, nothing: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("FENER_URL", "https://fener.example")
        monkeypatch.setenv("FENER_TOKEN", "wsm_x")
        for words in (("create", "--name", "x"), ("list",), ("revoke", "1")):
            refused = fener("token", *words)
            assert refused.code == 1
            assert refused.complaint[0].startswith("fener: Tokens cannot manage tokens")
        assert not nothing.exists()


class TestCustomers:
    def test_the_customers_are_listed_with_the_ids_that_other_commands_take(
        self, data: Path
    ) -> None:
        prepare(data, shop_is_down)
        (acme,) = fener("customer", "list", "--json").json
        assert acme["name"] == "Acme"
        assert fener("monitor", "add", ADDRESS, "--customer", str(acme["id"])).code == 0
        assert fener("customer", "list").out.splitlines()[1].split()[:2] == ["1", "Acme"]

    def test_a_customer_of_another_organization_gets_no_monitor(self, data: Path) -> None:
        prepare(data, shop_is_down)
        assert fener("monitor", "add", ADDRESS, "--customer", "2").code == 1


class TestSurroundings:
    def test_a_misspelt_setting_is_named(self, data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("FENER_DATE", "x")
        refused = fener("monitor", "list")
        assert refused.code == 2
        assert "FENER_DATE" in refused.complaint[0]

    def test_a_data_folder_that_cannot_be_made_is_named(self, nothing: Path) -> None:
        nothing.write_text("a file")
        refused = fener("monitor", "list")
        assert refused.code == 3
        assert str(nothing) in refused.complaint[0]

    def test_a_database_of_a_newer_fener_is_left_alone(self, data: Path) -> None:
        prepare(data, newer)
        refused = fener("monitor", "list")
        assert refused.code == 3
        assert "9999" in refused.complaint[0]

    def test_a_file_that_is_no_database_is_told_in_two_lines(self, data: Path) -> None:
        (data / "fener.db").write_bytes(b"no database at all" * 100)
        refused = fener("monitor", "list")
        assert refused.code == 3
        assert refused.complaint[1] == "  See what is wrong: fener doctor"

    def test_every_command_has_help_with_an_example(self) -> None:
        for words in commands():
            said = fener(*words, "--help")
            assert said.code == 0
            assert re.search(rf"Example: .*fener {' '.join(words)}\b", said.out), words

    def test_a_group_without_a_command_shows_its_help(self) -> None:
        said = fener("monitor")
        assert said.code == 2
        assert "Usage: fener monitor" in said.err

    def test_a_mistyped_command_is_told_the_right_one(self) -> None:
        refused = fener("monitor", "paus", "1")
        assert refused.code == 2
        assert refused.complaint == [
            "fener: No such command 'paus'. Did you mean 'pause'?",
            "  See: fener monitor --help",
        ]

    def test_the_version_is_told(self) -> None:
        assert fener("--version").out.startswith("Fener ")

    @pytest.mark.parametrize("module", ["fener", "fener.cli"])
    def test_the_program_runs_as_a_module(self, data: Path, module: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", module, "monitor", "list", "--json"],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode, done.stdout, done.stderr) == (0, "[]\n", "")

    def test_output_that_nobody_reads_to_its_end_is_no_fault(self, data: Path) -> None:
        for number in range(3):
            fener("monitor", "add", ADDRESS, "--name", f"{number}-{'x' * 200}")
        command = f"{sys.executable} -m fener monitor list | true"
        done = subprocess.run(
            ["sh", "-c", command],
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.stderr == ""


async def newer(world: Watched) -> None:
    async with world.context.database.write() as session:
        await session.run("UPDATE alembic_version SET version_num = '9999'")


def only_row(data: Path, sql: str) -> dict[str, Any]:
    with closing(sqlite3.connect(data / "fener.db")) as opened:
        opened.row_factory = sqlite3.Row
        (row,) = opened.execute(sql).fetchall()
        return dict(row)


def days_between(first: str, second: str) -> float:
    return (datetime.fromisoformat(second) - datetime.fromisoformat(first)).total_seconds() / 86_400
