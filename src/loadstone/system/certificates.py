"""Certificates of a world of our own: an authority, and what it signs for servers and clients.

Nobody outside believes them, and nothing is kept: they are for programs that will not talk without.
Keys are of the curve P-256, which takes no search for primes and so the same time on both sides,
and in the form that every program reads, service accounts' keys of kube-apiserver among them.
"""

from __future__ import annotations

import functools
import ipaddress
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY = "ca"
LOCAL = ("localhost", "127.0.0.1", "::1")  # what every certificate is valid for
_DAYS = 365


@dataclass(frozen=True, kw_only=True)
class CertificateRequest:
    """A certificate for a server at `hosts` and for the client `common_name` of `groups`."""

    common_name: str
    groups: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()


@functools.cache
def made(requests: tuple[tuple[str, CertificateRequest], ...]) -> Mapping[str, bytes]:
    """The files of an authority and of what it signed: `ca.crt`, `ca.key`, `NAME.crt`, `NAME.key`.

    The same for the same requests as long as this process lives, so that both sides of a round have
    the same.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("loadstone authority", ())
    authority = (
        _builder(name, name, key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signing=True), critical=True)
        .sign(key, hashes.SHA256())
    )
    files = {f"{AUTHORITY}.crt": _text(authority), f"{AUTHORITY}.key": _key(key)}
    for title, request in requests:
        own = ec.generate_private_key(ec.SECP256R1())
        files[f"{title}.crt"] = _text(_signed(request, own, authority, key))
        files[f"{title}.key"] = _key(own)
    return files


def write(requests: Mapping[str, CertificateRequest], directory: Path) -> None:
    """Write the files of `made` into a directory; keys are for this user alone."""
    for name, content in made(tuple(requests.items())).items():
        path = directory / name
        path.touch(mode=0o600 if name.endswith(".key") else 0o644)
        path.write_bytes(content)


def _signed(
    request: CertificateRequest,
    own: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
) -> x509.Certificate:
    subject = _name(request.common_name, request.groups)
    both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
    hosts = dict.fromkeys((*LOCAL, *request.hosts))
    return (
        _builder(subject, authority.subject, own.public_key())
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signing=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage(both), critical=False)
        .add_extension(x509.SubjectAlternativeName([_host(each) for each in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _builder(
    subject: x509.Name, issuer: x509.Name, public: ec.EllipticCurvePublicKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # clocks differ
        .not_valid_after(now + timedelta(days=_DAYS))
    )


def _name(common_name: str, groups: Sequence[str]) -> x509.Name:
    named = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*named, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _usage(*, signing: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signing,
        crl_sign=signing,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _host(text: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(text))
    except ValueError:
        return x509.DNSName(text)


def _text(certificate: x509.Certificate) -> bytes:
    return certificate.public_bytes(serialization.Encoding.PEM)


def _key(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
