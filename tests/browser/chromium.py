"""Which browser the tests and the screenshots are made with, and how it is started."""

from __future__ import annotations

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
INSTALL = "Chromium is not installed: staff's pages are NOT tested in a browser (apt-get install chromium)"
# As root in a container there is no sandbox to be had; and nothing may go to the network.
_FLAGS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--lang=nb-NO", "--force-color-profile=srgb", "--font-render-hinting=none",
)  # fmt: skip
PHONE = {"width": 360, "height": 740}
DESKTOP = {"width": 1180, "height": 800}


def executable() -> str | None:
    """Return the path of an installed browser."""
    return next(filter(None, map(shutil.which, NAMES)), None)


def is_required() -> bool:
    """Is a missing browser a fault, not a reason to skip?"""
    return os.environ.get("LOFTEBOT_BROWSER") == "required"


@asynccontextmanager
async def launched() -> AsyncIterator[Browser]:
    """Start the browser with a new, empty profile, and end it."""
    path = executable()
    assert path is not None, INSTALL
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=path, args=list(_FLAGS), env={**os.environ, "LANGUAGE": "nb"}
        )
        try:
            yield browser
        finally:
            await browser.close()
