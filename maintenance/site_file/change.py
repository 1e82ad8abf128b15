"""The one way in which Scanward changes the site file; every page and command goes it."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from core.errors import RefusedError
from core.schema.editing.address import Raw
from core.schema.editing.change import Change, Remove, changed_text
from core.schema.load import load_site
from core.schema.secrets_of import written_out
from core.schema.site import Site
from core.schema.yaml_file import raw_of
from core.vocabulary.site_changes import SiteChangeKind
from maintenance.site_file.difference import reversed_in, unified
from maintenance.site_file.on_disk import digest, read_text, write_text
from storage.records import SiteChange
from storage.records.site_changes import change_before, newest_change
from storage.records.transaction import Transaction, needs, refuse_control

MOST_REASON = 2_000  # characters; what is longer belongs into a document


class SitePreview(NamedTuple):
    """What a change would do, before anything is written."""

    diff: str
    sha256: str  # of the file as it is now: hand it to `change_site`
    site: Site  # as it would be


def preview(path: Path, changes: Sequence[Change]) -> SitePreview:
    """What these changes would do. RefusedError, or ConfigError with every mistake, if they may not be."""
    before = read_text(path)
    after = _changed(before, changes)
    site = load_site(path, after)
    return SitePreview(_shown(before, after), digest(before), site)


@needs("change the site file")
def change_site(
    tx: Transaction, path: Path, changes: Sequence[Change], reason: str, seen: str | None = None
) -> SiteChange:
    """Change the file and note who did it, why, and what.

    The whole new site is checked first. ConfigError with every mistake of it, or RefusedError if there
    is nothing to change, no reason, or the file is not the one that was `seen` (its SHA-256): nothing is
    written then.
    """
    before = read_text(path)
    if seen is not None and digest(before) != seen:
        raise RefusedError("the site file was changed meanwhile: look at it again")
    return _write(tx, path, before, _changed(before, changes), reason, "change")


@needs("change the site file")
def take_back(tx: Transaction, path: Path, number: int, reason: str) -> SiteChange:
    """Reverse one change, and leave alone what was changed elsewhere since. RefusedError if that cannot be."""
    change = tx.db.get(SiteChange, number)
    before = change_before(tx.db, number)
    if change is None or before is None:
        raise RefusedError("there is no change {number} of the site file", number=number)
    current = read_text(path)
    after = reversed_in(current, before.text, change.text)
    made = _write(tx, path, current, after, reason, "taken back")
    made.reverses = number
    tx.db.flush()
    return made


def note_file(tx: Transaction, path: Path) -> SiteChange | None:
    """Note what a text editor changed, if it is a site file that loads; None if nothing is new."""
    text = read_text(path)
    newest = newest_change(tx.db)
    if newest is not None and newest.sha256 == digest(text):
        return None
    load_site(path, text)
    if newest is None:
        return _noted(tx, "first", "", text, "")
    return _noted(tx, "by hand", "", text, _shown(newest.text, text))


def _changed(text: str, changes: Sequence[Change]) -> str:
    for change in changes:
        if not isinstance(change, Remove):
            _refuse_controls(change.value)
    return changed_text(text, changes)


def _refuse_controls(value: Raw) -> None:
    if isinstance(value, dict):
        value = [*value, *value.values()]
    if isinstance(value, list):
        for part in value:
            _refuse_controls(part)
    refuse_control(value)


def _write(
    tx: Transaction, path: Path, before: str, after: str, reason: str, kind: SiteChangeKind
) -> SiteChange:
    if not reason.strip():
        raise RefusedError("say why")
    if len(reason) > MOST_REASON:
        raise RefusedError("a reason has at most {count} characters", count=MOST_REASON)
    if after == before:
        raise RefusedError("that is what the site file says already")
    load_site(path, after)
    note_file(tx, path)
    diff = _shown(before, after)
    made = _noted(tx, kind, tx.by, after, diff, reason.strip())
    # Last: if the disk refuses, the row goes too. If the row is lost after it, the file is found changed.
    write_text(path, after)
    return made


def _noted(
    tx: Transaction, kind: SiteChangeKind, who: str, text: str, diff: str, reason: str = ""
) -> SiteChange:
    row = SiteChange(
        at=tx.now, who=who, kind=kind, reason=reason, diff=diff, text=text, sha256=digest(text)
    )
    tx.db.add(row)
    tx.db.flush()
    return row


def _shown(before: str, after: str) -> str:
    return unified(before, after, written_out([raw_of(before), raw_of(after)]))
