"""What a job left in Docker: found without state, removed by the post step, and nothing else is."""

import signal
import subprocess
import time

import pytest

from loadstone.action.teardown import JobIdentity

pytestmark = [pytest.mark.action, pytest.mark.timeout(1800)]

JOB = JobIdentity(run=71, attempt=2, runner="one")
OTHER = JobIdentity(run=71, attempt=2, runner="two")  # a shard on the same machine
SOCKET = "/var/run/docker.sock"


def of_job(job):
    said = {
        "GITHUB_RUN_ID": job.run,
        "GITHUB_RUN_ATTEMPT": job.attempt,
        "RUNNER_NAME": job.runner,
    }
    return [word for name, value in said.items() for word in ("--env", f"{name}={value}")]


def labelled(job):
    return [word for name, value in job.labels.items() for word in ("--label", f"{name}={value}")]


def start(docker, image, *options):
    return docker("run", "--detach", *options, "--entrypoint", "sleep", image, "600")


def clean_up(docker, image, job):
    """The post step, as the runner starts it."""
    path = docker.host.removeprefix("unix://")
    mount = ("--volume", f"{path}:{SOCKET}")
    return docker(
        "run", "--rm", *mount, *of_job(job), "--entrypoint", "loadstone-cleanup.sh", image
    )


def test_the_jobs_own_are_gone_and_those_of_others_stay(docker, image):
    ours = [
        start(docker, image, *of_job(JOB)),  # a step whose client was killed
        start(docker, image, *labelled(JOB)),
        start(docker, image, "--label", f"io.x-k8s.kind.cluster={JOB.cluster}-base"),
    ]
    others = [
        start(docker, image, *of_job(OTHER)),
        start(docker, image, *labelled(OTHER)),
        start(docker, image, "--label", f"io.x-k8s.kind.cluster={OTHER.cluster}"),
    ]
    network = docker("network", "create", *labelled(JOB), "loadstone-test-left")
    volume = docker("volume", "create", *labelled(JOB), "loadstone-test-left")
    try:
        said = clean_up(docker, image, JOB)
        left = docker("ps", "--all", "--quiet", "--no-trunc").split()
        assert not {*ours} & {*left}
        assert {*others} <= {*left}
        assert network not in docker("network", "ls", "--quiet", "--no-trunc").split()
        assert volume not in docker("volume", "ls", "--quiet").split()
        assert all(f"container {each[:12]}" in said for each in ours)
        assert "nothing was left behind" in clean_up(docker, image, JOB)
    finally:
        docker.run("rm", "--force", "--volumes", *ours, *others)
        docker.run("network", "rm", "loadstone-test-left")
        docker.run("volume", "rm", "loadstone-test-left")


def test_without_a_daemon_nothing_can_have_been_left(docker, image):
    said = docker("run", "--rm", *of_job(JOB), "--entrypoint", "loadstone-cleanup.sh", image)
    assert "nothing was left behind" in said


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_to_the_client_ends_a_container_that_would_not_stop(docker, image, sign):
    """The clock of the step ends it within what the runner grants, whatever keeps it."""
    program = (
        "import time; from loadstone.action.grace import granted\n"
        "with granted(2.0):\n"
        "    print('begun', flush=True)\n"
        "    while True:\n"
        "        try: time.sleep(60)\n"
        "        except KeyboardInterrupt: pass\n"
    )
    command = ["docker", "run", "--rm", "--entrypoint", "python", image, "-c", program]
    with subprocess.Popen(
        command, env=docker.environment(), stdout=subprocess.PIPE, text=True
    ) as client:
        assert client.stdout is not None
        assert client.stdout.readline() == "begun\n"
        begun = time.monotonic()
        client.send_signal(sign)
        client.wait(timeout=60)
        assert client.returncode == 130
        assert time.monotonic() - begun < 30  # seconds; two of them asked for, on a busy machine
