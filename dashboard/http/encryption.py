"""TLS of the dashboard: the certificate it shows, and another one while it runs."""

import logging
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import ScanwardError, StoreError
from core.schema.http import ServerTls
from core.schema.site import Site
from core.time.clock import HOUR, SECOND
from dashboard.certificates.own_certificate import keep_certificate, server_file
from dashboard.certificates.site_names import certificate_names

log = logging.getLogger(__name__)

LOOK_EVERY_S = HOUR / SECOND


class Encryption:
    """What TLS needs, loaded again when there is another certificate: who is connected stays so."""

    def __init__(self, site: Site, address: str, now: Callable[[], int]) -> None:
        self._site = site
        self._address = address
        self._now = now
        self._loaded: tuple[int, ...] = ()
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)  # 1.2 or newer, as Python has it
        self.context.set_alpn_protocols(["http/1.1"])
        try:
            self.refresh()
        except StoreError as error:
            # An old certificate is shown and complained of; without one there is nothing to show.
            log.error("%s", error)
            self._load()

    def refresh(self) -> None:
        """Renew what is due, and load what is new. StoreError if that cannot be."""
        if not isinstance(self._site.file.http.tls, ServerTls):
            names = certificate_names(self._site, self._address)
            folder = self._site.tls_path
            keep_certificate(folder, self._site.file.name, names, self._now())
        self._load()

    @contextmanager
    def refreshing(self) -> Iterator[None]:
        """It looks after itself for as long as the block runs."""
        stop = threading.Event()
        keeper = threading.Thread(target=self._keep, args=(stop,), name="encryption", daemon=True)
        keeper.start()
        try:
            yield
        finally:
            stop.set()
            keeper.join()

    def _keep(self, stop: threading.Event) -> None:
        while not stop.wait(LOOK_EVERY_S):
            try:
                self.refresh()
            except ScanwardError as error:
                log.error("the certificate stays as it is: %s", error)

    def _load(self) -> None:
        certificate, key = _files(self._site)
        try:
            version = tuple(path.stat().st_mtime_ns for path in (certificate, key or certificate))
            if version != self._loaded:
                # Tried aside first: half of another pair must not take the place of what works.
                ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(certificate, key)
                self.context.load_cert_chain(certificate, key)
                self._loaded = version
        except OSError as error:  # SSLError is one: the key belongs to another certificate
            text = f"{certificate}: {error.strerror or error}"
            raise StoreError(text, permanent=True) from error


def _files(site: Site) -> tuple[Path, Path | None]:
    """A certificate and its key, which may be in the same file."""
    tls = site.file.http.tls
    if isinstance(tls, ServerTls):
        return tls.certificate, tls.key
    return server_file(site.tls_path), None
