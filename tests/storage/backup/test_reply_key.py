"""The key that signs the replies of suppliers goes with a backup: what is on its way is taken in afterwards."""

from pathlib import Path

import pytest

from core.time.clock import DAY
from storage.backup.restore import restore
from storage.backup.take import take
from storage.files.key_file import site_key
from tests.storage.cast import T0, Place


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")
    place.append(range(10))
    return place


def test_on_another_machine_it_is_the_same(place: Place) -> None:
    path = place.site.reply_key_path
    key = site_key(path)
    backup = take(place.site, place.site_path, place.backups, T0)
    path.unlink()
    restore(backup, place.site_path, T0 + DAY)
    assert site_key(path) == key
    assert path.stat().st_mode & 0o027 == 0  # nobody else


def test_a_backup_from_before_there_was_one_leaves_it(place: Place) -> None:
    backup = take(place.site, place.site_path, place.backups, T0)
    key = site_key(place.site.reply_key_path)
    restore(backup, place.site_path, T0 + DAY)
    assert site_key(place.site.reply_key_path) == key
