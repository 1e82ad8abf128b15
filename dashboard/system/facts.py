"""All facts of Scanward itself at one moment. A part that cannot be read leaves the others as they are."""

from collections.abc import Callable, Iterator
from typing import TypeVar

from core.errors import StoreError
from core.schema.site import Site
from core.version import scanward_version
from dashboard.system import in_records
from dashboard.system.certificates import own_certificates
from dashboard.system.clock import clock_facts, clock_state, device_offsets
from dashboard.system.doctor_run import last_run
from dashboard.system.model import SchemaFacts, SystemFacts
from dashboard.system.on_disk import backup_facts, disk_facts, store_sizes
from storage.backup.trial import last_trial
from storage.files.process_sign import ProcessStatus, other_parts, process_status
from storage.records import Records, migrate
from storage.series.schema import VERSION
from storage.series.store import SeriesStore
from storage.series.totals import format_version

Part = TypeVar("Part")


class _Trouble(dict[str, str]):
    """Why a part is not known, by its name."""

    def without(self, name: str, read: Callable[[], Part]) -> Part | None:
        """What is read; None if it cannot be, and why is noted."""
        try:
            return read()
        except StoreError as error:
            self[name] = str(error)
        except OSError as error:
            self[name] = error.strerror or str(error)
        return None


def system_facts(site: Site, records: Records, series: SeriesStore, now: int) -> SystemFacts:
    """Everything, at `now`. Reads files and both stores, asks nobody outside, and never raises."""
    trouble = _Trouble()
    offsets = trouble.without("clock", lambda: device_offsets(series, site.devices, now))
    sizes = trouble.without("stores", lambda: tuple(store_sizes(site, records)))
    queues = trouble.without("queues", lambda: tuple(in_records.queues(site, records, now)))
    mailboxes = trouble.without("mailboxes", lambda: tuple(in_records.mailboxes(records)))
    tokens = trouble.without("tokens", lambda: tuple(in_records.tokens(records, now)))
    certificates = trouble.without("certificates", lambda: tuple(own_certificates(site)))
    return SystemFacts(
        at=now,
        version=scanward_version(),
        processes=tuple(_processes(site, now)),
        disk=trouble.without("disk", lambda: disk_facts(site, now)),
        stores=sizes,
        backup=trouble.without("backup", lambda: backup_facts(site, now)),
        is_backup_planned=site.file.backup is not None,
        trial=last_trial(site),
        queues=queues,
        certificates=certificates,
        clock=clock_facts(clock_state(), offsets),
        schemas=(
            SchemaFacts("records", trouble.without("records", records.revision), migrate.newest()),
            SchemaFacts("series", trouble.without("series", lambda: _series(site)), str(VERSION)),
        ),
        mailboxes=mailboxes,
        tokens=tokens,
        doctor=last_run(site.file.storage.folder),
        trouble=dict(trouble),
    )


def _processes(site: Site, now: int) -> Iterator[ProcessStatus]:
    for name in site.process_names:
        status = process_status(site.processes_path, name, now)
        yield status
        yield from other_parts(status, now)


def _series(site: Site) -> str | None:
    version = format_version(site.series_path)
    return None if version is None else str(version)
