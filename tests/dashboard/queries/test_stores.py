"""A changed site is shown in all sessions at once, unless the server was begun with what changed."""

from pathlib import Path

from core.errors import Mistake
from core.schema.load import load_site
from dashboard.queries import stores


def changed(path: Path, old: str, new: str) -> None:
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_a_name_is_taken_in_place_and_another_address_wants_a_new_start(site_path: Path) -> None:
    assert stores.site().file.name == "Test centre"
    changed(site_path, "name: Test centre", "name: مرکز")
    assert stores.renew(load_site(site_path))
    assert stores.site().file.name == "مرکز"
    changed(site_path, "zone: Asia/Kabul", "zone: Asia/Kabul\nhttp: {port: 8600}")
    assert not stores.renew(load_site(site_path))
    assert stores.site().file.http.port != 8600


def test_what_is_wrong_with_a_newer_file_is_there_until_it_is_mended(site_path: Path) -> None:
    stores.note_mistakes([Mistake(str(site_path), "zone", "is required")])
    assert [mistake.path for mistake in stores.site_mistakes()] == ["zone"]
    stores.note_mistakes([])
    assert stores.site_mistakes() == []
