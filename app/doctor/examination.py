"""All checks, in the order in which a person would mend things."""

from collections.abc import Callable, Iterator
from pathlib import Path

from app.clock import now
from app.doctor import certificates, channels, dicom, machine, sources, stores
from core.finding import Finding, Findings
from core.readings import Event, Reading
from core.schema.dicom import BY_PYLINAC
from core.schema.site import Site


async def examine(site: Site, site_path: Path, *, send_test: bool = False) -> list[Finding]:
    """Every finding. Asks devices and servers, stores nothing; with `send_test` sends test messages."""
    findings: list[Finding] = []
    for name, check in _checks(site, site_path, send_test=send_test):
        findings += _guarded(name, check)
    stored: list[Reading | Event] = [*stores.newest_of(site), *stores.source_events(site, now())]
    return findings + await sources.check_sources(site, stored)


def _checks(
    site: Site, site_path: Path, *, send_test: bool
) -> Iterator[tuple[str, Callable[[], list[Finding]]]]:
    yield "disk", lambda: machine.check_disk(site)
    yield "clock", machine.check_clock
    yield "files", lambda: machine.check_files(site, site_path)
    yield "readings", lambda: stores.check_series(site, now())
    yield "records", lambda: stores.check_records(site)
    yield "alerts", lambda: stores.check_judging(site)
    influx = site.file.storage.influxdb
    if influx is not None:
        yield "InfluxDB", lambda: stores.check_influxdb(site, influx)
    grafana = site.file.grafana
    if grafana is not None:
        yield "Grafana", lambda: stores.check_grafana(grafana)
    listener = site.file.dicom.listen
    if listener is not None:
        yield "DICOM listener", lambda: dicom.check_listener(site, listener)
    if any(phantom.kind in BY_PYLINAC for phantom in site.file.dicom.phantoms):
        yield "pylinac", lambda: dicom.check_pylinac(site.file.dicom)
    yield "backup", lambda: stores.check_backups(site, now())
    yield "certificates", lambda: certificates.check_certificates(site, now())
    yield "channels", lambda: channels.check_channels(site, send_test=send_test)


def _guarded(name: str, check: Callable[[], list[Finding]]) -> list[Finding]:
    """A secret that is absent stops one check, not the others."""
    findings = Findings(name)
    with findings.failing():
        findings.extend(check())
    return findings
