"""The ledger of examinations goes with its series: a study that was counted is not counted once more."""

from contextlib import closing
from pathlib import Path

import pytest

from core.time.clock import DAY
from storage.backup.restore import restore
from storage.backup.take import take
from storage.examinations.entries import SeriesEntry
from storage.examinations.ledger import Ledger
from storage.examinations.uid_hash import UidHasher
from tests.storage.cast import T0, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")


def count(place: Place, uid: str) -> int:
    """How many examinations are known, once the PACS tells of one of them."""
    study = UidHasher(place.site.uid_key_path).hash(uid)
    with closing(Ledger(place.site.examinations_path)) as ledger:
        ledger.record([SeriesEntry("ct-1", study, study, T0, T0 + 60_000, 3)])
        return len(ledger.work("ct-1", 0).studies)


def test_a_study_counts_once_also_after_a_restore_on_another_machine(place: Place) -> None:
    place.append(range(10))
    assert count(place, "1.2.3") == 1
    backup = take(place.site, place.site_path, place.backups, T0)
    assert count(place, "1.2.4") == 2
    for path in (place.site.examinations_path, place.site.uid_key_path):
        path.unlink()
    restored = restore(backup, place.site_path, T0 + DAY)
    assert {"examinations.db", "dicom-uid.key"} <= set(restored.manifest.files)
    assert count(place, "1.2.3") == 1
    assert count(place, "1.2.4") == 2


def test_what_stood_there_is_put_aside_with_its_key(place: Place) -> None:
    place.append(range(10))
    backup = take(place.site, place.site_path, place.backups, T0)
    assert count(place, "1.2.3") == 1
    restored = restore(backup, place.site_path, T0 + DAY)
    assert restored.previous is not None
    names = {path.name for path in restored.previous.iterdir()}
    assert {"examinations.db", "dicom-uid.key"} <= names
    assert not place.site.examinations_path.exists()
