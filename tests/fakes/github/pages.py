"""Pages that show a conversation in GitHub's style, read and cleaned as GitHub does it."""

from __future__ import annotations

from html import escape

import cmarkgfm
import nh3
from cmarkgfm.cmark import Options

from tests.fakes.github.state import Comment, Repository, State

STYLE = """
body{font:14px/1.5 -apple-system,"Segoe UI","Noto Sans",Helvetica,Arial,sans-serif;color:#1f2328;
 max-width:900px;margin:24px auto;padding:0 16px}
a{color:#0969da;text-decoration:none}
.box{border:1px solid #d1d9e0;border-radius:6px;margin:16px 0}
.box>header{background:#f6f8fa;border-bottom:1px solid #d1d9e0;padding:8px 16px;color:#59636e;
 border-radius:6px 6px 0 0}
.box>div{padding:16px;overflow-x:auto}
table{border-collapse:collapse;display:block;width:max-content;max-width:100%;overflow:auto;
 margin:0 0 16px}
td,th{border:1px solid #d1d9e0;padding:6px 13px}th{font-weight:600}
tr:nth-child(2n){background:#f6f8fa}
code{background:#818b981f;padding:.2em .4em;border-radius:6px;
 font:85% ui-monospace,SFMono-Regular,Menlo,monospace}
pre{background:#f6f8fa;padding:16px;border-radius:6px;overflow:auto}
pre code{background:none;padding:0}
blockquote{border-left:.25em solid #d1d9e0;color:#59636e;padding:0 1em;margin:0 0 16px}
h1,h2{border-bottom:1px solid #d1d9e0b3;padding-bottom:.3em}h3,h2,h1{margin:24px 0 16px}
"""
TAGS = nh3.ALLOWED_TAGS | {"input", "details", "summary", "picture", "source", "tfoot"}
ATTRIBUTES = nh3.ALLOWED_ATTRIBUTES | {
    "*": {"align", "title", "width", "height", "dir", "open"},
    "input": {"type", "checked", "disabled"},
}


def rendered(body: str) -> str:
    """A comment's HTML, of which nothing is left that GitHub would not let through."""
    html = cmarkgfm.github_flavored_markdown_to_html(body, options=Options.CMARK_OPT_UNSAFE)
    return nh3.clean(html, tags=TAGS, attributes=ATTRIBUTES)


def index(state: State) -> str:
    """All pull requests."""
    items = "".join(
        f'<li><a href="/{escape(name)}/pull/{number}">{escape(name)} #{number}</a></li>'
        for name, repository in state.repositories.items()
        for number in sorted(repository.pulls)
    )
    return _page("A fake of GitHub", f"<ul>{items}</ul>")


def conversation(repository: Repository, number: int) -> str:
    """The comments of a pull request, with the statuses of its head."""
    pull = repository.pulls.get(number)
    comments = "".join(_comment(one) for one in repository.comments_of(number))
    newest = {one.context: one for one in repository.statuses if pull and one.sha == pull.head.sha}
    statuses = "".join(
        f"<li><b>{escape(one.context)}</b> {escape(one.state)}: {escape(one.description)}</li>"
        for one in newest.values()
    )
    title = f"{pull.title if pull else 'An issue'} #{number}"
    return _page(title, f"{comments}<div class=box><div><ul>{statuses}</ul></div></div>")


def _comment(comment: Comment) -> str:
    hidden = f" · hidden as {comment.minimized.lower()}" if comment.minimized else ""
    reactions = " ".join(one.content for one in comment.reactions)
    head = f"<b>{escape(comment.user.login)}</b> commented {comment.created}{hidden} {reactions}"
    size = f"{len(comment.body):,} characters, edited {len(comment.edits)}×"
    return (
        f"<div class=box id=issuecomment-{comment.id}><header>{head} · {size}</header>"
        f"<div>{rendered(comment.body)}</div></div>"
    )


def _page(title: str, body: str) -> str:
    head = f"<meta charset=utf-8><title>{escape(title)}</title><style>{STYLE}</style>"
    return f"<!doctype html>{head}<h1>{escape(title)}</h1>{body}"
