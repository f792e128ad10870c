"""The benches still work. How fast anything is, no test says: machines differ."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
FIGURE = re.compile(r"^  \S.*  [\d,.-]+ \S", re.MULTILINE)
TITLE = re.compile(r"^(\w+): .+\n(?=  )", re.MULTILINE)
WITHIN_SECONDS = 240


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


def test_each_bench_gives_its_figures() -> None:
    told = run("--quick")
    assert told.returncode == 0, told.stderr
    described = re.findall(r"^\| `(\w+)` \|", (ROOT / "bench/README.md").read_text(), re.MULTILINE)
    assert TITLE.findall(told.stdout) == described
    assert len(FIGURE.findall(told.stdout)) >= 2 * len(described)


def test_a_bench_that_is_not_there_is_named_with_those_that_are() -> None:
    told = run("whatever")
    assert told.returncode == 2
    assert "there is no bench whatever; there are schedule, probe, line" in told.stderr
