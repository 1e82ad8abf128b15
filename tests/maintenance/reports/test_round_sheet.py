"""The round on paper, as a person reads it."""

from typing import Literal

import pytest

from core.schema.site import Site
from core.text.numbers import REPORT_DARI
from maintenance.reports.locale import ReportLocale
from maintenance.reports.round_sheet import round_sheet
from maintenance.rounds.walk import RoundDevice, codes_of, series_names, walk
from tests.maintenance.cast import T0, House
from tests.maintenance.reports.files import text_of_pdf


def sheet(house: House, language: Literal["en", "fa"], url: str | None) -> bytes:
    locale = ReportLocale(language, "solar", house.site.zone)
    with house.look() as db:
        return round_sheet(walk(db, house.site, T0), house.site, locale, T0, url)


@pytest.mark.parametrize("language", ["en", "fa"])
def test_every_number_of_the_round_is_there_with_its_code(
    house: House, language: Literal["en", "fa"]
) -> None:
    house.read("ct-1", "qa_laser_offset_mm", 0.7, T0)
    text = text_of_pdf(sheet(house, language, "https://scan.invalid/"))
    codes = codes_of(series_names(house.site)).values()
    written = [REPORT_DARI.in_digits(code) if language == "fa" else code for code in codes]
    assert [code for code in written if code not in text] == []
    assert ("0.7" if language == "en" else "۰٫۷") in text
    assert ("CT room" in text, "?" in text) == (True, False)


def test_a_centre_without_an_address_prints_no_code_and_an_empty_one_a_sheet(house: House) -> None:
    assert len(sheet(house, "en", None)) < len(sheet(house, "en", "https://scan.invalid"))
    empty = Site(house.site.file, {})
    devices: list[RoundDevice] = []
    content = round_sheet(devices, empty, ReportLocale("en", "gregorian", empty.zone), T0, None)
    assert content.startswith(b"%PDF-")
