"""Certificates of servers: one that runs out quietly silences every sensor one night."""

import socket
import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from core.finding import Finding, Findings
from core.schema.http import ServerTls
from core.schema.site import Site
from core.schema.sources.dicom import DicomSource
from core.time.clock import DAY, SECOND, to_ms

WARN = 30 * DAY  # Scanward's default: time enough to ask for another
OWN_WARN = 100 * DAY  # it is renewed with 132 left, if all is well
AUTHORITY_WARN = 365 * DAY  # to bring the next one to each telephone takes its time
_WITHIN_S = 5.0


class _Server(NamedTuple):
    name: str
    host: str
    port: int
    ca: Path | None


def check_certificates(site: Site, now: int) -> list[Finding]:
    """How long those of the dashboard, broker, InfluxDB, Grafana and DICOM nodes still hold. Who cannot be reached is told elsewhere."""
    findings = Findings("certificates")
    findings += _of_dashboard(site, now)
    ends = [(server.name, _end(server)) for server in _servers(site)]
    ends += [(f"our own {path}", _end_of(path)) for path in _own(site)]
    for name, end in ends:
        if end is None:
            continue
        days = (end - now) // DAY
        if end < now:
            findings.fail(f"that of {name} ended {(now - end) // DAY} days ago: have another made")
        elif end - now < WARN:
            findings.warn(f"that of {name} ends in {days} days: have another made")
        else:
            findings.ok(f"that of {name} holds for {days} days")
    return findings


def _own(site: Site) -> list[Path]:
    """What we show DICOM nodes, each once."""
    listener = site.file.dicom.listen
    entries = [entry for entry in site.source_entries if isinstance(entry, DicomSource)]
    each = [listener.tls if listener else None, *(entry.tls for entry in entries)]
    return list(dict.fromkeys(tls.certificate for tls in each if tls and tls.certificate))


def _end_of(path: Path) -> int | None:
    """Of a certificate in a file; None if it cannot be read, which is told elsewhere."""
    from cryptography import x509  # most sites have none of their own

    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
    except (OSError, ValueError):
        return None
    return int(certificate.not_valid_after_utc.timestamp()) * SECOND


def _of_dashboard(site: Site, now: int) -> list[Finding]:
    """Of the dashboard: until when, whether it is renewed in time, and for which names it is not."""
    findings = Findings("certificates")
    tls = site.file.http.tls
    if isinstance(tls, ServerTls):
        from cryptography import x509

        with findings.failing():
            try:
                certificate = x509.load_pem_x509_certificates(tls.certificate.read_bytes())[0]
            except (OSError, ValueError) as error:
                findings.fail(f"{tls.certificate} of the dashboard cannot be read: {error}")
            else:
                end = to_ms(certificate.not_valid_after_utc)
                _report(findings, f"{tls.certificate} of the dashboard", end, now, WARN)
    elif tls == "own":
        from dashboard.certificates.own_certificate import certificate_state
        from dashboard.certificates.site_names import configured_names

        with findings.failing():
            state = certificate_state(site.tls_path)
            if state is None:
                findings.warn("the dashboard has none yet: its first start makes one")
                return findings
            _report(findings, "that of the dashboard", state.server.ends_at, now, OWN_WARN)
            _report(findings, "the authority", state.authority.ends_at, now, AUTHORITY_WARN)
            if state.server.begins_at > now:
                findings.fail("that of the dashboard has not begun yet: set the clock")
            if lacking := state.lacking(configured_names(site)):
                findings.warn(
                    f"that of the dashboard is not for {', '.join(lacking)}: scanward certificate renew"
                    " --authority, and let each telephone trust the new authority"
                )
    return findings


def _report(findings: Findings, name: str, end: int, now: int, warn: int) -> None:
    days = (end - now) // DAY
    if days < 0:
        findings.fail(f"{name} ended {-days} days ago: scanward certificate show says more")
    elif end - now < warn:
        findings.warn(f"{name} ends in {days} days: have another made")
    else:
        findings.ok(f"{name} holds for {days} days")


def _servers(site: Site) -> Iterator[_Server]:
    broker = site.file.broker
    if broker is not None and broker.tls is not None:
        yield _Server("the broker", broker.host, broker.port, broker.tls.ca)
    influx, grafana = site.file.storage.influxdb, site.file.grafana
    for name, known in (("InfluxDB", influx), ("Grafana", grafana)):
        url = urlsplit(known.url) if known else None
        if known and url and url.scheme == "https" and url.hostname:
            yield _Server(name, url.hostname, url.port or 443, known.ca)
    for device in site.devices.values():
        for source in device.sources:
            if isinstance(source, DicomSource) and source.tls is not None:
                name = f"{device.id} ({source.ae_title})"
                yield _Server(name, source.host, source.port, source.tls.ca)


def _end(server: _Server) -> int | None:
    try:
        context = ssl.create_default_context(cafile=server.ca)
        with (
            socket.create_connection((server.host, server.port), _WITHIN_S) as line,
            context.wrap_socket(line, server_hostname=server.host) as tls,
        ):
            not_after = (tls.getpeercert() or {}).get("notAfter")
    except (OSError, ValueError):
        return None
    return ssl.cert_time_to_seconds(str(not_after)) * SECOND if not_after else None
