"""Workflow runs: started, cancelled, and counted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from loadstone.errors import GithubFailed
from loadstone.github.client import PAGE, Client, quoted
from loadstone.github.refusals import in_words
from loadstone.model.bot import (
    CancelRun,
    Dispatch,
    PullRequest,
    WorkflowRun,
    WorkflowRunEvent,
)

ENDED, DISPATCHED = "completed", "workflow_dispatch"
TITLE = re.compile(r"#(?P<number>\d{1,9})(?: on (?P<runner>\S+))?$")
INPUTS = 25  # of a dispatch, the most that GitHub takes
SKEW = timedelta(seconds=30)  # that two clocks may differ


def read_run(client: Client, run: int) -> WorkflowRunEvent:
    """One run, as the event at its end would tell it. 1 request."""
    with in_words(f"workflow run {run}"):
        found = client.ask("GET", f"/actions/runs/{run}")
        return WorkflowRunEvent(
            run=int(found["id"]),
            attempt=int(found.get("run_attempt") or 1),
            name=str(found.get("name") or ""),
            event=str(found["event"]),
            conclusion=str(found["conclusion"] or ""),
            head_sha=str(found["head_sha"]),
            head_branch=str(found["head_branch"] or ""),
            head_repository=str((found["head_repository"] or {}).get("full_name", "")),
            url=str(found["html_url"]),
            title=str(found.get("display_title") or ""),
        )


def open_runs(client: Client, workflow: str) -> Sequence[WorkflowRun]:
    """The runs of a workflow file that have not ended, oldest first, of its newest hundred."""
    return [run for run in recent_runs(client, workflow) if run.status != ENDED]


def recent_runs(client: Client, workflow: str) -> Sequence[WorkflowRun]:
    """The newest hundred runs of a workflow file, oldest first.

    Of a dispatched run the pull request and the runner stand in its title: `run-name: Loadstone
    #12 on ubuntu-24.04`. Titles of other events are words of strangers, and not read. 1 request.
    """
    with in_words(f"the runs of {workflow}"):
        path = f"/actions/workflows/{quoted(workflow)}/runs"
        found = client.ask("GET", path, query={"per_page": PAGE})
        runs = [_run(one) for one in found["workflow_runs"]]
    return sorted(runs, key=lambda run: run.run)


def last_pushed(client: Client, pull: PullRequest) -> str:
    """When GitHub last started a run for the head of a pull request, "" where it does not tell.

    A stamp of the server: a commit's own dates are written by who made it. Of its branch alone, and
    the newest: a commit may have been on another branch before, or on this one, and gone and come
    back since. Where the newest is of another commit, the head has come back and started none, as
    of a commit that conflicts: nobody knows when. 1 request.
    """
    with in_words(f"the runs of {pull.head_ref}"):
        query = {"branch": pull.head_ref, "event": "pull_request", "per_page": PAGE}
        found = client.ask("GET", "/actions/runs", query=query)["workflow_runs"]
        own = [one for one in found if _of_head(one, pull)]
        newest = max(own, key=lambda one: str(one["created_at"]), default=None)
        same = newest is not None and newest["head_sha"] == pull.head_sha
        return str(newest["created_at"]) if newest is not None and same else ""


def _of_head(run: Any, pull: PullRequest) -> bool:
    repository = str((run["head_repository"] or {}).get("full_name", ""))
    same = repository.lower() == pull.head_repository.lower()
    return same and run["head_branch"] == pull.head_ref


def dispatch(client: Client, wanted: Dispatch) -> None:
    """Start a workflow, once. Raises `GithubFailed`.

    A start whose effect is unknown is sent again only if no run began since.
    """
    began = datetime.now(UTC)
    path = f"/actions/workflows/{quoted(wanted.workflow)}/dispatches"
    inputs = dict(wanted.inputs)
    if len(inputs) > INPUTS:
        raise GithubFailed(f"{wanted.workflow}: {len(inputs)} inputs, GitHub takes {INPUTS}")

    def send() -> None:
        with in_words(f"the start of {wanted.workflow}"):
            client.ask("POST", path, body={"ref": wanted.ref, "inputs": inputs})

    try:
        send()
    except GithubFailed as failed:
        if not failed.effect_unknown:
            raise
        client.sleep(client.patience.pause)
        if not _started_since(client, wanted.workflow, began - SKEW):
            send()


def _started_since(client: Client, workflow: str, when: datetime) -> bool:
    with in_words(f"the runs of {workflow}"):
        path = f"/actions/workflows/{quoted(workflow)}/runs"
        query = {"event": DISPATCHED, "per_page": PAGE}
        runs = client.ask("GET", path, query=query)["workflow_runs"]
        return any(datetime.fromisoformat(str(one["created_at"])) >= when for one in runs)


def cancel(client: Client, wanted: CancelRun) -> None:
    """Cancel a run; one that has ended needs it no more."""

    def send() -> None:
        with in_words(f"workflow run {wanted.run}"):
            client.ask("POST", f"/actions/runs/{wanted.run}/cancel")

    try:
        client.insist(send)
    except GithubFailed as failed:
        if failed.status != 409:
            raise


def _run(found: Any) -> WorkflowRun:
    title = str(found.get("display_title") or "") if found["event"] == DISPATCHED else ""
    said = TITLE.search(title)
    pulls = [int(pull["number"]) for pull in found.get("pull_requests") or ()]
    return WorkflowRun(
        run=int(found["id"]),
        status=str(found["status"]),
        runner=(said["runner"] or "") if said else "",
        number=int(said["number"]) if said else next(iter(pulls), 0),
        sha=str(found["head_sha"]),
        attempt=int(found.get("run_attempt") or 1),
    )
