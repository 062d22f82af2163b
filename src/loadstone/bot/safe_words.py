"""Safe words: what a stranger may write as a revision, a name or a case, and how it is quoted.

Each check takes a text and gives "" where it is fine, or what it has to be. A word that begins with
a dash would be an option of whatever program it is handed to, and `..` in a revision is a range.
"""

from __future__ import annotations

import re
import unicodedata

_REVISION = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+@-]{0,199}")
_NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}")
_FILE = re.compile(r"[A-Za-z0-9_.][A-Za-z0-9_./-]{0,199}")
_CASE = re.compile(r"[A-Za-z0-9_*?][^\"`\x00-\x1f\x7f-\x9f\u2028\u2029]{0,299}")
_REASON = re.compile(r"[^\x00-\x1f\x7f-\x9f\u2028\u2029]{3,400}")
_WHOLE = re.compile(r"[0-9]{1,4}")
_SHA = re.compile(r"[0-9a-f]{7,64}")
_HEX = re.compile(r"[0-9A-Fa-f]{4,64}")
_UNSEEN = ("C", "Zl", "Zp")  # categories: control, format and private characters, ends of lines
MOST_ROUNDS = 100


def revision(text: str) -> str:
    """A branch, tag, version or commit, without what Git or a shell reads as something else."""
    good = _REVISION.fullmatch(text) and not any(part in text for part in ("..", "@{", "//"))
    fine = good and not text.endswith(("/", ".", ".lock"))
    return "" if fine else "a branch, tag, version or commit"


def name(text: str) -> str:
    """A tier, provider or metric."""
    return "" if _NAME.fullmatch(text) else "a name"


def file_or_name(text: str) -> str:
    """A scenario or component: its name, or its file in the repository."""
    inside = ".." not in text.split("/") and not text.startswith(("/", "-"))
    return "" if _FILE.fullmatch(text) and inside else "a name, or a file of the repository"


def case(text: str) -> str:
    """A case, or a glob over cases."""
    return "" if _CASE.fullmatch(text) else "a case, or a glob over cases"


def reason(text: str) -> str:
    """Words that say why."""
    return "" if _REASON.fullmatch(text) else "a reason of 3 to 400 characters"


def rounds(text: str) -> str:
    """A number of rounds."""
    fine = _WHOLE.fullmatch(text) and 2 <= int(text) <= MOST_ROUNDS
    return "" if fine else f"a whole number of rounds, 2 to {MOST_ROUNDS}"


def is_commit(text: str) -> bool:
    """Whether it may be the beginning of a commit hash, long enough to mean one."""
    return _SHA.fullmatch(text) is not None


def like_commit(text: str) -> bool:
    """Whether Git may read it as the beginning of a commit hash, however short or written."""
    return _HEX.fullmatch(text) is not None


def foreign(text: str) -> bool:
    """Whether it names what is in no branch or tag of the repository: of a pull request, say."""
    return text.removeprefix("refs/").startswith(("pull/", "remotes/", "merge-requests/"))


def quoted(text: str) -> str:
    """A stranger's text in code type, so that it can neither mention nor link nor end the quote."""
    plain = "".join(each for each in text if each != "`" and not _unseen(each))
    return f"`{plain[:80]}…`" if len(plain) > 80 else f"`{plain or ' '}`"


def _unseen(character: str) -> bool:
    return unicodedata.category(character).startswith(_UNSEEN)
