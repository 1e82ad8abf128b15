"""Taking a backup of a site while everything runs."""

import shutil
from pathlib import Path

from core.errors import StoreError
from core.schema.site import Site
from core.time.clock import iso
from storage.backup.manifest import (
    BESIDE,
    RECORDS,
    SERIES,
    SITE,
    Manifest,
    RecordsPart,
    SeriesPart,
    list_files,
    scanward_version,
    write,
)
from storage.backup.retention import folder_name
from storage.files import sqlite_copy
from storage.files.atomic import copy_file, settle, settle_all, translated
from storage.files.attachments import FOLDER as FILES
from storage.files.locks import held
from storage.records import Records
from storage.records.dump import dump
from storage.series import SeriesReader


def take(site: Site, site_path: Path, folder: Path, now: int) -> Path:
    """The finished backup in `folder`. StoreError: there is none, and what was begun is removed.

    It is written under a hidden name and named when it is whole and on the disk: one that was
    killed cannot be mistaken for a backup. The next one removes it.
    """
    target = folder / folder_name(site.file.id, now)
    with translated("no backup was made"), held(_lock(site), "another backup is being made"):
        folder.mkdir(parents=True, exist_ok=True)
        if target.exists():
            raise StoreError(f"{target} is there already")
        _remove_parts(folder, site.file.id)
        part = folder / f".{target.name}.part"
        part.mkdir(mode=0o700)  # what is in the records is not for everyone on this machine
        try:
            _fill(part, site, site_path, now)
            settle_all(part)
            part.rename(target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        settle(folder)
    return target


def _lock(site: Site) -> Path:
    return site.file.storage.folder / "backup.lock"


def _remove_parts(folder: Path, site_id: str) -> None:
    for left in folder.glob(f".scanward-{site_id}-*.part"):
        shutil.rmtree(left)


def _copy_attachments(site: Site, part: Path) -> None:
    """After the records that name them: what is named is there, what came since does no harm."""
    for path in sorted((site.file.storage.folder / FILES).glob("[0-9a-f]*")):
        copy_file(path, part / FILES / path.name)


def _fill(part: Path, site: Site, site_path: Path, now: int) -> None:
    # Records first: the alert engine's cursor then never lies beyond the copied journal, and after
    # a restore no reading goes unjudged.
    records = _copy_records(site, part)
    series = _copy_series(site, part)
    _copy_attachments(site, part)
    copy_file(site_path, part / SITE / site_path.name)
    for folder in BESIDE:
        for path in sorted((site_path.parent / folder).glob("*.yaml")):
            copy_file(path, part / SITE / folder / path.name)
    manifest = Manifest(
        scanward=scanward_version(),
        site=site.file.id,
        site_file=site_path.name,
        at=iso(now),
        series=series,
        records=records,
        files=list_files(part),
    )
    write(manifest, part)


def _copy_series(site: Site, part: Path) -> SeriesPart | None:
    if not site.series_path.exists():
        return None
    copy = part / SERIES
    sqlite_copy.copy(site.series_path, copy)
    _must_be_whole(copy, site.series_path)
    reader = SeriesReader(copy)
    latest = reader.latest()
    newest = max((reading.at for reading in latest), default=None)
    return SeriesPart(
        cursor=reader.newest_cursor(),
        series=len(latest),
        newest_reading=None if newest is None else iso(newest),
    )


def _copy_records(site: Site, part: Path) -> RecordsPart | None:
    records = Records(site.records_url)
    try:
        if records.file is None:
            revision, rows = dump(records, part / RECORDS["postgresql"])
            return RecordsPart(kind="postgresql", revision=revision, rows=rows)
        if not records.file.exists():
            return None
        copy = part / RECORDS["sqlite"]
        sqlite_copy.copy(records.file, copy)
        _must_be_whole(copy, records.file)
        rows = sqlite_copy.count_rows(copy)
        return RecordsPart(kind="sqlite", revision=sqlite_copy.revision(copy), rows=rows)
    finally:
        records.close()


def _must_be_whole(copy: Path, source: Path) -> None:
    if wrong := sqlite_copy.what_is_wrong(copy):
        raise StoreError(f"{source} is damaged: {wrong}", permanent=True)
