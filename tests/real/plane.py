"""A real control plane on loopback: etcd and kube-apiserver, with certificates of their own."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import urllib3
import yaml

from tests.real import binary
from tests.real.programs import ports, running, wait

TOKEN = "a-token-of-this-test-alone"


@dataclass(frozen=True, kw_only=True)
class Plane:
    """A running API server: where it is, and how to get in."""

    kubeconfig: Path
    url: str
    service_account_key: Path

    @property
    def signing(self) -> list[str]:
        """What a controller manager needs to make service accounts that this server knows."""
        return [
            f"--service-account-private-key-file={self.service_account_key}",
            "--use-service-account-credentials=true",
        ]


@contextmanager
def real_plane(folder: Path) -> Iterator[Plane]:
    """etcd and kube-apiserver, ready, with their files in `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    client, peer, port = ports(3)
    with running(binary("etcd"), _etcd(folder, client, peer), folder / "etcd.log"):
        key, tokens = folder / "service-account.key", folder / "tokens.csv"
        _rsa_key(key)
        tokens.write_text(f'{TOKEN},admin,admin,"system:masters"\n')
        url = f"https://127.0.0.1:{port}"
        plane = Plane(kubeconfig=_kubeconfig(folder, url), url=url, service_account_key=key)
        arguments = _apiserver(folder, client, port)
        log = folder / "kube-apiserver.log"
        with running(binary("kube-apiserver"), arguments, log) as process:
            wait(lambda: _ready(url), "kube-apiserver", process=process, log=log)
            yield plane


def _etcd(folder: Path, client: int, peer: int) -> list[str]:
    return [
        f"--data-dir={folder / 'etcd'}",
        f"--listen-client-urls=http://127.0.0.1:{client}",
        f"--advertise-client-urls=http://127.0.0.1:{client}",
        f"--listen-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-advertise-peer-urls=http://127.0.0.1:{peer}",
        f"--initial-cluster=default=http://127.0.0.1:{peer}",
        "--unsafe-no-fsync",
    ]


def _apiserver(folder: Path, etcd: int, port: int) -> list[str]:
    key = folder / "service-account.key"
    return [
        f"--etcd-servers=http://127.0.0.1:{etcd}",
        "--bind-address=127.0.0.1",
        f"--secure-port={port}",
        f"--cert-dir={folder / 'certificates'}",
        f"--token-auth-file={folder / 'tokens.csv'}",
        "--authorization-mode=RBAC",
        "--service-account-issuer=https://kubernetes.default.svc",
        f"--service-account-key-file={key}",
        f"--service-account-signing-key-file={key}",
        "--service-cluster-ip-range=10.96.0.0/16",
        "--endpoint-reconciler-type=none",
    ]


def _rsa_key(path: Path) -> None:
    subprocess.run(
        ["openssl", "genrsa", "-out", str(path), "2048"], check=True, capture_output=True
    )


def _kubeconfig(folder: Path, url: str) -> Path:
    path = folder / "kubeconfig"
    authority = folder / "certificates" / "apiserver.crt"  # the server writes it as it starts
    cluster = {"server": url, "certificate-authority": str(authority)}
    document = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "real", "cluster": cluster}],
        "users": [{"name": "admin", "user": {"token": TOKEN}}],
        "contexts": [{"name": "real", "context": {"cluster": "real", "user": "admin"}}],
        "current-context": "real",
    }
    path.write_text(yaml.safe_dump(document))
    return path


def _ready(url: str) -> bool:
    urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)
    headers = {"Authorization": f"Bearer {TOKEN}"}
    with urllib3.PoolManager(cert_reqs="CERT_NONE", retries=False, timeout=2.0) as pool:
        try:
            return pool.request("GET", f"{url}/readyz", headers=headers).status == 200
        except urllib3.exceptions.HTTPError:
            return False


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
