"""What every test stands on: no settings of the machine, one rule for a missing browser."""

import os
import shutil

import hypothesis
import pytest

NO_CHROMIUM = "no Chromium for the browser tests, run: apt-get install chromium"
IN_CI = os.environ.get("CI") == "true"

hypothesis.settings.register_profile("fener", deadline=None, derandomize=IN_CI)
hypothesis.settings.load_profile("fener")


def pytest_configure() -> None:
    for name in list(os.environ):
        if name.startswith("FENER_") and not name.startswith("FENER_TEST_"):
            del os.environ[name]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip browser tests where there is no browser, but never in CI."""
    browser_tests = [item for item in items if item.get_closest_marker("browser")]
    if not browser_tests or find_chromium():
        return
    if IN_CI:
        raise pytest.UsageError(NO_CHROMIUM)
    for item in browser_tests:
        item.add_marker(pytest.mark.skip(reason=NO_CHROMIUM))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = terminalreporter.stats.get("skipped", ())
    if any(NO_CHROMIUM in str(report.longrepr) for report in skipped):
        terminalreporter.write_line(f"Skipped: {NO_CHROMIUM}")


def find_chromium() -> str | None:
    """The browser to test with; `FENER_TEST_CHROMIUM` names another than Debian's."""
    named = os.environ.get("FENER_TEST_CHROMIUM")
    return named or shutil.which("chromium") or shutil.which("chromium-browser")


@pytest.fixture(scope="session")
def chromium() -> str:
    """The path of the browser, for Playwright's `executable_path`."""
    found = find_chromium()
    assert found, NO_CHROMIUM
    return found
