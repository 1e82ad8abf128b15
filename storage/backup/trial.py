"""Trying a backup: restored beside everything, opened and counted, and thrown away. Nothing is touched."""

import shutil
import tempfile
from contextlib import closing
from pathlib import Path

from pydantic import ValidationError

from core.errors import ScanwardError, StoreError
from core.schema.load import load_site
from core.schema.site import Site
from core.schema.strict_model import Strict
from storage.backup.manifest import EXAMINATIONS, RECORDS, SERIES, SITE, Manifest, verify
from storage.backup.restore import bring_up_to_date
from storage.files import sqlite_copy
from storage.files.atomic import copy_file, own_folder, translated, write_own
from storage.records import Records
from storage.records.dump import load
from storage.series import SeriesReader

FILE = "backup-trial.json"  # in the storage folder
ROOM = 2  # times the databases: each is copied, and brought to this version


class BackupTrial(Strict):
    """The last trial: of which backup, when (UTC ms), how it ended, in words."""

    at: int
    backup: str
    is_whole: bool
    text: str


def last_trial(site: Site) -> BackupTrial | None:
    """The last one; None if there never was one, or nobody can tell."""
    try:
        return BackupTrial.model_validate_json(_path(site).read_bytes())
    except (OSError, ValidationError):
        return None


def try_backup(site: Site, backup: Path, now: int) -> BackupTrial:
    """Restore it to a folder of its own, and remember how that went. Never raises for what is wrong with it."""
    try:
        is_whole, text = True, _try(site, backup)
    except (ScanwardError, OSError) as error:
        is_whole, text = False, " ".join(str(error).split())
    trial = BackupTrial(at=now, backup=backup.name, is_whole=is_whole, text=text[:2000])
    with translated("how the trial went cannot be noted"):
        write_own(_path(site), trial.model_dump_json().encode())
    return trial


def _path(site: Site) -> Path:
    return site.file.storage.folder / FILE


def _try(site: Site, backup: Path) -> str:
    manifest = verify(backup)
    restored = load_site(backup / SITE / manifest.site_file)
    if restored.file.id != site.file.id:
        raise StoreError(f"it is of site {restored.file.id!r}", permanent=True)
    folder = site.file.storage.folder
    own_folder(folder)
    needed = ROOM * sum(entry.bytes for name, entry in manifest.files.items() if name in _DATABASES)
    if shutil.disk_usage(folder).free < needed:
        raise StoreError(f"{needed} bytes must be free in {folder} to try it", permanent=True)
    with tempfile.TemporaryDirectory(prefix=".trial-", dir=folder) as place:
        counts = [_series(backup, manifest, Path(place)), _records(backup, manifest, Path(place))]
        if EXAMINATIONS in manifest.files:
            _opened(backup, EXAMINATIONS, Path(place))
    return "; ".join(
        [f"{len(manifest.files)} files are as they were written", *filter(None, counts)]
    )


_DATABASES = (SERIES, EXAMINATIONS, *RECORDS.values())


def _opened(backup: Path, name: str, place: Path) -> Path:
    """A copy, brought to this version."""
    path = place / name
    copy_file(backup / name, path)
    bring_up_to_date(name, path)
    return path


def _series(backup: Path, manifest: Manifest, place: Path) -> str:
    if manifest.series is None:
        return ""
    count = len(SeriesReader(_opened(backup, SERIES, place)).latest())
    if count != manifest.series.series:
        raise StoreError(f"{count} series of {manifest.series.series} can be read", permanent=True)
    return f"{count} series, the newest reading of {manifest.series.newest_reading or 'never'}"


def _records(backup: Path, manifest: Manifest, place: Path) -> str:
    summary = manifest.records
    if summary is None:
        return ""
    name = RECORDS[summary.kind]
    path = place / RECORDS["sqlite"]
    if summary.kind == "sqlite":
        copy_file(backup / name, path)
        rows = sqlite_copy.count_rows(path)
        bring_up_to_date(name, path)
    else:  # what a server had is tried in a file: both behave alike
        with closing(Records(f"sqlite:///{path}")) as records:
            load(records, backup / name, summary.revision)
        rows = sqlite_copy.count_rows(path)
    lost = [table for table, count in summary.rows.items() if rows.get(table, 0) < count]
    if lost:
        raise StoreError(f"rows are missing in {', '.join(sorted(lost))}", permanent=True)
    return f"{sum(summary.rows.values())} rows in {len(summary.rows)} tables"
