"""Making a backup of a site while everything runs."""

import shutil
from pathlib import Path

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import iso
from core.version import scanward_version
from storage.backup.manifest import (
    BESIDE,
    EXAMINATIONS,
    RECORDS,
    REPLY_KEY,
    SERIES,
    SITE,
    UID_KEY,
    Manifest,
    RecordsSummary,
    SeriesSummary,
    list_files,
    write,
)
from storage.backup.retention import folder_name
from storage.files import sqlite_copy
from storage.files.atomic import copy_file, fsync_path, fsync_tree, translated
from storage.files.attachments import FOLDER as FILES
from storage.files.locks import held
from storage.records import Records
from storage.records.dump import dump
from storage.series import SeriesReader


def take(site: Site, site_path: Path, folder: Path, now: int) -> Path:
    """Make a backup in `folder`; its path. StoreError: there is none, and nothing is left of it.

    It is written under a hidden name and renamed when all of it is on the disk: what a kill leaves
    cannot be mistaken for a backup. The next one removes it.
    """
    target = folder / folder_name(site.file.id, now)
    with translated("no backup was made"), held(_lock(site), "another backup is being made"):
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise StoreError(f"{target} is there already")
        _remove_unfinished(folder, site.file.id)
        unfinished = folder / f".{target.name}.part"
        unfinished.mkdir(mode=0o700)  # records are not for everyone on this machine
        try:
            _fill(unfinished, site, site_path, now)
            fsync_tree(unfinished)
            unfinished.rename(target)
        except BaseException:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        fsync_path(folder)
    return target


def _lock(site: Site) -> Path:
    return site.file.storage.folder / "backup.lock"


def _remove_unfinished(folder: Path, site_id: str) -> None:
    for unfinished in folder.glob(f".scanward-{site_id}-*.part"):
        shutil.rmtree(unfinished)


def _copy_attachments(site: Site, target: Path) -> None:
    """After the records that name them: every named file is there, newer ones do no harm."""
    for path in sorted((site.file.storage.folder / FILES).glob("[0-9a-f]*")):
        copy_file(path, target / FILES / path.name)


def _fill(target: Path, site: Site, site_path: Path, now: int) -> None:
    # Records first: the alert engine's cursor then never lies beyond the copied journal, and after
    # a restore no reading goes unjudged.
    records = _copy_records(site, target)
    series = _copy_series(site, target)
    _copy_examinations(site, target)
    if site.reply_key_path.exists():
        copy_file(site.reply_key_path, target / REPLY_KEY)
    _copy_attachments(site, target)
    copy_file(site_path, target / SITE / site_path.name)
    for folder in BESIDE:
        for path in sorted((site_path.parent / folder).glob("*.yaml")):
            copy_file(path, target / SITE / folder / path.name)
    manifest = Manifest(
        scanward=scanward_version(),
        site=site.file.id,
        site_file=site_path.name,
        at=iso(now),
        series=series,
        records=records,
        files=list_files(target),
    )
    write(manifest, target)


def _copy_series(site: Site, target: Path) -> SeriesSummary | None:
    if not site.series_path.exists():
        return None
    copy = target / SERIES
    sqlite_copy.copy(site.series_path, copy)
    _check_copy(copy, site.series_path)
    reader = SeriesReader(copy)
    latest = reader.latest()
    newest = max((reading.at for reading in latest), default=None)
    return SeriesSummary(
        cursor=reader.newest_cursor(),
        series=len(latest),
        newest_reading=None if newest is None else iso(newest),
    )


def _copy_examinations(site: Site, target: Path) -> None:
    """After the series: what these lack of the ledger is published anew, and the other way it is not."""
    if not site.examinations_path.exists():
        return
    copy_file(site.uid_key_path, target / UID_KEY)
    sqlite_copy.copy(site.examinations_path, target / EXAMINATIONS)
    _check_copy(target / EXAMINATIONS, site.examinations_path)


def _copy_records(site: Site, target: Path) -> RecordsSummary | None:
    records = Records(site.records_url)
    try:
        if records.file is None:
            revision, rows = dump(records, target / RECORDS["postgresql"])
            return RecordsSummary(kind="postgresql", revision=revision, rows=rows)
        if not records.file.exists():
            return None
        copy = target / RECORDS["sqlite"]
        sqlite_copy.copy(records.file, copy)
        _check_copy(copy, records.file)
        rows = sqlite_copy.count_rows(copy)
        return RecordsSummary(kind="sqlite", revision=sqlite_copy.revision(copy), rows=rows)
    finally:
        records.close()


def _check_copy(copy: Path, source: Path) -> None:
    if wrong := sqlite_copy.what_is_wrong(copy):
        raise StoreError(f"{source} is damaged: {wrong}", permanent=True)
