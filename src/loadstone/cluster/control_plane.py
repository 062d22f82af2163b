"""A real etcd and kube-apiserver on loopback, with certificates of their own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.programs import HOST, ClusterProgram, ProgramSpec, answers, running
from loadstone.model import ApiAccess
from loadstone.system import certificates
from loadstone.system.certificates import AUTHORITY, CertificateRequest

SERVICES = "10.96.0.0/16"
_SERVING, _ADMIN, _TOKENS = "apiserver", "admin", "service-accounts"
_SIGNED = {
    _SERVING: CertificateRequest(
        common_name=_SERVING, hosts=("10.96.0.1", "kubernetes", "kubernetes.default.svc")
    ),
    _ADMIN: CertificateRequest(common_name=_ADMIN, groups=("system:masters",)),
    _TOKENS: CertificateRequest(common_name=_TOKENS),
}

FindProgram = Callable[[str], Path]


@dataclass(frozen=True, kw_only=True)
class PlaneFiles:
    """The keys and certificates of a control plane, in a folder."""

    folder: Path

    @property
    def authority(self) -> Path:
        return self.folder / f"{AUTHORITY}.crt"

    @property
    def signing(self) -> Path:
        """The key of service accounts' tokens."""
        return self.folder / f"{_TOKENS}.key"

    @property
    def serving(self) -> Sequence[str]:
        """The arguments by which the API server finds its own certificate."""
        pair = self.folder / _SERVING
        return [f"--tls-cert-file={pair}.crt", f"--tls-private-key-file={pair}.key"]

    def access(self, url: str) -> ApiAccess:
        """The access of the administrator."""
        admin = self.folder / _ADMIN
        return ApiAccess(
            url=url, ca_file=str(self.authority), cert_file=f"{admin}.crt", key_file=f"{admin}.key"
        )


@dataclass(frozen=True, kw_only=True)
class ControlPlane:
    """An API server that is up, over an etcd of its own, and the way in."""

    access: ApiAccess
    files: PlaneFiles
    programs: Sequence[ClusterProgram]


@contextmanager
def control_plane(
    folder: Path, find_program: FindProgram, more: Sequence[str] = ()
) -> Iterator[ControlPlane]:
    """etcd and kube-apiserver, ready, with their files in `folder`. Raises `ClusterFailed`.

    `more`: arguments of the API server.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = _files(folder / "certificates")
    with (
        running(etcd(find_program("etcd"), folder), folder) as store,
        running(_apiserver(find_program("kube-apiserver"), files, store, more), folder) as server,
    ):
        access = files.access(_url(server.ports))
        yield ControlPlane(access=access, files=files, programs=(store, server))


def etcd(executable: Path, folder: Path) -> ProgramSpec:
    """An etcd whose data are in `folder`, and need not outlive the machine."""

    def arguments(ports: Sequence[int]) -> list[str]:
        client, peer = (f"http://{HOST}:{port}" for port in ports)
        return [
            f"--data-dir={folder / f'etcd-{ports[0]}'}",
            f"--listen-client-urls={client}",
            f"--advertise-client-urls={client}",
            f"--listen-peer-urls={peer}",
            f"--initial-advertise-peer-urls={peer}",
            f"--initial-cluster=default={peer}",
            "--unsafe-no-fsync",
        ]

    return ProgramSpec(
        name="etcd",
        executable=executable,
        arguments=arguments,
        ready=lambda ports: answers(f"http://{HOST}:{ports[0]}/health"),
        ports=2,
    )


def _apiserver(
    executable: Path, files: PlaneFiles, store: ClusterProgram, more: Sequence[str]
) -> ProgramSpec:
    def arguments(ports: Sequence[int]) -> list[str]:
        return [
            f"--etcd-servers=http://{HOST}:{store.ports[0]}",
            f"--bind-address={HOST}",
            f"--secure-port={ports[0]}",
            *files.serving,
            f"--client-ca-file={files.authority}",
            "--authorization-mode=RBAC",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={files.signing}",
            f"--service-account-signing-key-file={files.signing}",
            f"--service-cluster-ip-range={SERVICES}",
            "--endpoint-reconciler-type=none",  # nobody serves at this machine's own address
            "--delete-collection-workers=8",
            *more,
        ]

    return ProgramSpec(
        name="kube-apiserver",
        executable=executable,
        arguments=arguments,
        ready=lambda ports: _says_ready(files.access(_url(ports))),
    )


def _files(folder: Path) -> PlaneFiles:
    folder.mkdir(parents=True, exist_ok=True)
    certificates.write(_SIGNED, folder)
    return PlaneFiles(folder=folder)


def _url(ports: Sequence[int]) -> str:
    return f"https://{HOST}:{ports[0]}"


def _says_ready(access: ApiAccess) -> bool:
    with closing(ClusterApi(access, timeout=10.0, hasty=True)) as api:
        return api.ready()
