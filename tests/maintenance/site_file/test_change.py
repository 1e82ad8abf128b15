"""The site file changed by a person through Scanward: what is written, what is refused, what goes back."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.errors import ConfigError, RefusedError, StoreError
from core.schema.editing.change import Add, Change, Put, Remove
from core.schema.load import load_site
from core.vocabulary.rights import rights_of
from maintenance.site_file.change import change_site, note_file, preview, take_back
from maintenance.site_file.on_disk import read_text
from storage.files import atomic
from storage.records import Audit, Records, SiteChange
from storage.records.site_changes import site_changes
from storage.records.transaction import Transaction, transaction
from tests.storage.tables import empty_records

TEXT = """\
# The centre.
id: test
name: Test   # at the door
zone: Asia/Kabul
devices:
  # keeps the others alive
  - {id: ups-1, name: UPS, profile: ups-rfc1628, sources: [{kind: snmp, host: 192.0.2.2, community: hush}]}
  - {id: pacs, name: PACS, profile: pacs}
"""


class Desk:
    """A site file, records, and somebody who writes."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "site.yaml"
        self.path.write_text(TEXT, encoding="utf-8")
        (folder / "records.db").write_bytes(empty_records())
        self.records = Records(f"sqlite:///{folder / 'records.db'}")

    @contextmanager
    def writing(self, role: str = "engineer") -> Iterator[Transaction]:
        site = load_site(self.path)
        with transaction(self.records, site, "Sara", 1_000, rights_of([role])) as tx:
            yield tx

    def change(self, *changes: Change, reason: str = "asked for") -> int:
        with self.writing() as tx:
            return change_site(tx, self.path, changes, reason).id

    def take_back(self, number: int) -> int:
        with self.writing() as tx:
            return take_back(tx, self.path, number, "was wrong").id

    def rows(self) -> list[SiteChange]:
        with self.records.reading() as db:
            return site_changes(db, 99)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    yield desk
    desk.records.close()


def test_a_change_is_written_with_who_when_why_and_what(desk: Desk) -> None:
    desk.change(Put("name", "مرکز هرات"), reason="the new sign")
    assert read_text(desk.path) == TEXT.replace("name: Test ", "name: مرکز هرات ")
    newest, first = desk.rows()
    assert (newest.who, newest.at, newest.reason, newest.kind) == (
        "Sara",
        1_000,
        "the new sign",
        "change",
    )
    assert "-name: Test   # at the door\n+name: مرکز هرات   # at the door" in newest.diff
    assert (first.kind, first.text, first.diff) == ("first", TEXT, "")


def test_the_audit_names_the_change_and_holds_no_copy_of_the_file(desk: Desk) -> None:
    desk.change(Put("name", "Other"))
    with desk.records.reading() as db:
        row = db.query(Audit).filter_by(what="site_changes").order_by(Audit.id.desc()).first()
        assert row is not None
        assert row.after is not None
        assert row.who == "Sara"
        assert "text" not in row.after


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ([Put("zone", "Mars/Olympus"), Put("language", "xx")], ConfigError),
        ([Add("devices", {"id": "ct-1", "name": "CT", "profile": "none-such"})], ConfigError),
        ([Put("name", "Test")], RefusedError),
        ([Remove("devices[id=gone]")], RefusedError),
        ([Put("devices[id=pacs].name", "a\x85b")], RefusedError),
    ],
)
def test_what_is_wrong_is_refused_and_nothing_is_written(
    desk: Desk, changes: list[Change], error: type[Exception]
) -> None:
    with pytest.raises(error) as caught:
        desk.change(*changes)
    if isinstance(caught.value, ConfigError) and len(changes) == 2:
        assert {mistake.path for mistake in caught.value.mistakes} == {"zone", "language"}
    assert read_text(desk.path) == TEXT
    assert desk.rows() == []


@pytest.mark.parametrize("reason", ["", "  \n", "x" * 10_000])
def test_a_reason_is_asked_for(desk: Desk, reason: str) -> None:
    with pytest.raises(RefusedError):
        desk.change(Put("name", "Other"), reason=reason)
    assert read_text(desk.path) == TEXT


def test_of_two_who_save_at_once_the_second_is_told(desk: Desk) -> None:
    seen = preview(desk.path, [Put("name", "Mine")])
    desk.change(Put("name", "Yours"))
    with desk.writing() as tx, pytest.raises(RefusedError, match="changed meanwhile"):
        change_site(tx, desk.path, [Put("name", "Mine")], "because", seen.sha256)
    assert load_site(desk.path).file.name == "Yours"


