"""A fault reported at a machine: whoever the routes name is notified, by how bad it is, and nobody is flooded."""

from pathlib import Path
from typing import Any

import pytest

from alerts.notification.fault_notices import MOST_SINGLE, WINDOW, give_fault_notices
from core.time.clock import DAY, MINUTE
from core.vocabulary.downtime import DowntimeExtent
from core.vocabulary.severity import Severity
from storage.records import Delivery, Downtime, FaultReport, WorkOrder
from tests.alerts.notification.incidents import Ward, at
from tests.alerts.notification.letters import Post, shown

ROUTES = """
people:
  - {id: sara, name: Sara, channels: [phone], per_hour: 5}
  - {id: omar, name: Omar, language: fa, channels: [sms]}
rota: [{id: on-call, start: 2026-11-28, people: [sara, omar]}]
routes:
  - {severities: [warning, error, critical], to: [on-call]}
  - {severities: [info], channels: [log]}
http: {public_url: "https://scanward.example"}
"""


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path, ROUTES)


def report(
    ward: Ward, minute: float, title: str = "Table is stuck", down: DowntimeExtent | None = "hard",
    device: str = "mri-2", address: str = "10.0.0.7", order: int | None = None, **details: Any,
) -> int:  # fmt: skip
    """The form was sent: the number of its order, or of the one that is open for the same fault."""
    with ward.records.writing("fault form", at(minute)) as db:
        if order is None:
            row = WorkOrder(device, "corrective", "fault", title, at(minute))
            db.add(row)
            db.flush()
            order = row.id
            if down:
                db.add(Downtime(device, at(minute), "machine", down, "fault", order_id=order))
        db.add(FaultReport(order, device, at(minute), address=address, **details))
    return order


def send(ward: Ward, minute: float) -> list[str]:
    """The titles that left by each line together at that minute."""
    before = len(ward.line.messages)
    give_fault_notices(ward.site, ward.records, at(minute))
    ward.send(minute)
    return ward.line.titles[before:]


@pytest.mark.parametrize(
    ("down", "severity", "channel"),
    [("hard", "error", "phone"), ("partial", "warning", "phone"), (None, "info", "log")],
)
def test_whether_it_can_be_used_says_how_bad_it_is_and_so_who_is_notified(
    ward: Ward, down: DowntimeExtent | None, severity: Severity, channel: str
) -> None:
    report(ward, 0, down=down)
    assert give_fault_notices(ward.site, ward.records, at(0)) == 1
    assert give_fault_notices(ward.site, ward.records, at(1)) == 0
    with ward.records.reading() as db:
        [row] = db.query(Delivery)
        assert (row.channel, row.person) == (channel, "sara" if channel == "phone" else "")
    ward.send(1, phone=ward.line, log=ward.line)
    assert [message.severity for message in ward.line.messages] == [severity]


def test_the_message_says_where_what_by_whom_and_where_to_look(ward: Ward) -> None:
    report(ward, 0, name="Karim", phone="+93 700 000 000")
    assert send(ward, 0) == ["Error: MRI (Magnet room): Table is stuck"]
    assert ward.line.messages[0].body.splitlines() == [
        "The device is out of service",
        "Reported at 2026-11-28 16:30 +0430",
        "By: Karim, +93 700 000 000",
        "Open: https://scanward.example/order?order=1",
        "Order 1, delivery 1",
    ]


def test_who_reports_what_a_colleague_reported_wakes_nobody_again(ward: Ward) -> None:
    order = report(ward, 0)
    assert len(send(ward, 0)) == 1
    report(ward, 1, order=order, address="10.0.0.8")
    assert send(ward, 1) == []


def test_a_flood_from_one_telephone_is_a_few_messages_and_one_of_the_rest(ward: Ward) -> None:
    titles = []
    for number in range(20):
        report(ward, number / 10, f"Fault {number}", "partial")
        titles += send(ward, number / 10)
    assert titles == [f"Warning: MRI (Magnet room): Fault {number}" for number in range(3)]
    report(ward, 3, "Smoke", address="10.0.0.8")
    assert send(ward, 3) == ["Error: MRI (Magnet room): Smoke"], "another telephone waits for none"
    assert send(ward, 9) == []
    assert send(ward, 11) == ["Warning: MRI (Magnet room): Fault 3 (and 16 more)"]
    assert MOST_SINGLE * MINUTE < WINDOW


def test_a_person_s_hour_counts_reports_too_and_the_rest_is_a_digest(ward: Ward) -> None:
    for number in range(8):
        report(ward, number / 10, f"Fault {number}", address=f"10.0.0.{number}")
        send(ward, number / 10)
    assert len(ward.line.titles) == 5
    assert send(ward, 61) == ["Digest: 3 alerts, 3 not over"]


def test_what_somebody_has_taken_or_is_of_yesterday_wakes_nobody(ward: Ward) -> None:
    taken = report(ward, 0)
    with ward.records.writing("sara", at(1)) as db:
        db.get_one(WorkOrder, taken).state = "assigned"
    report(ward, 0, "Old")
    assert send(ward, DAY / MINUTE + 1) == []


def test_a_report_of_a_device_that_is_gone_holds_up_no_other(ward: Ward) -> None:
    report(ward, 0, device="gone")
    report(ward, 0, "Fan")
    assert send(ward, 0) == ["Error: MRI (Magnet room): Fan"]


def test_it_is_written_in_the_reader_s_language(tmp_path: Path) -> None:
    post = Post(tmp_path)
    report(post, 0, "میز بند است", name="Karim")
    give_fault_notices(post.site, post.records, at(0))
    post.post(0)
    assert shown(post.sara).splitlines()[:3] == [
        "خطا: MRI (Magnet room): میز بند است",
        "دستگاه از کار افتاده است",
        "خبر داده شد: ۷ قوس ۱۴۰۵، ساعت ۱۶:۳۰ (+0430)",
    ]
