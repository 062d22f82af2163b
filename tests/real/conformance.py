"""`python -m tests.real.conformance`: Kubernetes' own specs against the embedded API server.

Builds what it needs, starts the server and the real controllers, runs the specs, prints what
passes, what fails and why; `--write` puts the table into the reference. `--real` runs them against
a real kube-apiserver instead, which tells a fault of ours from one of the machine.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from loadstone.cluster.memory import MemoryProvider
from tests.contract.client import Api
from tests.contract.resources import NODES
from tests.real import binary, specs
from tests.real.build import version
from tests.real.controllers import controller_manager, kwok, scheduler
from tests.real.plane import real_plane
from tests.real.specs import FAILED, Outcome

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "conformance.md"
STAGES = Path(__file__).with_name("stages.yaml")
NODE = "kwok-node-0"


def run(
    kubeconfig: Path,
    folder: Path,
    focus: str,
    skip: str,
    *,
    arguments: Sequence[str] = (),
    within: float = 3600.0,
) -> list[Outcome]:
    """How the specs went that `focus` selects and `skip` does not."""
    report = folder / "report.json"
    command = [
        str(binary("e2e.test")),
        f"--kubeconfig={kubeconfig}",
        "--provider=skeleton",
        "--num-nodes=1",  # the suite looks for a node otherwise, before any spec
        "--allowed-not-ready-nodes=-1",
        f"--kubectl-path={Path(sys.executable).with_name('kubectl')}",
        "--ginkgo.no-color",
        "--ginkgo.succinct",
        f"--ginkgo.focus={focus}",
        f"--ginkgo.skip={skip}",
        f"--ginkgo.timeout={int(within)}s",
        f"--ginkgo.json-report={report}",
        *arguments,
    ]
    log = folder / "e2e.log"
    with log.open("wb") as sink:
        subprocess.run(
            command, stdout=sink, stderr=sink, cwd=folder, timeout=within + 60, check=False
        )
    if not report.exists():
        raise RuntimeError(f"the suite wrote no report; its log ends:\n{_tail(log)}")
    return specs.read(report)


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-3000:]


@contextmanager
def cluster(folder: Path, *, real: bool, pods: bool) -> Iterator[Path]:
    """The kubeconfig of an API server with the real controllers; `pods`: also with a node."""
    with ExitStack() as stack:
        signing: list[str] = []
        if real:
            plane = stack.enter_context(real_plane(folder / "plane"))
            kubeconfig = plane.kubeconfig
            signing = plane.signing
        else:
            # a spec waits for a list to grow too old, ten minutes with the default
            memory = MemoryProvider(["--compaction-interval=15"]).provision(
                workdir=folder / "memory"
            )
            kubeconfig = stack.enter_context(memory).kubeconfig
        stack.enter_context(controller_manager(kubeconfig, folder, signing))
        if pods:
            stack.enter_context(scheduler(kubeconfig, folder))
            stack.enter_context(kwok(kubeconfig, folder, stages=STAGES))
            api = Api(kubeconfig)
            add_node(api)
            api.close()
        yield kubeconfig


def add_node(api: Api) -> None:
    """A node for KWOK to keep Ready."""
    room = {"cpu": "32", "memory": "256Gi", "pods": "110"}
    node = {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": NODE,
            "annotations": {"kwok.x-k8s.io/node": "fake"},
            "labels": {"kubernetes.io/os": "linux", "kubernetes.io/hostname": NODE},
        },
        "spec": {},
        "status": {"allocatable": room, "capacity": room},
    }
    api.of(NODES).create(node).ok()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the specs; 1 if one failed."""
    options = _parser().parse_args(arguments)
    folder = Path(options.folder or tempfile.mkdtemp(prefix="conformance-"))
    folder.mkdir(parents=True, exist_ok=True)
    skipped = specs.skip(() if options.pods else specs.PODS)
    with cluster(folder, real=options.real, pods=options.pods) as kubeconfig:
        outcomes = run(
            kubeconfig, folder, specs.focus(options.spec), skipped, arguments=options.e2e
        )
    if options.spec:  # what was not asked for is no news
        asked = re.compile("|".join(map(re.escape, options.spec)))
        outcomes = [outcome for outcome in outcomes if asked.search(outcome.spec)]
    page = specs.table(specs.merged([outcomes]), version("e2e.test"))
    if options.write:
        PAGE.write_text(page, encoding="utf-8")
    print(page)
    slowest = sorted(outcomes, key=lambda outcome: -outcome.seconds)[:10]
    print(
        "slowest:", *(f"  {each.seconds:5.1f} s  {each.spec}" for each in slowest), sep=os.linesep
    )
    print(f"logs: {folder}")
    return int(any(outcome.result == FAILED for outcome in outcomes))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m tests.real.conformance", description=__doc__)
    parser.add_argument("spec", nargs="*", help="run only specs with one of these texts")
    parser.add_argument("--real", action="store_true", help="against a real kube-apiserver")
    parser.add_argument(
        "--no-pods",
        dest="pods",
        action="store_false",
        help="without scheduler and KWOK, and without the specs whose pods have to run",
    )
    parser.add_argument("--write", action="store_true", help=f"write {PAGE.name} anew")
    parser.add_argument("--folder", help="where logs and the report go")
    parser.add_argument("--e2e", action="append", default=[], help="one more flag of e2e.test")
    return parser


if __name__ == "__main__":
    sys.exit(main())
