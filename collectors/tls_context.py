"""TLS contexts out of the files that a site names."""

import ssl

from core.errors import SourceError
from core.schema.tls import TlsFiles


def client_context(tls: TlsFiles) -> ssl.SSLContext:
    """For a connection that we open. SourceError names the file that cannot be used."""
    return _context(tls, ssl.Purpose.SERVER_AUTH)


def server_context(tls: TlsFiles) -> ssl.SSLContext:
    """For connections that we take; with `ca`, only from peers that show a certificate of it."""
    context = _context(tls, ssl.Purpose.CLIENT_AUTH)
    if tls.ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def _context(tls: TlsFiles, purpose: ssl.Purpose) -> ssl.SSLContext:
    key = "ca"
    try:
        context = ssl.create_default_context(purpose, cafile=tls.ca)
        if tls.certificate is not None and tls.key is not None:
            key = "certificate"
            context.load_cert_chain(tls.certificate, tls.key, password=_no_password)
    except ssl.SSLError as error:
        reason = error.reason or "not PEM"
        text = f"`tls.{key}` cannot be used ({reason}): it must be PEM, and `key` fit `certificate`"
        raise SourceError(text, permanent=True) from None
    except OSError as error:
        text = f"`tls.{key}` cannot be read: {error.strerror or 'no such file'}"
        raise SourceError(text, permanent=True) from None
    return context


def _no_password() -> str:
    """OpenSSL would ask the terminal for the password of an encrypted key, and wait for ever."""
    return ""
