"""A real control plane on loopback, as the provider `hollow` starts it: etcd and kube-apiserver."""

from __future__ import annotations

import signal
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadstone.cluster.control_plane import control_plane
from loadstone.cluster.real_controllers import TokenKeys
from loadstone.system.kubeconfig import write_kubeconfig
from tests.real import binary

TOKEN = "a-token-of-this-test-alone"


@dataclass(frozen=True, kw_only=True)
class Plane:
    """A running API server: how to get in, and what signs its service accounts' tokens."""

    kubeconfig: Path
    url: str
    tokens: TokenKeys
    etcd: str  # URL of etcd's clients, and of its metrics page

    @property
    def signing(self) -> list[str]:
        """What a controller manager needs to make service accounts that this server knows."""
        return [*self.tokens.arguments, "--use-service-account-credentials=true"]


@contextmanager
def real_plane(folder: Path, arguments: Sequence[str] = ()) -> Iterator[Plane]:
    """etcd and kube-apiserver with more `arguments`, ready, with their files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    users = folder.absolute() / "tokens.csv"  # by which metrics pages of its components let us in
    users.write_text(f'{TOKEN},admin,admin,"system:masters"\n')
    more = [f"--token-auth-file={users}", *arguments]
    with control_plane(folder.absolute(), binary, more) as plane:
        files, store = plane.files, plane.programs[0]
        yield Plane(
            kubeconfig=write_kubeconfig(folder / "kubeconfig", plane.access, name="real"),
            url=plane.access.url,
            tokens=TokenKeys(signing=files.signing, authority=files.authority),
            etcd=f"http://127.0.0.1:{store.ports[0]}",
        )


def main(arguments: Sequence[str]) -> int:
    """`python -m tests.real.plane FOLDER`: a plane with its controllers, until it is interrupted.

    The contract suite runs against it with `LOADSTONE_CONTRACT_KUBECONFIG=FOLDER/kubeconfig`.
    """
    from tests.real.controllers import controller_manager

    folder = Path(arguments[0]).absolute()
    with real_plane(folder) as plane, controller_manager(plane.kubeconfig, folder, plane.signing):
        print(plane.kubeconfig, flush=True)
        stopping = threading.Event()
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, lambda *_: stopping.set())
        stopping.wait()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
