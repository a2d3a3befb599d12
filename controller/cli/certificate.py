"""`retrotread certificate`: a key and a certificate of this computer's own for the console."""

import contextlib
import datetime
import ipaddress
import os
import re
import socket
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from controller.cli.failure import Failure
from controller.home import usual_folder

CERTIFICATE, KEY = "console-cert.pem", "console-key.pem"
SKEW = datetime.timedelta(hours=1)
"""Clocks of tablets go slow."""


def run(names: list[str], data: str, days: int) -> None:
    """Write both files and say what belongs into the settings. Raises: `Failure`."""
    folder = Path(data) if data else usual_folder()
    known = names or [socket.gethostname()]
    key = ec.generate_private_key(ec.SECP256R1())
    made = signed(key, known, days)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(folder / KEY, secret)
        _write(folder / CERTIFICATE, made.public_bytes(serialization.Encoding.PEM))
    except OSError as error:
        raise Failure(f"{error.filename} cannot be written: {error.strerror}.") from error
    _tell(folder, known, made)


def signed(key: ec.EllipticCurvePrivateKey, names: list[str], days: int) -> x509.Certificate:
    """A certificate for these names, by its own key. Raises: `Failure`."""
    alternatives = x509.SubjectAlternativeName([_general(name) for name in names])
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Retrotread console")])
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - SKEW)
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(alternatives, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )


def _general(name: str) -> x509.GeneralName:
    """Raises: `Failure`."""
    with contextlib.suppress(ValueError):
        return x509.IPAddress(ipaddress.ip_address(name))
    if not re.fullmatch(r"[A-Za-z0-9.-]{1,253}", name):
        raise Failure(f"{name!r} is no name of a computer. Give it as browsers are to type it.")
    return x509.DNSName(name)


def _write(path: Path, octets: bytes) -> None:
    """A file that only its owner reads, in place of what was there. Raises: `OSError`."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(octets)
    fresh.replace(path)


def _tell(folder: Path, names: list[str], made: x509.Certificate) -> None:
    quoted = ", ".join(f'"{name}"' for name in names)
    print("[console]")
    print('host = "0.0.0.0"')
    print(f"names = [{quoted}]")
    print(f'cert_file = "{folder / CERTIFICATE}"')
    print(f'key_file = "{folder / KEY}"')
    print(f"# good until {made.not_valid_after_utc:%Y-%m-%d}; its SHA-256 is")
    print(f"# {made.fingerprint(hashes.SHA256()).hex(':').upper()}")
