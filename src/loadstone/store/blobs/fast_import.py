"""A commit as `git fast-import` reads it: what changes, and nothing of what stays. Pure.

So a record is committed without a work tree, an index, or the other records.
"""

from __future__ import annotations

from collections.abc import Mapping

_WHO = "Loadstone <loadstone@localhost>"  # a robot's commit, whoever started it


def stream(
    branch: str, old: str | None, changes: Mapping[str, bytes | None], *, subject: str, mark: str
) -> bytes:
    """The commands that put one commit on top of `old`, and print its name.

    `changes`: what files hold now; None for those that go. `mark`: a text that no other commit
    has, or two writers of the same bytes in the same second would make one commit, and both believe
    that it is theirs.
    """
    message = f"{subject}\n\nWrite: {mark}\n".encode()
    parts = [
        f"commit refs/heads/{branch}\nmark :1\ncommitter {_WHO} now\n".encode(),
        _data(message),
        f"from {old}\n".encode() if old else b"",
    ]
    for name, data in changes.items():
        if data is None:
            parts.append(f"D {name}\n".encode())
        else:
            parts += [f"M 100644 inline {name}\n".encode(), _data(data)]
    return b"".join([*parts, b"\nget-mark :1\ndone\n"])


def _data(data: bytes) -> bytes:
    return b"data %d\n%b\n" % (len(data), data)
