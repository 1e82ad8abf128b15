"""Replacing a site's data by a backup.

Everything that can be refused is refused before anything is touched: the copies are checked,
opened, and brought to this version beside the present files. Only then are the present files moved
to a folder beside them, and the new ones renamed. Killed between those two, it is run again.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from core.errors import StoreError
from core.schema.load import load_site
from core.schema.site import Site
from storage.backup.manifest import (
    BESIDE,
    EXAMINATIONS,
    KEYS,
    RECORDS,
    REPLY_KEY,
    SERIES,
    SITE,
    UID_KEY,
    Manifest,
    verify,
)
from storage.backup.retention import stamp
from storage.examinations.ledger import Ledger
from storage.files import sqlite_copy
from storage.files.atomic import copy_file, fsync_path, own_file, own_folder, translated
from storage.files.attachments import FOLDER as FILES
from storage.files.locks import held, lock_beside
from storage.records import Records
from storage.records.dump import dump, load
from storage.series import SeriesWriter

STAGING = ".restore.part"


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored."""

    manifest: Manifest
    previous: Path | None  # the folder that has the data of before
    site_file: str  # what became of the site file, in words


def restore(backup: Path, site_path: Path, now: int) -> Restored:
    """Restore a backup. StoreError if it cannot be; then nothing has changed.

    A site file that is there stays; without one the backup's is used, with its profiles and plans.
    """
    manifest = verify(backup)
    with translated("the restore stopped"):
        source = site_path if site_path.exists() else backup / SITE / manifest.site_file
        site = load_site(source)
        if site.file.id != manifest.site:
            text = f"{backup} is of site {manifest.site!r}, {source} of {site.file.id!r}"
            raise StoreError(text, permanent=True)
        refusal = f"{site.series_path} has a writer: stop `scanward collect` or `run` first"
        with held(lock_beside(site.series_path), refusal):
            _restore_attachments(backup, manifest, site)
            previous = _restore_stores(backup, manifest, site, stamp(now))
        site_file = _restore_site_file(backup, manifest, site_path)
    return Restored(manifest, previous, site_file)


def _restore_site_file(backup: Path, manifest: Manifest, site_path: Path) -> str:
    source = backup / SITE / manifest.site_file
    if site_path.exists():
        is_same = site_path.read_bytes() == source.read_bytes()
        return f"{site_path} {'is the same' if is_same else f'was kept; it differs from {source}'}"
    for name in manifest.files:
        folder = Path(name).parent.name
        if folder in BESIDE and name.startswith(f"{SITE}/{folder}/"):
            target = site_path.parent / folder / Path(name).name
            if not target.exists():
                copy_file(backup / name, target)
    copy_file(source, site_path)
    return f"{site_path} is the backup's"


def _restore_attachments(backup: Path, manifest: Manifest, site: Site) -> None:
    """Copy those that are missing. A file is named by its content: one that is there is the same."""
    for name in manifest.files:
        target = site.file.storage.folder / name
        if name.startswith(f"{FILES}/") and not target.exists():
            own_folder(target.parent)
            own_file(target)
            copy_file(backup / name, target)


def _restore_stores(backup: Path, manifest: Manifest, site: Site, when: str) -> Path | None:
    records = Records(site.records_url)
    try:
        _check_kind(manifest, records)
        # Records first: older than the journal they follow does no harm, newer would.
        targets = {RECORDS["sqlite"]: records.file} if records.file else {}
        targets |= {SERIES: site.series_path, EXAMINATIONS: site.examinations_path}
        targets[UID_KEY] = site.uid_key_path
        if REPLY_KEY in manifest.files:  # one of before stays good for what it signed
            targets[REPLY_KEY] = site.reply_key_path
        with _staged(backup, manifest, targets) as staged:
            for name, target in targets.items():
                if target.exists() and name not in KEYS:
                    sqlite_copy.fold_log(target)
            previous: set[Path] = set()
            if records.file is None:
                previous.add(_replace_in_server(backup, manifest, records, site, when))
            for name, target in targets.items():
                previous |= _replace(staged.get(name), target, f"before-restore-{when}")
    finally:
        records.close()
    return min(previous, default=None)


def _check_kind(manifest: Manifest, records: Records) -> None:
    here = "postgresql" if records.file is None else "sqlite"
    if manifest.records and manifest.records.kind != here:
        text = f"the backup's records are of {manifest.records.kind}, the site keeps them in {here}"
        raise StoreError(text, permanent=True)


@contextmanager
def _staged(
    backup: Path, manifest: Manifest, targets: dict[str, Path]
) -> Iterator[dict[str, Path]]:
    """Copies of the backup's databases beside the present ones, brought to this version."""
    folders = {target.parent / STAGING for target in targets.values()}
    staged = {
        name: target.parent / STAGING / name
        for name, target in targets.items()
        if name in manifest.files
    }
    for folder in folders:
        shutil.rmtree(folder, ignore_errors=True)
    try:
        for name, path in staged.items():
            own_folder(path.parent)
            own_file(path)
            copy_file(backup / name, path)
            bring_up_to_date(name, path)
            fsync_path(path)
        yield staged
    finally:
        for folder in folders:
            shutil.rmtree(folder, ignore_errors=True)


def bring_up_to_date(name: str, path: Path) -> None:
    """Make of a copied file of a backup what this version works with. StoreError if that is not possible."""
    if name in KEYS:
        return
    if name == SERIES:
        SeriesWriter(path).close()
    elif name == EXAMINATIONS:
        Ledger(path).close()
    else:
        _upgrade(path)
    sqlite_copy.fold_log(path)


def _upgrade(path: Path) -> None:
    records = Records(f"sqlite:///{path}")
    try:
        records.upgrade()
    finally:
        records.close()


def _replace_in_server(
    backup: Path, manifest: Manifest, records: Records, site: Site, when: str
) -> Path:
    """The folder that has a dump of the records of before."""
    previous = site.file.storage.folder / f"before-restore-{when}"
    own_folder(previous)
    dump(records, previous / RECORDS["postgresql"])
    fsync_path(previous / RECORDS["postgresql"])
    revision = manifest.records.revision if manifest.records else None
    load(records, backup / RECORDS["postgresql"], revision)
    return previous


def _replace(staged: Path | None, target: Path, name: str) -> set[Path]:
    """Move a database to the folder `name` and put the copy, if there is one, in its place.

    The folder, if anything was moved.
    """
    previous = target.parent / name
    moved = set()
    for suffix in ("", "-wal", "-shm"):  # the latter two only if it was damaged
        present = target.with_name(target.name + suffix)
        if present.exists():
            own_folder(previous)
            present.rename(previous / present.name)
            moved.add(previous)
    if staged is not None:
        staged.rename(target)
    for folder in {target.parent, *moved}:
        with suppress(OSError):
            fsync_path(folder)
    return moved
