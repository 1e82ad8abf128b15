"""A trial restore says whether a backup can be put back, and touches nothing but its own note."""

from core.time.clock import DAY
from storage.backup.take import take
from storage.backup.trial import FILE, last_trial, try_backup
from storage.files.atomic import sha256
from tests.storage.cast import T0, Place


def test_a_whole_backup_is_restored_beside_counted_and_thrown_away(place: Place) -> None:
    place.append(range(100))
    place.raise_alert("before")
    backup = take(place.site, place.site_path, place.backups, T0)
    assert last_trial(place.site) is None
    trial = try_backup(place.site, backup, T0 + DAY)
    assert trial.is_whole, trial.text
    assert (trial.at, trial.backup) == (T0 + DAY, backup.name)
    assert "1 series" in trial.text
    assert "rows in" in trial.text
    assert last_trial(place.site) == trial
    assert not list(place.site.file.storage.folder.glob(".trial-*"))
    place.append(range(100, 150))
    assert len(place.numbers()) == 150, "what is there stays as it is"


def test_a_damaged_backup_says_what_is_wrong_and_replaces_the_good_trial_of_before(
    plain: Place,
) -> None:
    plain.append(range(100))
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    assert try_backup(plain.site, backup, T0).is_whole
    damaged = bytearray((backup / "series.db").read_bytes())
    damaged[5000] ^= 1
    (backup / "series.db").write_bytes(damaged)
    trial = try_backup(plain.site, backup, T0 + DAY)
    assert not trial.is_whole
    assert "series.db: is not as it was written" in trial.text
    assert last_trial(plain.site) == trial


def test_a_folder_that_is_no_backup_is_said_and_nothing_else_happens(plain: Place) -> None:
    plain.append(range(10))
    before = sha256(plain.site.series_path)
    trial = try_backup(plain.site, plain.backups / "nothing", T0)
    assert not trial.is_whole
    assert "not a finished backup" in trial.text
    assert sha256(plain.site.series_path) == before


def test_a_note_of_a_trial_that_cannot_be_read_is_none(plain: Place) -> None:
    folder = plain.site.file.storage.folder
    folder.mkdir(exist_ok=True)
    (folder / FILE).write_text('{"at": 1, "is_whole": tr')
    assert last_trial(plain.site) is None
