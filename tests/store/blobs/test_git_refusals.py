"""Refusals of Git: races are tried again, failures that pass too, and the rest is told."""

from __future__ import annotations

import pytest

from loadstone.store.blobs.git_refusals import Refusal, next_step, refusal

RACES = [
    " ! [rejected]        4f2 -> data (fetch first)\nerror: failed to push some refs to 'x'",
    " ! [rejected]        4f2 -> data (non-fast-forward)",
    " ! [remote rejected] 4f2 -> data (failed to update ref)",
    "! [remote rejected] 4f2 -> data (cannot lock ref 'refs/heads/data': is at 1a but expected 2b)",
    "remote: error: cannot lock ref 'refs/heads/data': reference already exists",
    "warning: Not updating refs/heads/data (new tip 1a does not contain 2b)",
]
PASSING = [
    "fatal: unable to access 'https://x/': Could not resolve host: x",
    "fatal: unable to access 'https://x/': Failed to connect to x port 443: Connection refused",
    "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502",
    "fatal: the remote end hung up unexpectedly\nfatal: early EOF",
    "remote: Internal Server Error",
    "not done after 1800 s",
]
PERMISSION = [
    "remote: Permission to o/r.git denied to github-actions[bot].",
    "fatal: unable to access 'https://github.com/o/r/': The requested URL returned error: 403",
    "git@github.com: Permission denied (publickey).\nfatal: Could not read from remote repository.",
    "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
    "remote: Write access to repository not granted.\nfatal: ... returned error: 403",
]
RULES = [
    "remote: error: GH006: Protected branch update failed for refs/heads/data.",
    " ! [remote rejected] 4f2 -> data (protected branch hook declined)",
    "remote: error: GH013: Repository rule violations found for refs/heads/data.",
    " ! [remote rejected] 4f2 -> data (push declined due to repository rule violations)",
    " ! [remote rejected] 4f2 -> data (pre-receive hook declined)",
    " ! [remote rejected] 4f2 -> data (branch is currently checked out)",
]
MISSING = [
    "remote: Repository not found.\nfatal: repository 'https://github.com/o/r/' not found",
    "fatal: '/x' does not appear to be a git repository\nfatal: Could not read from remote",
]


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        *((said, Refusal.RACE) for said in RACES),
        *((said, Refusal.PASSING) for said in PASSING),
        *((said, Refusal.PERMISSION) for said in PERMISSION),
        *((said, Refusal.RULES) for said in RULES),
        *((said, Refusal.MISSING) for said in MISSING),
        ("something that nobody has seen", Refusal.OTHER),
        ("fatal: '/tmp/403/x' does not appear to be a git repository", Refusal.MISSING),
        ("fatal: strange news of fix-404-and-502", Refusal.OTHER),
        ("", Refusal.OTHER),
    ],
)
def test_a_failure_is_told_by_its_words(said, kind):
    assert refusal(said) is kind


@pytest.mark.parametrize("kind", list(Refusal))
def test_every_failure_has_a_next_step(kind):
    assert len(next_step(kind, branch="data", remote="origin")) > 20
