"""Backup and restore: whole while everything runs, refused when a bit is wrong, back as it was."""

import json
import random
import shutil
import threading
import time
from pathlib import Path

import pytest

from core.errors import StoreError
from core.time.clock import DAY, HOUR
from storage.backup.manifest import verify
from storage.backup.restore import restore
from storage.backup.retention import finished
from storage.backup.take import take
from storage.files import sqlite_copy
from storage.records import Records
from storage.records import alerts as alert_rows
from storage.series import SeriesWriter
from tests.storage.cast import T0, Place, numbered
from tests.support.cpu_clock import own_time


def test_what_was_confirmed_before_the_backup_began_is_there_after_a_restore(place: Place) -> None:
    place.append(range(3000))
    place.raise_alert("before")
    stop, appended = threading.Event(), [3000]
    writer = SeriesWriter(place.site.series_path)

    def write_on() -> None:
        while not stop.is_set():
            first = appended[0]
            writer.append([numbered(range(first, first + 50))])
            appended[0] = first + 50
            place.raise_alert(f"rule_{first}")

    writing = threading.Thread(target=write_on)
    writing.start()
    time.sleep(0.1)
    confirmed, rules = appended[0], len(place.rules())
    backup = take(place.site, place.site_path, place.backups, T0)
    ended = appended[0]
    time.sleep(0.1)
    stop.set()
    writing.join()
    writer.close()
    restored = restore(backup, place.site_path, T0 + DAY)
    assert confirmed <= len(place.numbers()) <= ended + 50
    assert place.numbers() == list(range(len(place.numbers())))
    assert place.events()[-1] == "0"
    assert rules <= len(place.rules())
    assert place.rules()[0] == ("before", "é,\n", 0.1)
    assert restored.previous is not None
    assert restored.manifest.series is not None
    place.raise_alert("after")
    assert place.rules()[-1][0] == "after", "new rows are numbered after the restored ones"


def test_a_backup_does_not_stop_the_writer(plain: Place) -> None:
    plain.append(range(200_000))
    writer = SeriesWriter(plain.site.series_path)
    longest, number = 0.0, 200_000
    backing_up = threading.Thread(
        target=take, args=(plain.site, plain.site_path, plain.backups, T0)
    )
    backing_up.start()
    while backing_up.is_alive():
        began = own_time()
        writer.append([numbered([number])])
        longest = max(longest, own_time() - began)
        number += 1
    writer.close()
    assert number > 200_010
    assert longest < 1
    assert len(finished(plain.backups, "small")) == 1


def test_a_restore_moves_what_is_there_aside_and_it_can_be_moved_back(plain: Place) -> None:
    plain.append(range(10))
    plain.raise_alert("old")
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    plain.append(range(20))
    plain.raise_alert("new")
    aside = restore(backup, plain.site_path, T0 + HOUR).previous
    assert (plain.numbers(), len(plain.rules())) == (list(range(10)), 1)
    assert aside == plain.site.series_path.parent / "before-restore-20251009T100000Z"
    for name in ("series.db", "records.db"):
        shutil.move(aside / name, plain.site.series_path.parent / name)
    assert (plain.numbers(), len(plain.rules())) == (list(range(20)), 2)


def test_a_dead_machine_comes_back_with_its_site_file_profiles_and_plans(plain: Place) -> None:
    plans = plain.folder / "config" / "plans"
    plans.mkdir()
    (plans / "ours.yaml").write_text("title: Ours\n")
    plain.append(range(10))
    plain.raise_alert("old")
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    shutil.rmtree(plain.folder / "config")
    shutil.rmtree(plain.folder / "var")
    restored = restore(backup, plain.site_path, T0 + HOUR)
    assert restored.previous is None
    assert (plain.numbers(), len(plain.rules())) == (list(range(10)), 1)
    assert (plain.folder / "config" / "profiles" / "magnet.yaml").exists()
    assert (plans / "ours.yaml").read_text() == "title: Ours\n"


def test_a_site_file_that_was_changed_since_is_kept_and_that_is_said(plain: Place) -> None:
    plain.append(range(10))
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    changed = plain.site_path.read_text() + "http: {port: 9000}\n"
    plain.site_path.write_text(changed)
    assert "was kept; it differs" in restore(backup, plain.site_path, T0).site_file
    assert plain.site_path.read_text() == changed


def test_records_that_the_backup_does_not_have_go_aside_with_the_rest(place: Place) -> None:
    Records(place.site.records_url).close()
    place.append(range(10))
    backup = take(place.site, place.site_path, place.backups, T0)
    place.append(range(20))
    place.raise_alert("new")
    aside = restore(backup, place.site_path, T0).previous
    assert aside is not None
    assert {path.name for path in aside.iterdir()} & {"records.db", "records.jsonl"}
    place.raise_alert("newer")
    assert [rule for rule, _, _ in place.rules()] == ["newer"], "no cursor is ahead of the journal"


