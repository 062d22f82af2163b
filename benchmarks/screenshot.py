"""A picture of the top of a page: `python -m benchmarks.screenshot PAGE.html PICTURE.png`.

Light, 1,400 by 1,100 pixels or as two more arguments say, in the Chromium of PATH; nothing is
loaded from anywhere. That of the comment in the README is of the page `real` of
`python -m tests.report.comment_gallery`, 940 by 828.
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
    if len(sys.argv) not in (3, 5):
        sys.exit("usage: python -m benchmarks.screenshot PAGE.html PICTURE.png [WIDTH HEIGHT]")
    wide, high = map(int, sys.argv[3:] or (WIDTH, HEIGHT))
    screenshot(Path(sys.argv[1]), Path(sys.argv[2]), width=wide, height=high)
