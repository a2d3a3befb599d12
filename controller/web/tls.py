"""TLS for a console beyond this computer: the certificate and its key, looked at beforehand."""

import ssl
import stat
from pathlib import Path

NOT_OTHERS = stat.S_IWGRP | stat.S_IRWXO
"""A group may read a key, as Debian's `ssl-cert` does; others may not."""


class CertificateError(RuntimeError):
    """The console cannot be served with these files; one plain sentence that names the way out."""


def context(cert_file: Path, key_file: Path) -> ssl.SSLContext:
    """TLS 1.2 or newer with this certificate. Raises: `CertificateError`."""
    for path in (cert_file, key_file):
        _check(path, secret=path == key_file)
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    made.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    made.set_alpn_protocols(["http/1.1"])
    try:
        # Without the callback a locked key would ask on the terminal of a service.
        made.load_cert_chain(cert_file, key_file, password=_locked)
    except ssl.SSLError as error:
        raise CertificateError(
            f"{cert_file} and {key_file} are no certificate and its key ({error.reason or error}). "
            "Make a pair with retrotread certificate."
        ) from None
    return made


def _check(path: Path, *, secret: bool) -> None:
    try:
        with path.open("rb"):
            mode = path.stat().st_mode
    except OSError as error:
        raise CertificateError(
            f"{path} cannot be read: {error.strerror}. "
            "Make a certificate with retrotread certificate."
        ) from None
    if secret and mode & NOT_OTHERS:
        raise CertificateError(f"Others may read or change the key {path}. Say: chmod 600 {path}")


def _locked() -> str:
    raise CertificateError("The key is locked with a password. Use one that has none, mode 600.")