def test_a_damaged_store_can_be_restored_over(plain: Place) -> None:
    plain.append(range(10))
    plain.raise_alert("old")
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    for path in plain.site.series_path.parent.glob("*.db"):
        path.write_bytes(b"no database at all" * 1000)
    restore(backup, plain.site_path, T0)
    assert (plain.numbers(), len(plain.rules())) == (list(range(10)), 1)


def test_a_damaged_store_is_not_backed_up_and_leaves_nothing(plain: Place) -> None:
    plain.append(range(20_000))
    path = plain.site.series_path
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * 8192)
    with pytest.raises(StoreError, match=r"damaged|malformed"):
        take(plain.site, plain.site_path, plain.backups, T0)
    assert list(plain.backups.iterdir()) == []


def test_one_flipped_bit_anywhere_is_refused_and_nothing_is_touched(place: Place) -> None:
    place.append(range(100))
    place.raise_alert("old")
    backup = take(place.site, place.site_path, place.backups, T0)
    chance = random.Random(7)
    files = [path for path in backup.rglob("*") if path.is_file()]
    assert len(files) == 5
    place.append(range(200))
    for path in files:
        whole = path.read_bytes()
        for _ in range(4):
            where = chance.randrange(len(whole))
            broken = bytearray(whole)
            broken[where] ^= 1 << chance.randrange(8)
            path.write_bytes(broken)
            with pytest.raises(StoreError, match=path.name):
                restore(backup, place.site_path, T0)
        path.write_bytes(whole)
    assert place.numbers() == list(range(200))
    for path in files:
        path.rename(path.with_name("away"))
        with pytest.raises(StoreError, match=path.name):
            verify(backup)
        path.with_name("away").rename(path)
    verify(backup)


def test_a_restore_while_the_collector_runs_is_refused(plain: Place) -> None:
    plain.append(range(10))
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    writer = SeriesWriter(plain.site.series_path)
    with pytest.raises(StoreError, match="stop `scanward collect`"):
        restore(backup, plain.site_path, T0)
    writer.append([numbered([10])])
    writer.close()
    assert plain.numbers() == list(range(11))


def test_a_restore_while_the_records_are_open_is_refused(plain: Place) -> None:
    plain.append(range(10))
    plain.raise_alert("old")
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    records = Records(plain.site.records_url)
    with records.reading() as db:
        assert alert_rows.open_alerts(db)  # and the connection stays, as in `scanward alert`
    with pytest.raises(StoreError, match=r"records\.db is in use"):
        restore(backup, plain.site_path, T0)
    records.close()
    assert not list(plain.site.series_path.parent.glob("before-restore-*"))


def test_a_collector_cannot_start_in_the_middle_of_a_restore(
    plain: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain.append(range(10))
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    refused = []
    fold_log = sqlite_copy.fold_log

    def collector_starts(path: Path) -> None:
        with pytest.raises(StoreError, match="already has a writer"):
            SeriesWriter(plain.site.series_path)
        refused.append(path)
        fold_log(path)

    monkeypatch.setattr(sqlite_copy, "fold_log", collector_starts)
    restore(backup, plain.site_path, T0)
    assert refused


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("format", 2, "format 2, this Scanward knows 1"),
        ("site", "other", "is of site 'other'"),
        ("records", {"kind": "sqlite", "revision": "9999", "rows": {}}, "revision 9999"),
        ("files", {"../../evil": {"bytes": 1, "sha256": "0"}}, "leads out of the backup"),
    ],
)
def test_what_this_scanward_cannot_restore_is_said(
    plain: Place, key: str, value: object, said: str
) -> None:
    plain.append(range(10))
    plain.raise_alert("old")
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    manifest = verify(backup)
    raw = json.loads((backup / "manifest.json").read_text()) | {key: value}
    if key in ("site", "records"):
        sealed = type(manifest).model_validate(raw).sealed()
        raw["seal"] = sealed.seal
    (backup / "manifest.json").write_text(json.dumps(raw))
    with pytest.raises(StoreError, match=said):
        restore(backup, plain.site_path, T0)
    assert len(plain.rules()) == 1


def test_records_of_the_other_kind_are_refused(plain: Place, tmp_path: Path) -> None:
    plain.append(range(10))
    plain.raise_alert("old")
    backup = take(plain.site, plain.site_path, plain.backups, T0)
    (tmp_path / "records.url").write_text("postgresql://nobody@/nowhere")
    with pytest.raises(StoreError, match="of sqlite, the site keeps them in postgresql"):
        restore(backup, plain.site_path, T0)


def test_before_anything_was_stored_a_backup_has_the_site_file_only(plain: Place) -> None:
    manifest = verify(take(plain.site, plain.site_path, plain.backups, T0))
    assert (manifest.series, manifest.records) == (None, None)
    assert set(manifest.files) == {"site/site.yaml", "site/profiles/magnet.yaml"}


def test_a_folder_that_cannot_be_written_is_said(plain: Place) -> None:
    plain.backups.write_text("a file where the folder should be")
    with pytest.raises(StoreError, match=r"no backup was made: .*backups: "):
        take(plain.site, plain.site_path, plain.backups, T0)
