"""Labels: what is drawn is the QR code of what was asked for, and nothing leaves the sticker."""

import re
import zlib

import segno

from maintenance.assets.labels import ACROSS, DOWN, Label, label_content, label_sheet

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


def test_letters_that_the_font_lacks_and_long_names_do_no_harm() -> None:
    odd = Label("ct-1", "دستگاه سی تی " + "x" * 300, "", "", "ct-1")
    [page] = pages(label_sheet([odd]))
    assert "x" * 5 in page
    assert "x" * 60 not in page


def test_the_code_leads_to_the_page_for_faults_or_says_the_id() -> None:
    assert label_content("ct-1", "https://x.example/") == "https://x.example/fault/ct-1"
    assert label_content("ct-1", None) == "ct-1"
