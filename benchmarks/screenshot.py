"""A picture of the top of a report: `python -m benchmarks.screenshot REPORT.html PICTURE.png`.

Light, 1,400 by 1,100 pixels, in the Chromium of PATH; nothing is loaded from anywhere.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

WIDTH, HEIGHT = 1400, 1100  # px


def screenshot(
    report: Path,
    picture: Path,
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    scheme: str = "light",
    top: int = 0,
) -> None:
    """Take the picture, from `top` pixels below the top of the page on."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    if chromium is None:
        sys.exit("there is no chromium on this machine: `make browser` installs it")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        page = browser.new_page(
            viewport={"width": width, "height": height},
            color_scheme="dark" if scheme == "dark" else "light",
            device_scale_factor=1,
        )
        page.goto(report.resolve().as_uri())
        page.evaluate("top => window.scrollTo(0, top)", top)
        picture.parent.mkdir(parents=True, exist_ok=True)
        page.screenshot(path=picture)
        browser.close()


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("usage: python -m benchmarks.screenshot REPORT.html PICTURE.png")
    screenshot(Path(sys.argv[1]), Path(sys.argv[2]))
