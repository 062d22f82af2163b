"""The comment in every situation, as GitHub shows it: `python -m tests.report.comment_gallery OUT`.

Writes a page for each situation, and with Chromium a picture of each at the widths of a desktop and
of a phone. The parser is GitHub's; the style is like theirs. Mermaid is not drawn.
"""

from __future__ import annotations

import html
import shutil
import sys
from pathlib import Path

import cmarkgfm
from cmarkgfm.cmark import Options
from playwright.sync_api import Browser, sync_playwright

from tests.report.comment import situations

WIDTHS = {"desktop": 1000, "phone": 420}
_OPTIONS = Options.CMARK_OPT_UNSAFE | Options.CMARK_OPT_GITHUB_PRE_LANG
_STYLE = """
* { box-sizing: border-box }
body { margin: 0; padding: 16px; background: #fff; color: #1f2328;
  font: 14px/1.5 -apple-system, "Segoe UI", "Noto Sans", Helvetica, Arial, sans-serif }
.comment { border: 1px solid #d1d9e0; border-radius: 6px; max-width: 900px; margin: auto }
.by { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e }
.body { padding: 16px; overflow-wrap: break-word }
.body > *:first-child { margin-top: 0 }
h2, h3, h4 { line-height: 1.25; margin: 24px 0 16px; font-weight: 600 }
h2 { font-size: 1.5em; border-bottom: 1px solid #d1d9e0; padding-bottom: .3em }
h3 { font-size: 1.25em } h4 { font-size: 1em }
p, ul, table, pre, blockquote, details { margin: 0 0 16px }
ul { padding-left: 2em }
blockquote { padding: 0 1em; color: #59636e; border-left: .25em solid #d1d9e0; margin-left: 0 }
table { display: block; width: max-content; max-width: 100%; overflow: auto;
  border-spacing: 0; border-collapse: collapse; font-variant: tabular-nums }
th, td { padding: 6px 13px; border: 1px solid #d1d9e0 }
tr { background: #fff; border-top: 1px solid #d1d9e0b3 } tr:nth-child(2n) { background: #f6f8fa }
code, pre { font: 85% ui-monospace, SFMono-Regular, "Liberation Mono", monospace }
code { background: #818b981f; border-radius: 6px; padding: .2em .4em; white-space: break-spaces }
pre { background: #f6f8fa; border-radius: 6px; padding: 16px; overflow: auto }
pre code { background: none; padding: 0 }
summary { cursor: pointer } a { color: #0969da }
sub { font-size: 75%; line-height: 0; position: relative; vertical-align: baseline; bottom: -.25em }
"""


def page(markdown: str) -> str:
    """A comment as a page."""
    body = cmarkgfm.github_flavored_markdown_to_html(markdown, _OPTIONS)
    return (
        f'<!doctype html><meta charset="utf-8"><style>{_STYLE}</style><div class="comment">'
        f'<div class="by"><b>github-actions</b> bot commented</div>'
        f'<div class="body">{body}</div></div>'
    )


def write(out: Path, names: list[str]) -> None:
    """Pages, and pictures where there is a Chromium."""
    out.mkdir(parents=True, exist_ok=True)
    for name in names:
        text = situations.text(name)
        (out / f"{name}.md").write_text(text, encoding="utf-8")
        (out / f"{name}.html").write_text(page(text), encoding="utf-8")
    listed = "".join(f'<li><a href="{name}.html">{html.escape(name)}</a>' for name in names)
    (out / "index.html").write_text(f"<!doctype html><ul>{listed}</ul>", encoding="utf-8")
    chromium = shutil.which("chromium")
    if chromium:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            _pictures(browser, out, names)
            browser.close()


def _pictures(browser: Browser, out: Path, names: list[str]) -> None:
    for label, width in WIDTHS.items():
        shown = browser.new_page(viewport={"width": width, "height": 800})
        for name in names:
            shown.goto((out / f"{name}.html").absolute().as_uri())
            shown.screenshot(path=out / f"{name}.{label}.png", full_page=True)
        shown.close()


if __name__ == "__main__":
    write(Path(sys.argv[1]), sys.argv[2:] or list(situations.SITUATIONS))
