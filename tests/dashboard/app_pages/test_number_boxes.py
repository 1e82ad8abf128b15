"""Numbers on the pages, driven without a browser: what is typed is what is kept, or it is refused."""

import time

import pytest
from streamlit.testing.v1 import AppTest

from core import number_input
from core.readings import Reading
from core.time.clock import DAY, HOUR
from storage.records import ManualReading, OrderItem
from storage.records import base as table_rows
from storage.records import downtime as downtime_rows
from storage.records import manual_readings as manual_rows
from storage.records import parts as part_rows
from tests.dashboard.centre import Centre
from tests.dashboard.driving import box, choose, click, field, page, screen, unmarked, whole
from tests.dashboard.people import SARA
from tests.dashboard.sample_work import make_due, order_by_hand, order_of

NOW = time.time_ns() // 1_000_000
OFFSET, SCANS = "Largest offset of the lasers", "Scans"
TWO_WAYS = "can be read in two ways: write 1250 or 1.250"


@pytest.fixture
def centre(furnished: Centre) -> Centre:
    return furnished


def taken(centre: Centre) -> set[tuple[str, float]]:
    with centre.records.reading() as db:
        return {(one.metric, one.value) for one in table_rows.all_rows(db, ManualReading)}


def boxes(test: AppTest) -> list[str]:
    return [box(test, OFFSET), box(test, SCANS)]


# Rounds


def test_a_round_is_entered_in_one_go_and_what_is_outside_is_said_at_once(centre: Centre) -> None:
    test = page("rounds", device="ct-2")
    labels = [one.label for one in test.text_input]
    assert labels == ["Largest offset of the lasers, mm", "Scans", "Read at, if not now"]
    box(test, OFFSET, "2.5")
    box(test, SCANS, "1200")
    test = whole(test.run())
    assert "Outside at most 2" in screen(test)
    test = click(test, "Save 2")
    with centre.records.reading() as db:
        assert {one.who for one in manual_rows.manual_readings(db, "ct-2", 9)} == {SARA}
    assert taken(centre) == {("qa_laser_offset_mm", 2.5), ("scan_count", 1200)}
    assert boxes(test) == ["", ""]


@pytest.mark.parametrize("typed", ["12,5", "12.5", "۱۲٫۵", "١٢٫٥", "۱۲,۵", " 12,5 "])
def test_a_round_takes_a_decimal_comma_and_dari_digits_as_they_are_meant(
    centre: Centre, typed: str
) -> None:
    test = page("rounds", device="ct-2")
    box(test, OFFSET, typed)
    click(whole(test.run()), "Save 1")
    assert taken(centre) == {("qa_laser_offset_mm", 12.5)}


@pytest.mark.parametrize("typed", ["1,250", "12.5 mm", "۱۲/۵", "1e2"])
def test_a_round_in_doubt_is_refused_by_name_and_keeps_what_was_typed(
    centre: Centre, typed: str
) -> None:
    test = page("rounds", device="ct-2")
    box(test, OFFSET, typed)
    box(test, SCANS, "1200")
    test = whole(test.run())
    assert 'role="alert"' in screen(test)
    test = click(test, "Save 1")
    assert f"Not done: {OFFSET}, mm: " in unmarked(test.error[0].value)
    assert boxes(test) == [typed, "1200"]
    assert taken(centre) == set()


def test_a_comma_that_may_part_thousands_says_how_to_write_either(centre: Centre) -> None:
    test = page("rounds", device="ct-2")
    box(test, OFFSET, "1,250")
    assert TWO_WAYS in screen(whole(test.run()))


def test_a_round_with_an_impossible_number_keeps_nothing_and_loses_nothing(centre: Centre) -> None:
    test = page("rounds", device="ct-2")
    box(test, OFFSET, "900")
    box(test, SCANS, "1200")
    test = click(whole(test.run()), "Save 2")
    assert "not a number between 0 and 50" in test.error[0].value
    assert boxes(test) == ["900", "1200"]
    assert taken(centre) == set()


def test_a_running_number_below_the_last_one_is_said_at_once_and_taken(centre: Centre) -> None:
    centre.hear(Reading("ct-2", "scan_count", 41_200, NOW - HOUR))
    test = page("rounds", device="ct-2")
    box(test, SCANS, "41250")
    assert "Less than last time" not in screen(whole(test.run()))
    box(test, SCANS, "50")
    assert "Less than last time" in screen(whole(test.run()))
    assert "Save 1" in [one.label for one in test.button]


RIGHT = "It is right: I have looked again"


def tick(test: AppTest, label: str) -> AppTest:
    [shown] = [
        one
        for one in test.checkbox
        if one.label == label and not (one.key or "").startswith("corr")
    ]
    return whole(shown.check().run())


def run_up(centre: Centre) -> None:
    """CT-2 does a hundred scans a day."""
    for day in range(30):
        centre.hear(Reading("ct-2", "scan_count", 38_300 + 100 * day, NOW - (30 - day) * DAY))


@pytest.mark.parametrize("typed", ["4120", "412500", "۴۱۲۵۰۰", "٤١٢٠"])
def test_a_running_number_in_doubt_is_taken_at_the_second_word(centre: Centre, typed: str) -> None:
    run_up(centre)
    test = page("rounds", device="ct-2")
    box(test, SCANS, typed)
    test = whole(test.run())
    assert "41200 of" in screen(test)
    assert "usual is 100 a day" in screen(test)
    test = click(test, "Save 1")
    assert "If it is right, confirm it" in test.error[0].value
    assert box(test, SCANS) == typed
    assert taken(centre) == set()
    click(tick(test, RIGHT), "Save 1")
    with centre.records.reading() as db:
        [row] = table_rows.all_rows(db, ManualReading)
    assert (row.value, row.confirmed_by) == (number_input.number(typed), SARA)


