"""The part of GitHub's OpenAPI description that the bot calls, cut out of the whole.

`npm pack @octokit/openapi@23.0.2` brings the whole (MIT licence); then
`python -m tests.fakes.github.trim package/generated/api.github.com.json` writes `openapi.json`.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

TARGET = Path(__file__).parent / "openapi.json"
REPOSITORY = "/repos/{owner}/{repo}"
OPERATIONS = {  # below the repository
    "": "get",
    "/pulls": "get",
    "/pulls/{pull_number}": "get",
    "/pulls/{pull_number}/files": "get",
    "/compare/{basehead}": "get",
    "/issues/{issue_number}/comments": "get post",
    "/issues/comments/{comment_id}": "get patch delete",
    "/issues/comments/{comment_id}/reactions": "get post",
    "/statuses/{sha}": "post",
    "/commits/{ref}/statuses": "get",
    "/collaborators/{username}/permission": "get",
    "/actions/workflows/{workflow_id}/dispatches": "post",
    "/actions/workflows/{workflow_id}/runs": "get",
    "/actions/runs": "get",
    "/actions/runs/{run_id}": "get",
    "/actions/runs/{run_id}/cancel": "post",
    "/actions/runs/{run_id}/artifacts": "get",
    "/actions/artifacts/{artifact_id}/{archive_format}": "get",
    "/releases": "get post",
    "/releases/tags/{tag}": "get",
    "/releases/{release_id}": "get patch",
    "/releases/{release_id}/assets": "get post",
    "/releases/assets/{asset_id}": "get delete",
}
ELSEWHERE = {"/rate_limit": "get", "/user": "get"}
# What a validator does not read. `servers`: uploads have their own, the fake has one for all.
UNREAD = frozenset(("description", "summary", "tags", "externalDocs", "examples", "example"))
UNREAD_OF_OPERATIONS = frozenset(("servers", "headers", "links", "operationId"))


def main() -> None:
    """Write the part, from the whole that the argument names."""
    whole = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    wanted = {REPOSITORY + path: verbs for path, verbs in OPERATIONS.items()} | ELSEWHERE
    paths = {path: _operations(whole["paths"][path], verbs) for path, verbs in wanted.items()}
    part = {
        "openapi": whole["openapi"],
        "info": whole["info"] | {"description": "Cut out by trim.py; MIT licence, GitHub."},
        "servers": [{"url": "http://fake"}],
        "paths": paths,
        "components": _referred(paths, whole),
    }
    TARGET.write_text(json.dumps(part, indent=0, sort_keys=True) + "\n", encoding="utf-8")


def _operations(item: dict[str, Any], verbs: str) -> dict[str, Any]:
    kept = {verb: _bare(_of_operation(item[verb])) for verb in verbs.split()}
    for operation in kept.values():
        for answer in operation["responses"].values():
            if "$ref" not in answer:
                answer["description"] = ""  # which OpenAPI demands
    return kept


def _of_operation(operation: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in operation.items() if key not in UNREAD_OF_OPERATIONS}
    kept["responses"] = {
        status: {key: value for key, value in answer.items() if key not in UNREAD_OF_OPERATIONS}
        for status, answer in operation["responses"].items()
    }
    return kept


def _bare(node: Any, *, names: bool = False) -> Any:
    """The node without prose; `names`: its keys are names that somebody chose, such as fields."""
    if isinstance(node, list):
        return [_bare(item) for item in node]
    if not isinstance(node, dict):
        return node
    return {
        key: _bare(value, names=not names and key in ("properties", "responses"))
        for key, value in node.items()
        if names or (key not in UNREAD and not key.startswith("x-"))
    }


def _referred(paths: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    """Every component that the paths refer to, directly or not."""
    found: dict[str, Any] = {}
    pending = [paths]
    while pending:
        for reference in _references(pending.pop()):
            _, _, kind, name = reference.split("/")
            if name in found.setdefault(kind, {}):
                continue
            found[kind][name] = _bare(whole["components"][kind][name])
            pending.append(found[kind][name])
    for answer in found.get("responses", {}).values():
        answer["description"] = ""  # which OpenAPI demands
    return found


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [found for item in node for found in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [node["$ref"]] if isinstance(node.get("$ref"), str) else []
    return own + [found for value in node.values() for found in _references(value)]


if __name__ == "__main__":
    main()
