"""The image of the action: its size, the time to build it, and how soon a container of it works.

    python -m benchmarks.action_image [--starts 10] [--build]

Needs Docker, or root and dockerd (`make docker`). `--build` builds it anew without a cache, from
bases that are there; else the image that is there is used. Prints one line a figure: seconds are
medians over the starts, each from the start of the docker command.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from tests.action.harness import images
from tests.action.harness.docker_daemon import Docker, daemon
from tests.action.harness.hosted import Hosted
from tests.action.harness.measuring_container import SESSION, MeasuringContainer, greeter

NAME = "loadstone-benchmark"  # of the container
MEASURINGS = 3  # of the tutorial's program, whose every start builds it twice
ENVIRONMENT = (
    *("INPUT_TASK=doctor", "GITHUB_REPOSITORY=acme/mine", "GITHUB_RUN_ID=1"),
    *("GITHUB_EVENT_NAME=push", "GITHUB_WORKSPACE=/tmp"),
)


def first_line(docker: Docker, image: str, *options: str, lines: int = 1) -> float:
    """Seconds from `docker run` until a container has printed so many lines."""
    begun = time.monotonic()
    with subprocess.Popen(
        ["docker", "run", "--rm", *options, image],
        env=docker.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for _ in range(lines):
            assert process.stdout.readline(), "it ended before it said so much"
        took = time.monotonic() - begun
        process.stdout.read()
    return took


def measuring(github: Hosted, image: str, place: Path) -> tuple[float, float]:
    """Seconds until a measuring's first run begins, and of these the seconds of building."""
    docker, begun = github.acting.docker, time.monotonic()
    container = MeasuringContainer(github, place, run=1)
    builds = 0.0
    with subprocess.Popen(
        ["docker", "run", "--rm", "--name", NAME, *container.options, image],
        env=docker.environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        for line in process.stdout:
            took = time.monotonic() - begun
            if line.startswith("building ") and not builds:
                builds = took
            if line.startswith(SESSION):
                break
        else:
            raise AssertionError("it ended before it measured")
        docker.run("kill", NAME)
    return took, took - builds


def measurings(docker: Docker, image: str, count: int) -> list[tuple[float, float]]:
    """The same of so many measurings of the tutorial's pull request."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        with greeter(docker, image, root) as github:
            return [measuring(github, image, root / f"start-{each}") for each in range(count)]


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--build", action="store_true")
    asked = parser.parse_args()
    with daemon() as docker:
        image = images.action(docker)
        size = int(docker("image", "inspect", "--format", "{{.Size}}", image))
        base = int(docker("image", "inspect", "--format", "{{.Size}}", images.python(docker)))
        print(f"image: {size / 1e6:.0f} MB, of which its base {base / 1e6:.0f} MB")
        if asked.build:
            begun = time.monotonic()
            docker("build", "--no-cache", "--quiet", *images.arguments(docker), str(images.ROOT))
            print(f"build without a cache: {time.monotonic() - begun:.0f} s")
        given = [word for each in ENVIRONMENT for word in ("--env", each)]
        for what, options, lines in (
            ("a container starts", ("--entrypoint", "hostname"), 1),
            ("the action's first line", given, 1),
            ("its task's first line", given, 2),
        ):
            took = [first_line(docker, image, *options, lines=lines) for _ in range(asked.starts)]
            spread = f"{min(took):.2f} to {max(took):.2f}"
            print(f"until {what}: {statistics.median(took):.2f} s ({spread})")
        with (
            tempfile.TemporaryDirectory() as folder,
            greeter(docker, image, Path(folder)) as github,
        ):
            several = [
                measuring(github, image, Path(folder) / f"start-{number}")
                for number in range(min(asked.starts, MEASURINGS))
            ]
        whole, built = (statistics.median(each) for each in zip(*several, strict=True))
        spread = f"{min(several)[0]:.1f} to {max(several)[0]:.1f}"
        print(f"until the first run of a measuring: {whole:.1f} s ({spread})")
        print(f"  of that, both programs built and a cluster started: {built:.1f} s")


if __name__ == "__main__":
    main()
