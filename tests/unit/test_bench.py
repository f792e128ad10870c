"""The benches still work. How fast anything is, no test says: machines differ."""

import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"^  +\S.*  [\d,.-]+ \S", re.MULTILINE)
TITLE = re.compile(r"^(\w+): .+\n(?=  )", re.MULTILINE)
WITHIN_SECONDS = 240
AT_ONCE = 4
"""Most of them wait most of the time."""


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "bench", *arguments],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=WITHIN_SECONDS,
        check=False,
    )


def described() -> list[str]:
    text = (ROOT / "bench/README.md").read_text("utf-8")
    return re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)


def test_each_bench_gives_its_figures() -> None:
    names = described()
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for name, told in zip(names, pool.map(run, cycle(["--quick"]), names), strict=False):
            assert told.returncode == 0, f"{name}: {told.stderr}"
            assert TITLE.findall(told.stdout) == [name]
            assert FIGURE.findall(told.stdout)


def test_a_bench_that_is_not_there_is_named_with_those_that_are() -> None:
    told = run("whatever")
    assert told.returncode == 2
    assert f"there is no bench whatever; there are {', '.join(described())}" in told.stderr
