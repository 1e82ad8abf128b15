"""Photos and documents: kept once by content, noticed when damaged, and back after a restore."""

import shutil
from pathlib import Path

import pytest

from core.errors import RefusedError, StoreError
from maintenance.work_orders import attachments as files
from storage.backup.restore import restore
from storage.backup.take import take
from storage.files import attachments
from storage.records import File, Records
from storage.records import files as file_rows
from storage.records.transaction import transaction
from tests.storage.cast import T0, Place
from tests.storage.tables import made


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path, f"sqlite:///{tmp_path}/var/records.db")


def attach(place: Place, data: bytes, name: str = "photo.jpg", about_id: str = "1") -> File:
    records = made(Records(place.site.records_url))
    with transaction(records, place.site, "sara", T0) as tx:
        file = files.attach(tx, "order", about_id, name, "image/jpeg", data)
        tx.db.expunge(file)
    records.close()
    return file


def listed(place: Place, about_id: str = "1") -> list[str]:
    records = Records(place.site.records_url)
    with records.reading() as db:
        names = [file.name for file in file_rows.files(db, "order", about_id)]
    records.close()
    return names


def test_the_same_photo_is_kept_once_and_named_wherever_it_belongs(place: Place) -> None:
    for name, about_id in (("a.jpg", "1"), ("a.jpg", "1"), ("b.jpg", "1"), ("a.jpg", "2")):
        attach(place, b"photo", name, about_id)
    assert listed(place) == ["a.jpg", "b.jpg"]
    assert listed(place, "2") == ["a.jpg"]
    assert len(list((place.site.file.storage.folder / "files").iterdir())) == 1


def test_a_name_never_leads_out_of_the_folder(place: Place) -> None:
    for name in ("../../etc/passwd", "C:\\photos\\passwd"):
        assert attach(place, name.encode(), name).name == "passwd"
    assert not (place.folder / "etc").exists()


def test_nothing_and_too_much_are_refused_and_leave_nothing(place: Place) -> None:
    for data in (b"", bytes(files.LARGEST + 1)):
        with pytest.raises(RefusedError, match="1 byte to 20 MB"):
            attach(place, data)
    assert listed(place) == []
    assert not (place.site.file.storage.folder / "files").exists()


def test_a_file_that_was_changed_on_the_disk_is_not_shown_as_what_was_kept(place: Place) -> None:
    digest = attach(place, b"photo").sha256
    folder = place.site.file.storage.folder
    assert attachments.read(folder, digest) == b"photo"
    (folder / "files" / digest).write_bytes(b"phot0")
    with pytest.raises(StoreError, match="damaged"):
        attachments.read(folder, digest)
    (folder / "files" / digest).unlink()
    with pytest.raises(StoreError, match="cannot be read"):
        attachments.read(folder, digest)


def test_files_are_in_the_backup_and_back_after_a_restore(place: Place) -> None:
    place.append(range(3))
    digest = attach(place, b"photo").sha256
    backup = take(place.site, place.site_path, place.backups, T0)
    attach(place, b"later", "later.jpg")
    shutil.rmtree(place.site.file.storage.folder / "files")
    restore(backup, place.site_path, T0 + 1)
    assert listed(place) == ["photo.jpg"]
    assert attachments.read(place.site.file.storage.folder, digest) == b"photo"
