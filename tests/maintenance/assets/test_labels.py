"""Labels: what is drawn is the QR code of what was asked for, and nothing leaves the sticker."""

import re
import unicodedata
import zlib

import pytest
import segno

from maintenance.assets.labels import ACROSS, DOWN, Label, label_content, label_sheet
from tests.maintenance.reports.files import text_of_pdf

CT = Label("ct-1", "CT one", "00123", "CT room", "https://scanward.example/fault/ct-1")


def pages(pdf: bytes) -> list[str]:
    """The drawing of each page."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    texts = [zlib.decompress(one).decode("latin-1") for one in streams if one[:1] == b"x"]
    return [text for text in texts if " re f" in text]


def squares(page: str) -> list[tuple[float, float]]:
    """Left and lower edge of each dark square, in points."""
    found = re.findall(r"([\d.]+) ([\d.]+) [\d.]+ -?[\d.]+ re f", page)
    return [(float(x), float(y)) for x, y in found]


def test_the_squares_are_those_of_the_code() -> None:
    [page] = pages(label_sheet([CT]))
    drawn = squares(page)
    matrix = segno.make(CT.content, error="m", micro=False).matrix
    dark = [(x, y) for y, line in enumerate(matrix) for x, on in enumerate(line) if on]
    left, top = min(x for x, _ in drawn), max(y for _, y in drawn)
    module = (max(x for x, _ in drawn) - left) / (len(matrix) - 1)
    seen = {(round((x - left) / module), round((top - y) / module)) for x, y in drawn}
    assert seen == set(dark)
    assert len(drawn) == len(dark)


def test_a_label_says_what_it_is_on() -> None:
    [page] = pages(label_sheet([CT]))
    for word in ("ct-1", "CT one", "CT room", "S/N 00123"):
        assert word in page


def test_a_sheet_that_was_begun_goes_on_and_the_next_follows() -> None:
    whole = ACROSS * DOWN
    assert len(pages(label_sheet([CT] * whole))) == 1
    assert len(pages(label_sheet([CT] * whole, skip=1))) == 2
    [page] = pages(label_sheet([CT], skip=whole - 1))
    assert min(y for _, y in squares(page)) < 100, "in the last row of the page"


def words(label: Label) -> str:
    """What a reader of the PDF finds on the sheet, without the marks of direction."""
    text = unicodedata.normalize("NFKC", text_of_pdf(label_sheet([label])))
    return re.sub("[\u200c-\u200f\u202a-\u202e\u2066-\u2069]", "", text)


@pytest.mark.servers
@pytest.mark.parametrize(
    ("name", "location", "seen"),
    [
        ("سی\u200cتی CT-1 (توشیبا)", "اتاق سی\u200cتی ۱", ["CT-1", "توشیبا", "سیتی", "اتاق", "۱"]),
        ("دستگاه", "Room 2 اتاق", ["دستگاه", "Room 2", "اتاق"]),
        ("CT", "اتاق ١٢", ["CT", "اتاق", "١٢"]),  # Arabic digits
        ("Łódź 核 CT", "", ["Łódź ? CT"]),  # the font has no such letter
    ],
)
def test_name_and_room_are_printed_in_any_language(
    name: str, location: str, seen: list[str]
) -> None:
    printed = words(Label("ct-1", name, "", location, "ct-1"))
    assert [part for part in seen if part not in printed] == []


@pytest.mark.servers
def test_long_names_are_made_smaller_then_cut() -> None:
    odd = Label("ct-1", "دستگاه سی تی " + "x" * 300, "", "y" * 300, "ct-1")
    printed = words(odd)
    assert "x" * 5 in printed
    assert "x" * 60 not in printed
    assert "y" * 60 not in printed
    assert "..." in printed
    two = words(Label("ct-1", "Multislice computed tomography scanner", "", "", "ct-1"))
    assert "Multislice" in two
    assert "scanner" in two


def test_the_code_leads_to_the_page_for_faults_or_says_the_id() -> None:
    assert label_content("ct-1", "https://x.example/") == "https://x.example/fault/ct-1"
    assert label_content("ct-1", None) == "ct-1"
