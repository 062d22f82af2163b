"""Values that the bot's tests decide on, with what most of them have in common."""

from dataclasses import replace
from typing import Any

from loadstone.bot.ask import EventFacts
from loadstone.bot.command_effects import CommandFacts
from loadstone.formats.configuration import Config, parse
from loadstone.model.bot import (
    CommentEvent,
    Permission,
    PullRequest,
    PullRequestAction,
    PullRequestEvent,
)

HEAD, BASE, MERGE_BASE = "a" * 40, "b" * 40, "c" * 40
NOW = "2026-11-20T10:00:30+00:00"

ONE = """\
component: perf/proxy.yaml
scenario: ingress-latency
baselines: git:loadstone-data
"""
SEVERAL = """\
component:
  - {name: perf/proxy.yaml, paths: ["cmd/proxy/**", "pkg/**"]}
  - {name: perf/controller.yaml, scenario: perf/own.yaml, paths: ["cmd/controller/**", "pkg/**"]}
scenario: ingress-latency
"""


def config(text: str = ONE) -> Config:
    return parse(text, "loadstone.yaml")


def pull(**changes: Any) -> PullRequest:
    made = PullRequest(
        number=17,
        head_sha=HEAD,
        head_ref="reuse",
        head_repository="acme/proxy",
        base_sha=BASE,
        base_ref="main",
        base_repository="acme/proxy",
        author="ada",
    )
    return replace(made, **changes)


def pull_event(action: str = "synchronize", label: str = "", **changes: Any) -> PullRequestEvent:
    return PullRequestEvent(action=PullRequestAction(action), pull=pull(**changes), label=label)


def facts(**changes: Any) -> EventFacts:
    made = EventFacts(now=NOW, changed=("cmd/proxy/main.go",), merge_base=MERGE_BASE, sha="d" * 40)
    return replace(made, **changes)


def comment(body: str, **changes: Any) -> CommentEvent:
    made = CommentEvent(
        comment=70001,
        number=17,
        on_pull_request=True,
        body=body,
        author="grace",
        bot=False,
        created="2026-11-20T10:00:00Z",
    )
    return replace(made, **changes)


def command_facts(**changes: Any) -> CommandFacts:
    made = CommandFacts(
        permission=Permission(user="grace", level="write", role="write"),
        pull=pull(),
        now=NOW,
        pushed="2026-11-20T09:00:00Z",
        runner="ubuntu-latest",
    )
    return replace(made, **changes)
