"""A real browser for the tests of the page, and reports to open in it.

Needs a Chromium on the machine (Debian: ``apt-get install chromium``) and playwright, which drives it.
"""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass, field

import pytest

from pklogistics.report.html import write_page
from tests.report.missions import hostile

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def _found() -> str | None:
    named = os.environ.get("PKLOGISTICS_BROWSER")
    return named or next((path for path in map(shutil.which, BROWSERS) if path), None)


@pytest.fixture(scope="session")
def browser():
    api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed: no browser test")
    path = _found()
    if path is None:
        pytest.skip("no Chromium on this machine, and PKLOGISTICS_BROWSER names none: no browser test")
    with api.sync_playwright() as playwright:
        # Root, as in most containers, can have no sandbox; the page is our own.
        running = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield running
        running.close()


@pytest.fixture(scope="session")
def address(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "plan.html"
    write_page(*hostile(), path)
    return path.as_uri()


@dataclass
class Opened:
    """A page that is open, and everything that it should not have done."""

    page: object
    wrong: list[str] = field(default_factory=list)


@pytest.fixture
def opened(browser, address):
    contexts = []

    def opened(address=address, **settings) -> Opened:
        context = browser.new_context(**settings)
        contexts.append(context)
        context.set_offline(True)
        context.set_default_timeout(5_000)
        found = Opened(context.new_page())
        page = found.page
        page.on("console", lambda message: found.wrong.append(f"console: {message.text}"))
        page.on("pageerror", lambda error: found.wrong.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (found.wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.on("request", lambda asked: asked.url == address or found.wrong.append(f"asked: {asked.url}"))
        page.goto(address)
        if settings.get("java_script_enabled", True):
            page.wait_for_selector("html.started", state="attached")
        return found

    yield opened
    for context in contexts:
        context.close()
