"""The list of what a backup holds, and whether it still holds that."""

import hashlib
import json
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AfterValidator, ValidationError

from core.bounded_file import read_bounded
from core.errors import StoreError
from core.schema.strict_model import Strict
from storage.files import sqlite_copy
from storage.files.atomic import fsync_path, sha256, translated
from storage.records import migrate

MANIFEST = "manifest.json"
SERIES = "series.db"
EXAMINATIONS = "examinations.db"
UID_KEY = "dicom-uid.key"  # without it the ledger would count every study once more
REPLY_KEY = "reply.key"  # without it replies of suppliers that are on their way would be refused
LARGEST = 64_000_000  # bytes of the list: 300,000 files, each named with its digest; ours
KEYS = (UID_KEY, REPLY_KEY)
RECORDS = {"sqlite": "records.db", "postgresql": "records.jsonl"}
SITE = "site"  # the folder of the site file, its profiles and its plans
BESIDE = ("profiles", "plans")  # folders beside the site file that belong to it


def _inside(name: str) -> str:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise ValueError("leads out of the backup")
    return name


class FileEntry(Strict):
    """One file of the backup."""

    bytes: int
    sha256: str


class SeriesSummary(Strict):
    """What the copy of the series database holds."""

    cursor: int  # of the journal
    series: int
    newest_reading: str | None  # ISO 8601, UTC


class RecordsSummary(Strict):
    """What the copy of the records database holds."""

    kind: Literal["sqlite", "postgresql"]
    revision: str | None
    rows: dict[str, int]


class Manifest(Strict):
    """The contents of a backup; `series` and `records` are None where nothing was stored yet."""

    format: Literal[1] = 1
    scanward: str
    site: str
    site_file: str
    at: str  # ISO 8601, UTC
    series: SeriesSummary | None
    records: RecordsSummary | None
    files: dict[Annotated[str, AfterValidator(_inside)], FileEntry]
    seal: str = ""  # SHA-256 of all the above

    def sealed(self) -> "Manifest":
        """The manifest with its seal."""
        return self.model_copy(update={"seal": self.expected_seal()})

    def expected_seal(self) -> str:
        """The seal of these contents."""
        fields = self.model_dump(exclude={"seal"})
        return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()


def list_files(folder: Path) -> dict[str, FileEntry]:
    """Every file of a backup that is being written."""
    return {
        path.relative_to(folder).as_posix(): FileEntry(
            bytes=path.stat().st_size, sha256=sha256(path)
        )
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def write(manifest: Manifest, folder: Path) -> None:
    """Write the last file of a backup."""
    path = folder / MANIFEST
    path.write_text(manifest.sealed().model_dump_json(indent=2) + "\n", encoding="utf-8")
    fsync_path(path)


def verify(folder: Path) -> Manifest:
    """The manifest, if every file of the backup is as it was written. StoreError names those that are not."""
    with translated(f"{folder} cannot be read"):
        manifest = read(folder)
        wrong = [
            f"{name}: {text}"
            for name, entry in manifest.files.items()
            if (text := _what_is_wrong(folder / name, entry))
        ]
    records = manifest.records
    if records and records.revision is not None and records.revision not in migrate.known():
        wrong.append(
            f"its records have revision {records.revision}, this Scanward knows {migrate.newest()}:"
            f" restore it with Scanward {manifest.scanward}"
        )
    for name in _needed(manifest):
        if name not in manifest.files:
            wrong.append(f"{name}: the manifest does not list it")
    if wrong:
        raise StoreError("\n".join(f"{folder}: {text}" for text in wrong), permanent=True)
    return manifest


def read(folder: Path) -> Manifest:
    """What is listed, whether it is there or not. StoreError if the list is damaged."""
    path = folder / MANIFEST
    if not path.is_file():
        raise StoreError(f"{folder} is not a finished backup: no {MANIFEST}", permanent=True)
    try:
        with translated(f"{path} cannot be read"):
            raw = json.loads(read_bounded(path, LARGEST))
        if isinstance(raw, dict) and raw.get("format", 1) != 1:
            text = f"{path}: format {raw['format']!r}, this Scanward knows 1"
            raise StoreError(text, permanent=True)
        manifest = Manifest.model_validate(raw)
    except (ValidationError, ValueError, RecursionError) as error:
        raise StoreError(f"{path} is damaged: {error}", permanent=True) from error
    if manifest.seal != manifest.expected_seal():
        raise StoreError(f"{path} is not as it was written", permanent=True)
    return manifest


def _needed(manifest: Manifest) -> list[str]:
    names = [f"{SITE}/{manifest.site_file}"]
    names += [SERIES] if manifest.series else []
    names += [RECORDS[manifest.records.kind]] if manifest.records else []
    return names


def _what_is_wrong(path: Path, entry: FileEntry) -> str:
    if not path.is_file():
        return "is missing"
    if path.stat().st_size != entry.bytes:
        return f"has {path.stat().st_size} bytes, not {entry.bytes}"
    if sha256(path) != entry.sha256:
        return "is not as it was written (SHA-256)"
    return sqlite_copy.what_is_wrong(path) if path.suffix == ".db" else ""
