"""Start the fake by hand: `python -m tests.fakes.github [port]`, and look at it in a browser."""

from __future__ import annotations

import signal
import sys
import threading

from tests.fakes.github.fake import FakeGithub
from tests.fakes.github.server import serving
from tests.fakes.github.state import Artifact

REPOSITORY, TOKEN, SHA = "octo/widget", "ghs_fake", "a" * 40
EMPTY = b"PK\x05\x06" + bytes(18)  # an archive of nothing


def main() -> None:
    """Serve one repository with one pull request, until Ctrl-C."""
    # A shell has what it starts in the background ignore it, and so what that starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    fake = FakeGithub()
    repository = fake.state.repository(REPOSITORY)
    repository.workflows.add("loadstone.yml")
    repository.roles["maintainer"] = "maintain"
    fake.state.user("maintainer")
    fake.state.pull(REPOSITORY, 1, head_sha=SHA)
    repository.artifacts[1] = Artifact(id=1, run=1, name="loadstone", data=EMPTY)
    fake.state.token(TOKEN)
    port = int(sys.argv[1]) if len(sys.argv) > 1 else 8765
    with serving(fake, port=port) as server:
        print(f"look at it:  {server.url}/{REPOSITORY}/pull/1", flush=True)
        print(f"use it:      export GITHUB_API_URL={server.url} GITHUB_REPOSITORY={REPOSITORY} \\")
        print(f"               GITHUB_TOKEN={TOKEN}   # the head of pull request 1 is {SHA}")
        print(f"break it:    POST {server.url}/_fake/faults   see tests/fakes/github/aside.py")
        try:
            threading.Event().wait()
        except KeyboardInterrupt:
            print("ended")


if __name__ == "__main__":
    main()
