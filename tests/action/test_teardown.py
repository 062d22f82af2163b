"""What a teardown takes for the job's: by labels, by clusters' names, and steps that run on."""

import pytest

from loadstone.action.teardown import ContainerFacts, JobIdentity, _Settings, left

JOB = JobIdentity(run=71, attempt=2, runner="one")
OURS = {"loadstone.action": "step"}


def container(labels=None, env=(), entrypoint=("python",)):
    settings = _Settings(labels=labels, env=list(env), entrypoint=list(entrypoint))
    return ContainerFacts(id="a", config=settings)


def step(run="71", attempt="2", runner="one"):
    return [f"GITHUB_RUN_ID={run}", f"GITHUB_RUN_ATTEMPT={attempt}", f"RUNNER_NAME={runner}"]


@pytest.mark.parametrize(
    "one",
    [
        container(dict(JOB.labels)),
        container({"io.x-k8s.kind.cluster": JOB.cluster}),
        container({"io.x-k8s.kind.cluster": f"{JOB.cluster}-head"}),
        container(OURS, step()),
    ],
)
def test_the_jobs_are_found(one):
    assert left([one], JOB) == [one]


@pytest.mark.parametrize(
    "one",
    [
        container(),
        container(None),
        container({"loadstone.run": "71-2"}),  # of which runner?
        container(dict(JobIdentity(run=71, attempt=2, runner="two").labels)),
        container({"io.x-k8s.kind.cluster": f"{JOB.cluster}7"}),
        container({}, step()),  # another action's step
        container(OURS, step(run="7")),
        container(OURS, step(attempt="1")),
        container(OURS, step(runner="two")),
        container(OURS, step(), entrypoint=["/usr/local/bin/loadstone-cleanup.sh"]),
    ],
)
def test_what_is_of_others_is_left_alone(one):
    assert left([one], JOB) == []
