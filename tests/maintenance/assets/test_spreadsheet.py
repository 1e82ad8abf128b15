"""What a spreadsheet has made of a cell is not what somebody typed."""

import pytest

from tests.maintenance.assets.test_every_cell import mistakes, solar, take, workbook
from tests.maintenance.cast import House


@pytest.mark.parametrize("cell", ["#N/A", "#REF!", "#DIV/0!", "#####", "1.23457E+12", "1,2E+15"])
def test_what_a_spreadsheet_has_made_of_a_text_is_a_mistake(house: House, cell: str) -> None:
    [(place, text)] = mistakes(house, f"id;name;serial\nct-9;CT;{cell}\n")
    assert place == "assets row 2, column serial"
    assert "spreadsheet" in text


def test_a_number_longer_than_a_spreadsheet_keeps_is_a_mistake(house: House) -> None:
    data = workbook(["id", "name", "serial"], ["ct-9", "CT", 12345678901234567890])
    [(place, text)] = mistakes(house, data, name="a.xlsx")
    assert (place, text[:2]) == ("assets row 2", "C2")
    take(house, workbook(["id", "name", "serial"], ["ct-9", "CT", 123456789012345]), name="a.xlsx")


def test_names_of_columns_within_the_rows_are_no_machine(house: House) -> None:
    found = mistakes(house, "id,name\nct-9,CT\nid , Name\nct-8,CT\n")
    assert found == [("assets row 3", "the names of the columns stand here again")]


def test_a_lunar_year_is_no_solar_one(house: House) -> None:
    [(_, text)] = mistakes(solar(house), "id,name,purchased\nct-9,CT,1447-09-01\n")
    assert "is not in the years" in text