def test_another_number_is_asked_about_anew(centre: Centre) -> None:
    run_up(centre)
    test = page("rounds", device="ct-2")
    box(test, SCANS, "412500")
    test = tick(whole(test.run()), RIGHT)
    box(test, SCANS, "4125000")
    test = click(whole(test.run()), "Save 1")
    assert "If it is right, confirm it" in test.error[0].value
    assert taken(centre) == set()


def test_a_reading_is_corrected_and_withdrawn_on_the_page_with_a_reason(centre: Centre) -> None:
    test = page("rounds", device="ct-2")
    box(test, OFFSET, "12.5")
    test = click(whole(test.run()), "Save 1")
    box(test, "What it should have been", "۱٫۵")
    test = click(test, "Correct it")
    assert "say why the reading is corrected" in test.error[0].value
    field(test, "Why").set_value("a 2 too many")
    test = click(test, "Correct it")
    assert "instead of" in screen(test)
    assert "a 2 too many" in screen(test)
    field(test, "Why").set_value("of another device")
    test = click(test, "Withdraw it")
    assert "withdrawn" in screen(test)
    with centre.records.reading() as db:
        rows = table_rows.all_rows(db, ManualReading)
    assert [(row.value, row.old_value, row.is_withdrawn) for row in rows] == [
        (12.5, None, False), (1.5, 12.5, False), (1.5, 1.5, True),
    ]  # fmt: skip


# The checklist of an order


@pytest.mark.parametrize("typed", ["12,5", "۱۲٫۵"])
def test_a_checklist_takes_a_decimal_comma_and_dari_digits(centre: Centre, typed: str) -> None:
    number = make_due(centre, NOW)
    test = page("order", order=number)
    box(test, OFFSET, typed)
    test = whole(test.run())
    assert "Outside at most 2" in screen(test)
    test = click(test, "Save the answers")
    assert order_of(centre, number).items[1].value == 12.5
    assert taken(centre) == {("qa_laser_offset_mm", 12.5)}
    assert box(page("order", order=number), OFFSET) == "12.5"


@pytest.mark.parametrize("button", ["Save the answers", "Done"])
def test_a_checklist_with_what_is_no_number_is_refused_whole(centre: Centre, button: str) -> None:
    number = make_due(centre, NOW)
    test = page("order", order=number)
    box(test, OFFSET, "1,250")
    test = choose(whole(test.run()), "Filters are clean", "ok")
    test = click(test, button)
    assert TWO_WAYS in test.error[0].value
    assert box(test, OFFSET) == "1,250"
    assert [one.answer for one in order_of(centre, number).items] == ["open", "open"]


def test_answers_are_not_kept_when_the_end_of_the_work_is_refused(centre: Centre) -> None:
    number = make_due(centre, NOW)
    test = page("order", order=number)
    box(test, OFFSET, "1,5")
    test = click(whole(test.run()), "Done")
    assert "not answered: Filters are clean" in test.error[0].value
    assert "Nothing was changed" in test.error[0].value
    assert [one.answer for one in order_of(centre, number).items] == ["open", "open"]
    assert taken(centre) == set()
    assert box(test, OFFSET) == "1,5"


def test_a_running_number_of_a_checklist_is_asked_about_before_it_is_kept(centre: Centre) -> None:
    run_up(centre)
    number = make_due(centre, NOW)
    with centre.records.writing() as db:
        order_item = next(item for item in table_rows.all_rows(db, OrderItem) if item.metric)
        order_item.metric = "scan_count"
    test = page("order", order=number)
    box(test, OFFSET, "412500")
    test = click(whole(test.run()), "Save the answers")
    assert "far more than 41200" in test.error[0].value
    assert taken(centre) == set()
    click(tick(test, RIGHT), "Save the answers")
    assert taken(centre) == {("scan_count", 412_500)}


# Counts and money


@pytest.mark.parametrize("typed", ["2.0", "1,000", "0", "", "two"])
def test_a_count_is_a_whole_number_and_named_if_it_is_not(centre: Centre, typed: str) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    field(test, "How many").set_value(typed)
    test = click(test, "Use a part")
    assert "Not done: How many: " in test.error[0].value
    assert field(test, "How many").value == typed
    with centre.records.reading() as db:
        assert part_rows.stock_by_part(db) == {"ct-fan": 2}


def test_money_with_three_places_is_refused(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    field(test, "Cost, USD").set_value("12.505")
    test = click(test, "Add")
    assert "with two places at most" in test.error[0].value
    assert order_of(centre, number).labour == []


def test_cases_that_were_lost_are_counted_and_may_stay_unknown(centre: Centre) -> None:
    number = order_by_hand(centre, NOW - HOUR)
    test = page("order", order=number)
    assert box(test, "Examinations lost") == ""
    click(test, "Save")
    with centre.records.reading() as db:
        assert downtime_rows.downtimes_of_order(db, number)[0].cases_lost is None
    test = page("order", order=number)
    box(test, "Examinations lost", "۱۲")
    click(test, "Save")
    with centre.records.reading() as db:
        assert downtime_rows.downtimes_of_order(db, number)[0].cases_lost == 12


def test_labels_are_not_made_while_their_number_is_in_doubt(centre: Centre) -> None:
    test = page("assets")
    box(test, "Places of the sheet", "24")
    assert "is not a whole number from 0 to 23" in screen(whole(test.run()))
