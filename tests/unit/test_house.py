"""The house keeps its own rules: imports, locks, documents and the wheel."""

import ast
import importlib
import json
import os
import re
import runpy
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
CORE = PROJECT["project"]["dependencies"]
BIN = Path(sys.executable).parent
LOCKS = ("run", "test", "node")
MACHINE = {name: text for name, text in os.environ.items() if not name.startswith("MAKE")}


def run(*command: str | Path, folder: Path = ROOT, **environment: str) -> tuple[int, str]:
    """The exit status and all that a program said."""
    done = subprocess.run(
        command,
        cwd=folder,
        env=MACHINE | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout


class TestImportRules:
    PLANTED = {
        "pipeline/record/planted.py": "import fener.pipeline.notify.senders\n",
        "pipeline/planted.py": "import fener.storage.planted\n",
        "domain/planted.py": "import asyncio\n",
        "pipeline/judge/planted.py": "import fener.domain.planted\n",
        "net/planted.py": "import fener.actions.planted\n",
        "actions/planted.py": "import fener.testing\nimport litestar\nimport sqlite3\n",
        "storage/planted.py": "import fener.settings\n",
        "cli/planted.py": "import fener.testing\n",
        "newcomer.py": "",
    }
    BROKEN = {
        "Everything points down": (
            "fener.pipeline.planted -> fener.storage.planted",
            "fener.net.planted -> fener.actions.planted",
            "fener.actions.planted -> fener.testing",
            "fener.cli.planted -> fener.testing",
            "- fener.newcomer",
        ),
        "Stages do not know one another": (
            "fener.pipeline.record.planted -> fener.pipeline.notify.senders",
        ),
        "Only bootstrap and the command line read settings": (
            "fener.storage.planted -> fener.settings",
        ),
        "The domain and the judge do no I/O and read no clock": (
            "fener.domain.planted -> asyncio",
            "fener.pipeline.judge.planted -> fener.domain.planted",
        ),
        "Only storage speaks SQL": ("fener.actions.planted -> sqlite3",),
        "Only the front doors know web frameworks and the terminal": (
            "fener.actions.planted -> litestar",
        ),
    }

    def test_planted_violations_turn_the_check_red(self, verdict: tuple[int, str]) -> None:
        status, _ = verdict
        assert status == 1

    @pytest.mark.parametrize("contract", BROKEN)
    def test_each_contract_names_what_was_planted_against_it(
        self, verdict: tuple[int, str], contract: str
    ) -> None:
        _, said = verdict
        assert f"{contract} BROKEN" in said
        section = said.rpartition(f"{contract}\n---")[2].partition("\n---")[0]
        for line in self.BROKEN[contract]:
            assert line in section

    def test_each_contract_of_the_project_is_tested_here(self) -> None:
        contracts = PROJECT["tool"]["importlinter"]["contracts"]
        assert {contract["name"] for contract in contracts} == set(self.BROKEN)

    @pytest.mark.parametrize(
        "line",
        [
            "time.time()",
            "time.monotonic()",
            "time.perf_counter()",
            "time.sleep(1)",
            "asyncio.sleep(1)",
            "datetime.datetime.now(datetime.UTC)",
            "datetime.date.today()",
        ],
    )
    def test_the_back_doors_to_the_clock_are_closed(self, tmp_path: Path, line: str) -> None:
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        planted = tmp_path / "src/fener/pipeline/planted.py"
        planted.parent.mkdir(parents=True)
        planted.write_text(f"import asyncio\nimport datetime\nimport time\n\n{line}\n", "utf-8")
        status, said = run(BIN / "ruff", "check", "--no-cache", planted, folder=tmp_path)
        assert status == 1
        assert "TID251" in said

    def test_make_check_asks_every_tool(self) -> None:
        status, said = run("make", "--dry-run", "check")
        assert status == 0
        for tool in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
            assert f"/{tool}\n" in said


@pytest.fixture(scope="module")
def verdict(tmp_path_factory: pytest.TempPathFactory) -> tuple[int, str]:
    """What import-linter says of a copy of the tree into which violations were planted."""
    copy = copied_tree(tmp_path_factory.mktemp("planted"))
    for name, text in TestImportRules.PLANTED.items():
        (copy / "src/fener" / name).write_text(text, "utf-8")
    return lint_imports(copy)


def copied_tree(folder: Path) -> Path:
    shutil.copy(ROOT / "pyproject.toml", folder)
    ignored = shutil.ignore_patterns("__pycache__", "static")
    shutil.copytree(ROOT / "src", folder / "src", ignore=ignored)
    return folder


def lint_imports(folder: Path) -> tuple[int, str]:
    command = (BIN / "lint-imports", "--no-cache")
    return run(*command, folder=folder, PYTHONPATH=str(folder / "src"), COLUMNS="200")


class TestLocks:
    @pytest.mark.parametrize("name", LOCKS)
    def test_a_lock_holds_only_versions_and_hashes(self, name: str) -> None:
        """No index, no address and no path: a machine asks the index it is set up for."""
        version = re.compile(r"[a-z0-9-]+==[\w.]+( ; [^/\\]+)? \\")
        for line in read(f"requirements/{name}.lock").splitlines():
            if not line.startswith(("    --hash=sha256:", "    #", "#")):
                assert version.fullmatch(line), line
            assert "/" not in line.replace("requirements/run.lock", "")

    def test_the_front_end_lock_holds_no_address(self) -> None:
        text = read("package-lock.json")
        assert "://" not in text
        packages = json.loads(text)["packages"]
        assert all("integrity" in facts for name, facts in packages.items() if name)
        assert packages[""]["dependencies"] == json.loads(read("package.json"))["dependencies"]

    @pytest.mark.parametrize(
        ("lock", "groups"), [("run", ["build"]), ("test", ["build", "test"]), ("node", ["node"])]
    )
    def test_a_lock_satisfies_what_the_project_asks_for(self, lock: str, groups: list[str]) -> None:
        locked = versions(lock)
        asked = [] if lock == "node" else list(CORE)
        for group in groups:
            asked += PROJECT["dependency-groups"][group]
        for requirement in map(Requirement, asked):
            assert requirement.specifier.contains(locked[canonicalize_name(requirement.name)])

    def test_tests_run_with_the_versions_that_people_run(self) -> None:
        assert versions("run").items() <= versions("test").items()


def versions(lock: str) -> dict[str, str]:
    return dict(re.findall(r"(?m)^([a-z0-9-]+)==([\w.]+)", read(f"requirements/{lock}.lock")))


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


class TestDocuments:
    def test_the_settings_page_is_made_from_the_settings(self) -> None:
        page = runpy.run_path(str(ROOT / "tools/settings_page.py"))["page"]
        assert read("docs/settings.md") == page(), "run: make docs"

    @pytest.mark.parametrize(
        ("heading", "asked"),
        [
            ("Core", CORE),
            ("Build", PROJECT["dependency-groups"]["build"] + PROJECT["dependency-groups"]["node"]),
            ("Tests", PROJECT["dependency-groups"]["test"]),
            ("Front end", json.loads((ROOT / "package.json").read_text("utf-8"))["dependencies"]),
        ],
    )
    def test_every_dependency_has_its_reason_and_alternative(
        self, heading: str, asked: list[str]
    ) -> None:
        rows = table(section(read("docs/dependencies.md"), heading))
        names = [row[0] for row in rows]
        assert sorted(names) == sorted(re.split(r"[>;=\[ ]", name)[0] for name in asked)
        assert all(len(row) == 3 and all(row) for row in rows)

    def test_the_code_imports_only_what_the_project_asks_for(self) -> None:
        """What comes along with another package may be gone with its next version."""
        asked = {canonicalize_name(Requirement(line).name) for line in CORE}
        for module in imported_modules(ROOT / "src/fener") - {"fener", *sys.stdlib_module_names}:
            owners = packages_distributions()[module]
            assert asked & set(map(canonicalize_name, owners)), module

    def test_the_core_has_few_dependencies(self) -> None:
        assert len(CORE) <= 20

    def test_the_words_of_the_glossary_are_the_names_in_the_code(self) -> None:
        rows = table(read("docs/glossary.md"))
        places = [row[3].strip("`") for row in rows if row[3]]
        assert len(places) > 12
        for place in places:
            assert resolved(place) is not None

    def test_a_word_of_the_glossary_has_one_meaning(self) -> None:
        words = [word for row in table(read("docs/glossary.md")) for word in row[0].split(", ")]
        assert len(words) == len(set(words))

    @pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", *sorted(
        str(path.relative_to(ROOT)) for path in (ROOT / "docs").rglob("*.md")
    )])  # fmt: skip
    def test_what_a_page_points_to_is_there(self, page: str) -> None:
        text = read(page)
        for target in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in target:
                assert ((ROOT / page).parent / target).exists(), target
        for command in re.findall(r"\bmake ([a-z-]+)\b(?=`|$)", text, re.MULTILINE):
            assert f"\n{command}:" in read("Makefile"), command

    def test_make_help_lists_every_command(self) -> None:
        status, said = run("make", "help")
        declared = re.search(r"(?m)^\.PHONY: (.*)$", read("Makefile"))
        assert status == 0
        assert declared
        assert [line.split()[1] for line in said.splitlines()] == declared[1].split()


def imported_modules(package: Path) -> set[str]:
    """The top-level names that a package imports anywhere, itself included."""
    names = set()
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and not node.level:
                names.add(str(node.module))
    return {name.partition(".")[0] for name in names}


def section(text: str, heading: str) -> str:
    return text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


def table(text: str) -> list[list[str]]:
    """The rows of the first table, without its head."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def resolved(place: str) -> object:
    try:
        return importlib.import_module(place)
    except ModuleNotFoundError:
        module, _, name = place.rpartition(".")
        return getattr(importlib.import_module(module), name)


def test_the_wheel_holds_the_whole_package_and_the_front_end(tmp_path: Path) -> None:
    status, said = run(BIN / "python", "-m", "hatchling", "build", "-t", "wheel", "-d", tmp_path)
    assert status == 0, said
    [wheel] = tmp_path.glob("*.whl")
    held = set(zipfile.ZipFile(wheel).namelist())
    package = ROOT / "src/fener"
    source = {path for path in package.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert {str(path.relative_to(ROOT / "src")) for path in source} <= held
    assert "fener/web/static/vendor/htmx.min.js" in held