def test_a_preview_shows_the_diff_and_the_site_that_would_be(desk: Desk) -> None:
    shown = preview(desk.path, [Put("name", "Other")])
    assert shown.site.file.name == "Other"
    assert "+name: Other   # at the door" in shown.diff
    assert read_text(desk.path) == TEXT


def test_a_technician_may_not(desk: Desk) -> None:
    with desk.writing("technician") as tx, pytest.raises(RefusedError, match="only engineer, IT"):
        change_site(tx, desk.path, [Put("name", "Other")], "because")


def test_a_change_by_a_text_editor_is_noted_once_and_only_when_it_loads(desk: Desk) -> None:
    desk.change(Put("name", "Other"))
    desk.path.write_text(read_text(desk.path).replace("PACS", "Archive"), encoding="utf-8")
    for _ in range(2):
        with desk.writing() as tx:
            note_file(tx, desk.path)
    desk.path.write_text("id: [", encoding="utf-8")
    with (
        transaction(desk.records, load_site(desk.path, TEXT), "Sara", 0) as tx,
        pytest.raises(ConfigError),
    ):
        note_file(tx, desk.path)
    newest, *older = desk.rows()
    assert (newest.kind, newest.who, len(older)) == ("by hand", "", 2)
    assert "name: Archive" in newest.diff


def test_what_an_editor_changed_is_not_laid_to_the_next_who_saves(desk: Desk) -> None:
    desk.change(Put("name", "Other"))
    desk.path.write_text(read_text(desk.path).replace("PACS", "Archive"), encoding="utf-8")
    desk.change(Put("name", "Third"))
    newest, by_hand, *_ = desk.rows()
    assert "Archive" in by_hand.diff
    assert "+name: Third" in newest.diff
    assert "-  - {id: pacs, name: PACS" not in newest.diff


def test_a_change_is_taken_back_and_what_came_after_it_stays(desk: Desk) -> None:
    first = desk.change(Put("name", "Other"))
    desk.change(Add("devices", {"id": "sw-1", "name": "Switch", "profile": "network-switch"}))
    back = desk.take_back(first)
    assert load_site(desk.path).file.name == "Test"
    assert "sw-1" in load_site(desk.path).devices
    assert desk.rows()[0].reverses == first
    desk.take_back(back)
    assert load_site(desk.path).file.name == "Other"


def test_what_was_changed_again_is_not_taken_back(desk: Desk) -> None:
    first = desk.change(Put("name", "Other"))
    desk.change(Put("name", "Third"))
    with pytest.raises(RefusedError, match="changed again"):
        desk.take_back(first)
    with pytest.raises(RefusedError, match="no change 1 "):
        desk.take_back(1)


def test_a_secret_that_stands_in_the_file_is_in_no_diff(desk: Desk) -> None:
    desk.change(Put("devices[id=ups-1].sources[0].community", "louder"))
    diff = desk.rows()[0].diff
    assert "hush" not in diff
    assert "louder" not in diff
    assert "community: (secret)" in diff
    desk.take_back(desk.rows()[0].id)
    assert read_text(desk.path) == TEXT


def test_a_link_its_mode_and_the_ends_of_lines_stay(desk: Desk, tmp_path: Path) -> None:
    real = tmp_path / "real"
    real.mkdir()
    desk.path.rename(real / "centre.yaml")
    desk.path.symlink_to(real / "centre.yaml")
    desk.path.write_bytes(TEXT.replace("\n", "\r\n").encode())
    desk.path.chmod(0o604)
    desk.change(Put("name", "Other"))
    assert desk.path.is_symlink()
    assert os.stat(real / "centre.yaml").st_mode & 0o777 == 0o604  # noqa: PTH116
    assert read_text(desk.path) == TEXT.replace("name: Test", "name: Other").replace("\n", "\r\n")
    assert [path.name for path in real.iterdir()] == ["centre.yaml"]


def test_a_full_disk_changes_nothing_and_notes_nothing(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_path: Path) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(atomic, "fsync_path", full)
    with pytest.raises(StoreError, match="No space left"):
        desk.change(Put("name", "Other"))
    assert read_text(desk.path) == TEXT
    assert desk.rows() == []
    assert not list(desk.path.parent.glob(".site*"))
