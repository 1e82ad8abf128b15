"""What lies on the disk: its room, what each store takes, and the backups."""

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from core.errors import StoreError
from core.schema.site import Site
from dashboard.system.model import BackupFacts, DiskFacts, StoreSize
from storage.backup import manifest
from storage.backup.retention import finished
from storage.files import disk_history
from storage.records import Records
from storage.records.totals import database_bytes

# What Scanward makes in its storage folder; a database stands for its log files too.
STORES = (
    *("series.db", "records.db", "examinations.db", "forward.db"),
    *("files", "reports", "models", "uploads"),
)
OTHERS = (
    "others"  # whatever else lies there: copies of before an upgrade, damaged files, somebody's own
)
_BESIDE = ("-wal", "-shm")
MOST_FILES = 200_000  # that are counted


def disk_facts(site: Site, now: int) -> DiskFacts:
    """The disk of the storage folder. OSError if it cannot be looked at."""
    folder = site.file.storage.folder
    sample = disk_history.look(folder, now)
    return DiskFacts(sample, disk_history.pace(disk_history.history(folder), sample))


def store_sizes(site: Site, records: Records) -> list[StoreSize]:
    """Each store that is there, in bytes. OSError; StoreError if a server does not answer."""
    folder, sizes = site.file.storage.folder, Counter[str]()
    for path in folder.iterdir():
        name = path.name
        for ending in _BESIDE:
            name = name.removesuffix(ending)
        sizes[name if name in STORES else OTHERS] += _bytes_of(path)
    stores = [StoreSize(name, sizes[name]) for name in (*STORES, OTHERS) if name in sizes]
    if records.file is None:
        stores.append(StoreSize("PostgreSQL", database_bytes(records)))
    return stores


def backup_facts(site: Site, now: int) -> BackupFacts | None:
    """The newest of a site that plans them, but for those of a time to come; None if it does not. StoreError."""
    plan = site.file.backup
    if plan is None:
        return None
    backups = {at: path for at, path in finished(plan.folder, site.file.id).items() if at <= now}
    if not backups:
        return BackupFacts(str(plan.folder), plan.every, 0)
    at = max(backups)
    size = None
    with suppress(StoreError):
        size = sum(entry.bytes for entry in manifest.read(backups[at]).files.values())
    return BackupFacts(str(plan.folder), plan.every, len(backups), at, size)


def _bytes_of(path: Path) -> int:
    return sum(_sizes(path)) if path.is_dir() and not path.is_symlink() else _size(path)


def _sizes(folder: Path) -> Iterator[int]:
    count = 0
    for place, _, names in os.walk(folder):
        for name in names:
            count += 1
            if count > MOST_FILES:
                return
            yield _size(Path(place) / name)


def _size(path: Path) -> int:
    with suppress(OSError):  # gone meanwhile
        return path.lstat().st_size
    return 0
