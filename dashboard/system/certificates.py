"""Certificates of our own: of the dashboard, its authority, and what we show DICOM nodes.

Those of servers are asked by the doctor: only the server knows which it has now.
"""

from collections.abc import Iterator
from pathlib import Path

from core.bounded_file import CERTIFICATES, read_bounded
from core.errors import StoreError
from core.schema.http import ServerTls
from core.schema.site import Site
from core.schema.sources.dicom import DicomSource
from core.time.clock import to_ms
from dashboard.system.model import CertificateFacts


def own_certificates(site: Site) -> list[CertificateFacts]:
    """Each once; what cannot be read has no end."""
    return list(dict.fromkeys([*_of_dashboard(site), *_of_dicom(site)]))


def _of_dashboard(site: Site) -> Iterator[CertificateFacts]:
    tls = site.file.http.tls
    if isinstance(tls, ServerTls):
        yield CertificateFacts("dashboard", _end_of(tls.certificate))
    elif tls == "own":
        from dashboard.certificates.own_certificate import certificate_state

        try:
            state = certificate_state(site.tls_path)
        except StoreError:
            state = None
        yield CertificateFacts("dashboard", state.server.ends_at if state else None)
        yield CertificateFacts("authority", state.authority.ends_at if state else None)


def _of_dicom(site: Site) -> Iterator[CertificateFacts]:
    listener = site.file.dicom.listen
    entries = [entry for entry in site.source_entries if isinstance(entry, DicomSource)]
    for tls in (listener.tls if listener else None, *(entry.tls for entry in entries)):
        if tls is not None and tls.certificate is not None:
            yield CertificateFacts(f"dicom {tls.certificate.name}", _end_of(tls.certificate))


def _end_of(path: Path) -> int | None:
    from cryptography import x509  # most sites have none of their own

    try:
        certificate = x509.load_pem_x509_certificates(read_bounded(path, CERTIFICATES))[0]
    except (OSError, ValueError, IndexError):
        return None
    return to_ms(certificate.not_valid_after_utc)
