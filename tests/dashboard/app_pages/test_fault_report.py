"""What was reported at the machine is on the engineer's page: photo, chips, number to call, what was tried."""

import time

from core.time.clock import HOUR
from maintenance.work_orders.fault_photos import prepared_photo
from maintenance.work_orders.fault_reports import ReportDetails, report_fault
from tests.dashboard.centre import Centre
from tests.dashboard.driving import page, screen
from tests.maintenance.work_orders.test_fault_photos import with_exif


def test_the_order_shows_all_that_was_reported(furnished: Centre) -> None:
    details = ReportDetails(
        ("It hums <b>",), "Omar", "۰۷۹۹ ۱۲۳ ۴۵۶", "Off & on", prepared_photo(with_exif()), "p"
    )
    with furnished.change(time.time_ns() // 1_000_000 - HOUR, "fault form: Omar") as tx:
        number = report_fault(tx, "ct-2", "Since noon", None, details).id
    test = page("order", order=number)
    html = screen(test)
    for part in ("Reported at the machine", "It hums &lt;b&gt;", "Omar", "Off &amp; on",
                 '<a href="tel:0799123456"><bdi dir="ltr">۰۷۹۹ ۱۲۳ ۴۵۶</bdi></a>', "Since noon"):  # fmt: skip
        assert part in html, part
    assert len(test.get("image")) == 1, "once, not among the files again"
    labels = [button.proto.label for button in test.get("download_button")]
    assert len([label for label in labels if "fault-1.jpg" in label]) == 1
