"""Finds a Chromium for the tests marked `browser`, and says plainly when there is none.

CASETRACK_CHROMIUM names one; else the usual names are looked for. With
CASETRACK_DEMAND_BROWSER=1 (as in continuous integration) a missing browser is a failure.
"""

from __future__ import annotations

import os
import shutil

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# As root Chromium needs no sandbox of its own; it must not call home from a test either.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
]


def find_chromium() -> str | None:
    """Give the path of a Chromium of this machine, or None."""
    chosen = os.environ.get("CASETRACK_CHROMIUM")
    names = (chosen,) if chosen else NAMES
    return next((path for name in names if (path := shutil.which(name))), None)


def pytest_configure(config: pytest.Config) -> None:
    if os.environ.get("CASETRACK_DEMAND_BROWSER") == "1" and not find_chromium():
        raise pytest.UsageError("No Chromium was found, and CASETRACK_DEMAND_BROWSER=1 demands it.")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    walks = [item for item in items if item.get_closest_marker("browser")]
    if not walks or find_chromium():
        return
    for item in walks:
        item.add_marker(pytest.mark.skip(reason="no Chromium found (see CASETRACK_CHROMIUM)"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    skipped = [
        report
        for report in terminalreporter.stats.get("skipped", [])
        if "browser" in getattr(report, "keywords", {})
    ]
    if skipped:
        terminalreporter.write_line(
            f"{len(skipped)} browser tests were SKIPPED: no Chromium was found."
            " Install one, or name it in CASETRACK_CHROMIUM.",
            yellow=True,
        )


@pytest.fixture(scope="session")
def chromium() -> dict[str, object]:
    """How Playwright launches the machine's own Chromium: `playwright.chromium.launch(**…)`."""
    return {"executable_path": find_chromium(), "args": ARGUMENTS, "headless": True}
