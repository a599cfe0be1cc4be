"""A Chromium that reaches this machine alone, and pictures of what it shows."""

import os
import re
import shutil
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect, sync_playwright

from tests.e2e.workspace import PROJECT

CHROMIUM = "/usr/bin/chromium"
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SCREENSHOTS = Path(os.environ.get("NYAY_SCREENSHOTS") or PROJECT / ".ci/output/screenshots")
SHOW_MILLISECONDS = 60_000
WINDOW = ViewportSize(width=1400, height=1000)
PAGE_HEIGHT = "document.documentElement.scrollHeight"


@contextmanager
def browser_page() -> Generator[Page]:
    """A page of Debian's Chromium that reaches this machine alone."""
    if not shutil.which(CHROMIUM) and not os.environ.get("CI"):
        pytest.skip(f"{CHROMIUM} is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        opened = browser.new_page(viewport=WINDOW)
        opened.set_default_timeout(SHOW_MILLISECONDS)
        opened.route(re.compile("^https?://"), only_this_machine)
        expect.set_options(timeout=SHOW_MILLISECONDS)
        yield opened
        browser.close()


def only_this_machine(route: Route) -> None:
    if urlsplit(route.request.url).hostname == "127.0.0.1":
        route.continue_()
    else:
        route.abort()


def shoot(page: Page, name: str) -> None:
    """Keep what is seen, in a window that is as high as the page."""
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    height = max(WINDOW["height"], page.evaluate(PAGE_HEIGHT))
    page.set_viewport_size({"width": WINDOW["width"], "height": height})
    page.screenshot(path=SCREENSHOTS / f"{name}.png")
    page.set_viewport_size(WINDOW)
