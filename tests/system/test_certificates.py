"""Certificates of a world of our own: who believes them, and for whom."""

import contextlib
import socket
import ssl
import stat
import threading
from contextlib import closing

import pytest
from cryptography import x509
from cryptography.x509.oid import NameOID

from loadstone.system.certificates import CertificateRequest, made, write

ADMIN = CertificateRequest(common_name="admin", groups=("system:masters", "others"))
SERVER = CertificateRequest(common_name="server", hosts=("kubernetes.default.svc", "10.96.0.1"))
BOTH = {"server": SERVER, "admin": ADMIN}


def certificate(name):
    return x509.load_pem_x509_certificate(made(tuple(BOTH.items()))[name])


def talk(folder, *, believe="ca.crt", shown="admin"):
    """What a server that wants certificates and a client make of each other."""
    serving = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=folder / "ca.crt")
    serving.load_cert_chain(folder / "server.crt", folder / "server.key")
    serving.verify_mode = ssl.CERT_REQUIRED
    asking = ssl.create_default_context(cafile=folder / believe)
    asking.load_cert_chain(folder / f"{shown}.crt", folder / f"{shown}.key")
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:

        def serve():
            accepted, _ = listener.accept()
            with accepted, serving.wrap_socket(accepted, server_side=True) as secured:
                secured.sendall(b"hello")

        thread = threading.Thread(target=lambda: _quietly(serve))
        thread.start()
        try:
            with (
                socket.create_connection(listener.getsockname(), timeout=20) as plain,
                asking.wrap_socket(plain, server_hostname="127.0.0.1") as secured,
            ):
                return secured.recv(100)
        finally:
            thread.join(timeout=20)


def _quietly(do):
    with contextlib.suppress(OSError, ssl.SSLError):  # what the client makes of it is asked
        do()


def test_a_server_and_a_client_believe_each_other(tmp_path):
    write(BOTH, tmp_path)
    assert talk(tmp_path) == b"hello"


def test_nobody_else_is_believed(tmp_path):
    write(BOTH, tmp_path)
    other = tmp_path / "other"
    other.mkdir()
    write({"stranger": ADMIN}, other)
    with pytest.raises(ssl.SSLCertVerificationError):
        talk(tmp_path, believe="other/ca.crt")


def test_names_groups_and_hosts_are_as_asked_for():
    subject = certificate("admin.crt").subject
    groups = [each.value for each in subject.get_attributes_for_oid(NameOID.ORGANIZATION_NAME)]
    assert groups == ["system:masters", "others"]
    assert subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value == "admin"
    names = certificate("server.crt").extensions.get_extension_for_class(
        x509.SubjectAlternativeName
    )
    assert "kubernetes.default.svc" in names.value.get_values_for_type(x509.DNSName)
    addresses = {str(each) for each in names.value.get_values_for_type(x509.IPAddress)}
    assert addresses == {"127.0.0.1", "::1", "10.96.0.1"}


def test_both_sides_of_a_round_have_the_same():
    assert made(tuple(BOTH.items())) is made(tuple(BOTH.items()))


def test_a_key_is_for_its_user_alone(tmp_path):
    write(BOTH, tmp_path)
    keys = [path for path in tmp_path.iterdir() if path.suffix == ".key"]
    assert {path.name for path in keys} == {"ca.key", "server.key", "admin.key"}
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in keys)
    assert all(b"BEGIN EC PRIVATE KEY" in path.read_bytes() for path in keys)
