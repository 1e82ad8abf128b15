"""A fault reported at a machine: once however often it is sent, and never too many."""

from dataclasses import replace

import pytest

from core.errors import RefusedError
from core.time.clock import DAY, HOUR, MINUTE
from maintenance.work_orders import fault_reports
from maintenance.work_orders.completion import complete
from maintenance.work_orders.fault_reports import ReportDetails, TooManyReportsError, report_fault
from storage.records import FaultReport, WorkOrder
from storage.records import fault_reports as report_rows
from storage.records.base import all_rows
from tests.maintenance.cast import T0, House

PHONE = (
    "\u202a۰۷۹۹ ۱۲۳-۴۵۶\u202c"  # copied from a list of contacts, which puts its direction around it
)
STUCK = ReportDetails(
    ("Table does not move", "Error message on the screen"),
    "Omar",
    PHONE,
    "Switched off and on",
    page="p",
)


def report(house: House, details: ReportDetails, now: int = T0, text: str = "") -> int:
    with house.change(now, "fault form") as tx:
        return report_fault(tx, "ct-1", text, None, details).id


def reports(house: House) -> list[FaultReport]:
    with house.look() as db:
        return all_rows(db, FaultReport)


def done(house: House, number: int, now: int) -> None:
    with house.change(now) as tx:
        complete(tx, number, result="Belt changed")


def test_all_that_was_reported_is_there_as_it_was_typed(any_house: House) -> None:
    number = report(any_house, STUCK)
    with any_house.look() as db:
        order, [row] = db.get_one(WorkOrder, number), report_rows.reports_of_order(db, number)
    assert (order.title, order.text) == ("Table does not move · Error message on the screen", "")
    assert (row.usual_faults, row.name) == (list(STUCK.usual_faults), "Omar")
    assert (row.phone, row.tried, row.at) == ("۰۷۹۹ ۱۲۳-۴۵۶", "Switched off and on", T0)


def test_the_title_is_in_the_language_of_the_site(house: House) -> None:
    house.site = replace(house.site, file=house.site.file.model_copy(update={"language": "fa"}))
    number = report(house, STUCK)
    with house.look() as db:
        assert db.get_one(WorkOrder, number).title == "میز حرکت نمی‌کند · پیام خطا روی صفحه"


def test_sent_again_from_the_same_page_it_is_the_same_report(any_house: House) -> None:
    number = report(any_house, STUCK)
    assert report(any_house, STUCK, T0 + MINUTE) == number
    done(any_house, number, T0 + 2 * MINUTE)
    assert report(any_house, STUCK, T0 + 3 * MINUTE) == number, "the line broke, and came back late"
    assert len(reports(any_house)) == 1


def test_from_a_page_that_was_left_open_the_fault_can_be_reported_when_it_is_back(
    house: House,
) -> None:
    number = report(house, STUCK)
    done(house, number, T0 + MINUTE)
    again = report(house, STUCK, T0 + DAY)
    assert again == number + 1
    assert report(house, STUCK, T0 + DAY + MINUTE) == again


@pytest.mark.parametrize(
    "other",
    [
        replace(STUCK, page="q"),  # a colleague's telephone
        replace(STUCK, phone="0700"),
        replace(STUCK, tried=""),
    ],
)
def test_who_else_reports_it_or_more_of_it_has_a_report_of_the_same_order(
    house: House, other: ReportDetails
) -> None:
    assert report(house, STUCK) == report(house, other)
    assert len(reports(house)) == 2


def test_another_fault_is_another_order(house: House) -> None:
    other = replace(STUCK, usual_faults=("Error message on the screen",))
    assert report(house, STUCK) != report(house, other)
    assert report(house, STUCK, text="Since noon") != report(house, STUCK)


def test_nothing_pressed_and_nothing_written_is_no_report(house: House) -> None:
    with pytest.raises(RefusedError, match="needs a title"):
        report(house, ReportDetails(page="p"))
    assert reports(house) == []


def test_from_one_telephone_only_so_many_are_taken_and_sending_again_is_none(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fault_reports, "MOST_OF_ADDRESS", 2)
    details = [ReportDetails(page=f"p{n}", address="10.0.0.9") for n in range(3)]
    for n in range(2):
        report(house, details[n], T0, text=f"It hums, {n}")
    with pytest.raises(TooManyReportsError, match="2 reports came from here within an hour"):
        report(house, details[2], T0 + HOUR - 1, text="Once more")
    report(house, details[0], T0 + HOUR - 1, text="It hums, 0")
    report(house, replace(details[2], address="10.0.0.8"), T0 + HOUR - 1, text="Once more")
    assert len(reports(house)) == 3


def test_a_telephone_may_report_again_after_the_hour(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fault_reports, "MOST_OF_ADDRESS", 2)
    details = ReportDetails(address="10.0.0.9")
    for minutes in (0, 1):
        report(house, details, T0 + minutes * MINUTE, text=f"It hums, {minutes}")
    with pytest.raises(TooManyReportsError):
        report(house, details, T0 + HOUR - 1, text="Once more")
    report(house, details, T0 + HOUR, text="Once more")


def test_all_telephones_together_fill_no_list(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fault_reports, "MOST_OF_DAY", 3)
    for n in range(3):
        report(house, ReportDetails(address=f"10.0.0.{n}"), T0 + n * HOUR, text=f"It hums, {n}")
    with pytest.raises(TooManyReportsError, match="so many reports came"):
        report(house, ReportDetails(address="10.0.0.7"), T0 + 3 * HOUR, text="Once more")
    report(house, ReportDetails(address="10.0.0.7"), T0 + DAY, text="Once more")
