"""Lines that were confirmed by their proof are in the report of their month, with what was seen."""

from core.time.calendars import parse_month
from core.time.clock import DAY, HOUR
from maintenance.reports.make import make
from maintenance.work_orders.proven_answers import confirm_proofs
from tests.maintenance.cast import T0, House
from tests.maintenance.work_orders.cast import planned

NOW = T0 + 2 * DAY


def test_the_report_names_each_line_and_what_proved_it(house: House) -> None:
    number = planned(house, "ct_daily")
    house.read("ct-1", "qa_water_ct_number_hu", 1.25, NOW - HOUR, "120kV")
    house.judge(NOW)
    with house.change(NOW) as tx:
        confirm_proofs(tx, number)
    with house.look() as db:
        month = parse_month("2025-01", "gregorian")
        report, _ = make(db, house.site, house.series, "maintenance", month, "en", T0 + 20 * DAY)
    [table] = [table for table in report.details if table.title.startswith("Lines of checklists")]
    [[device, line, seen, *_]] = table.rows
    assert (device, line, seen) == ("CT one", "Water phantom, mean CT number", "1.25 HU (1)")
