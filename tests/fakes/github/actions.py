"""Workflow runs, dispatches and artifacts."""

from __future__ import annotations

from tests.fakes.github.call import Answer, Call, Refusal, page_of, route
from tests.fakes.github.state import Run

ENDED = "completed"


@route("POST", "/actions/workflows/{workflow_id}/dispatches", "actions")
def dispatch(call: Call) -> Answer:
    """A run is queued, for a workflow that there is."""
    workflow = call.names["workflow_id"]
    if workflow not in call.repository.workflows:
        raise Refusal(404, "Not Found")
    wanted = call.json
    call.repository.dispatches.append({"workflow": workflow, **wanted})
    run = Run(
        id=call.state.next_id(),
        workflow=workflow,
        head_sha="b" * 40,
        head_branch=wanted["ref"],
        event="workflow_dispatch",
        status="queued",
        conclusion=None,
    )
    call.repository.runs[run.id] = run
    if wanted.get("return_run_details"):
        place = f"{call.bodies.api}/repos/{call.repository.name}/actions/runs/{run.id}"
        return Answer(body={"workflow_run_id": run.id, "run_url": place, "html_url": place})
    return Answer(status=204)


@route("GET", "/actions/workflows/{workflow_id}/runs", "actions")
def list_runs_of_workflow(call: Call) -> Answer:
    """Newest first."""
    return _runs(call, workflow=call.names["workflow_id"])


@route("GET", "/actions/runs", "actions")
def list_runs(call: Call) -> Answer:
    """Newest first."""
    return _runs(call)


def _runs(call: Call, workflow: str = "") -> Answer:
    wanted = {
        {"branch": "head_branch"}.get(name, name): call.query[name]
        for name in ("status", "head_sha", "event", "branch")
        if name in call.query
    }
    shown = [
        call.bodies.run(call.repository, run)
        for _, run in sorted(call.repository.runs.items(), reverse=True)
        if workflow in ("", run.workflow)
        and all(
            value in (getattr(run, name), run.conclusion if name == "status" else None)
            for name, value in wanted.items()
        )
    ]
    return page_of(call, shown, under="workflow_runs")


@route("GET", "/actions/runs/{run_id}", "actions")
def get_run(call: Call) -> Answer:
    """One run."""
    return Answer(body=call.bodies.run(call.repository, _run(call)))


@route("POST", "/actions/runs/{run_id}/cancel", "actions")
def cancel(call: Call) -> Answer:
    """Cancelled at once, which takes a while there."""
    run = _run(call)
    if run.status == ENDED:
        raise Refusal(409, "Cannot cancel a workflow run that is completed.")
    run.status, run.conclusion = ENDED, "cancelled"
    return Answer(status=202, body={})


@route("GET", "/actions/runs/{run_id}/artifacts", "actions")
def list_artifacts(call: Call) -> Answer:
    """Of all attempts, newest first."""
    run, name = _run(call), call.query.get("name", "")
    shown = [
        call.bodies.artifact(call.repository, one)
        for _, one in sorted(call.repository.artifacts.items(), reverse=True)
        if one.run == run.id and name in ("", one.name)
    ]
    return page_of(call, shown, under="artifacts")


@route("GET", "/actions/artifacts/{artifact_id}/{archive_format}", "actions", always=True)
def download(call: Call) -> Answer:
    """Where the bytes are: on another host, which refuses who shows it a token."""
    artifact = call.repository.artifacts.get(call.number("artifact_id"))
    if artifact is None:
        raise Refusal(404, "Not Found")
    if artifact.expired:
        raise Refusal(410, "Artifact has expired")
    place = f"{call.bodies.html}/_fake/blobs/{call.repository.name}/{artifact.id}?sig=secret"
    return Answer(status=302, headers={"Location": place})


def _run(call: Call) -> Run:
    run = call.repository.runs.get(call.number("run_id"))
    if run is None:
        raise Refusal(404, "Not Found")
    return run
