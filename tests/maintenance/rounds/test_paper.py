"""A printed round that is typed in: codes that show a wrong digit, and the date of the paper."""

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR
from maintenance.rounds.entering import EntryResult
from maintenance.rounds.paper import PaperLine, enter_paper, paper_time
from maintenance.rounds.walk import checked, codes_of, series_names, series_of_code, walk
from storage.records import ManualReading
from storage.records.base import all_rows
from tests.maintenance.cast import KABUL, T0, House, at

LASERS = ("ct-1", "qa_laser_offset_mm", "")


def code(house: House) -> str:
    return codes_of(series_names(house.site))[LASERS]


def type_in(house: House, *lines: PaperLine, when: int = T0, page: str = "p") -> list[EntryResult]:
    with house.change(max(T0, when)) as tx:
        results = enter_paper(tx, lines, when, page)
        tx.db.expunge_all()
    return results


def test_a_code_means_one_number_and_a_wrong_digit_or_two_that_changed_places_none(
    house: House,
) -> None:
    names = series_names(house.site)
    codes = codes_of(names)
    assert len(set(codes.values())) == len(names) > 10
    own = codes[LASERS]
    assert series_of_code(names, own) == [LASERS]
    for place, digit in enumerate(own):
        wrong = f"{own[:place]}{(int(digit) + 1) % 10}{own[place + 1 :]}"
        assert series_of_code(names, wrong) == []
    assert checked("7992739871") == "79927398713"  # the example that is used everywhere
    for typed in ("", "1", "x", "12 34", "۱۲"):
        assert series_of_code(names, typed) == []


def test_an_old_sheet_is_read_when_the_codes_have_grown(house: House) -> None:
    names = series_names(house.site)
    many = [*names, *((f"new-{number}", "value", "") for number in range(3_000))]
    longer = codes_of(many)
    assert len(longer[LASERS]) > len(code(house))
    assert LASERS in series_of_code(many, code(house))
    assert series_of_code(many, longer[LASERS]) == [LASERS]


def test_a_line_is_taken_at_the_time_of_the_paper_in_any_digits_and_once(house: House) -> None:
    typed = PaperLine(code(house).translate(str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")), "۰٫۷")
    yesterday = T0 - DAY
    first = type_in(house, typed, when=yesterday)
    again = type_in(house, typed, when=yesterday)
    assert [result.state for result in (*first, *again)] == ["stored", "stored"]
    with house.look() as db:
        [row] = all_rows(db, ManualReading)
    assert (row.at, row.value, row.entered_at) == (yesterday, 0.7, T0)


def test_what_cannot_be_taken_says_why_beside_what_is(house: House) -> None:
    own = code(house)
    wrong = f"{own[:-1]}{(int(own[-1]) + 1) % 10}"
    results = type_in(house, PaperLine(wrong, "0.7"), PaperLine(own, ""), PaperLine(own, "0.7"))
    assert [result.state for result in results] == ["refused", "refused", "stored"]
    assert "is a digit wrong?" in str(results[0].why)


@pytest.mark.parametrize("when", [T0 + HOUR, T0 - 400 * DAY])
def test_a_paper_of_tomorrow_or_of_a_mistyped_year_is_refused(house: House, when: int) -> None:
    with house.change(T0) as tx, pytest.raises(RefusedError):
        enter_paper(tx, [PaperLine(code(house), "0.7")], when, "p")


def test_the_day_is_of_the_sites_calendar_and_its_clocks(house: House) -> None:
    assert paper_time(house.site, "۲۰۲۵-۰۱-۰۴", "۰۸:۰۰") == at("2025-01-04 08:00")
    for day, clock in (("1403-10-15", "08:00"), ("2025-01-04", "8 o'clock"), ("2025-01-04", "24:00"), ("", "")):  # fmt: skip
        with pytest.raises(RefusedError):
            paper_time(house.site, day, clock)


def test_what_is_due_is_what_was_not_read_in_its_time(house: House) -> None:
    def due(now: int) -> bool:
        with house.look() as db:
            values = [value for each in walk(db, house.site, now) for value in each.values]
        return next(value for value in values if value.name == LASERS).is_due(now, house.site)

    assert due(T0)
    type_in(house, PaperLine(code(house), "0.7"))
    with house.look() as db:
        values = [value for each in walk(db, house.site, T0) for value in each.values]
        lasers = next(value for value in values if value.name == LASERS)
    assert lasers.every is not None
    assert lasers.every > DAY, "as the plan that asks for it"
    assert lasers.last is not None
    assert KABUL.key == house.site.zone.key
    assert not due(T0 + DAY)
    assert due(T0 + lasers.every)
