"""A site that speaks Dari: what is refused is said in it, whichever folder refuses."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.components.assets.sheet_import import SEEN, UploadedSheet, preview_of
from dashboard.queries import stores
from tests.dashboard.centre import Centre, build, opened
from tests.dashboard.driving import fill, page, save, screen, unmarked, whole


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    path = build(tmp_path)
    path.write_text(path.read_text(encoding="utf-8") + "language: fa\n", encoding="utf-8")
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    centre = opened(path)
    yield centre
    centre.series.close()
    centre.records.close()


def test_a_refused_order_is_refused_in_dari(centre: Centre) -> None:
    test = save(page("orders"), "order-new")
    assert "دستور کار عنوان می‌خواهد" in test.error[0].value
    assert "انجام نشد" in test.error[0].value


def test_a_wrong_field_of_a_sheet_is_named_in_dari(centre: Centre) -> None:
    test = page("asset", device="ct-2")
    fill(test, "asset-ct-2-0-price", "much")
    said = unmarked(save(test, "asset-ct-2").error[0].value)
    assert "قیمت، USD: عدد نیست: «much»" in said


def test_the_mistakes_of_a_file_are_told_in_dari_with_their_place(centre: Centre) -> None:
    test = page("assets")
    test.session_state[SEEN] = preview_of(UploadedSheet("a.csv", b"id,namee\nct-2,CT\n", "assets"))
    shown = screen(whole(test.run()))
    assert "ورق assets، ردیف 1، ستون namee" in shown
    assert "ستون ناشناخته (منظور شما «name» بود؟)" in shown
