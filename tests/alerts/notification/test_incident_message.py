"""What a notice of an incident says: the cause first, then what it explains."""

from pathlib import Path

import pytest

from alerts.channels import Notification
from tests.alerts.notification.incidents import ROUTES, Ward


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


def sent(ward: Ward, minute: float) -> Notification:
    ward.give(minute)
    ward.send(minute)
    return ward.line.messages[-1]


def test_one_alert_reads_as_it_always_did(ward: Ward) -> None:
    alert = ward.begin(0, "mri-2")
    message = sent(ward, 1)
    assert message.title == "Critical: MRI (Magnet room): Helium is low"
    assert message.body.splitlines() == [
        "Since 2026-11-28 16:30 +0430",
        "Helium: 58 % when it fired, limit 60 %",
        "Alert 1, delivery 1",
    ]
    ward.end(alert, 100)
    message = sent(ward, 101)
    assert message.resolved
    assert message.title == "Over: MRI (Magnet room): Helium is low"
    assert message.body.splitlines() == [
        "Since 2026-11-28 16:30 +0430",
        "Over after 1 h 40 min",
        "Helium: 58 % when it fired, limit 60 %",
        "When it ended: 70 %",
        "Alert 1, delivery 2",
    ]


def test_the_cause_comes_first_though_it_fired_later(ward: Ward) -> None:
    ward.begin(0, "mri-2", "error", suppressed_by="ups-1")
    cause = ward.begin(1, "ups-1", "critical", incident=1)
    ended = ward.begin(1, "ct-1", "error", incident=1)
    with ward.records.writing("test", 0) as db:
        from storage.records import Incident

        db.get_one(Incident, 1).cause_id = cause.id
    ward.end(ended, 1.5)
    message = sent(ward, 2)
    assert message.title == "Critical: ups-1: Helium is low (and 2 more)"
    assert message.body.splitlines() == [
        "Since 2026-11-28 16:30 +0430",
        "Helium: 58 % when it fired, limit 60 %",
        "- MRI (Magnet room): Helium is low",
        "- ct-1: Helium is low (over)",
        "Incident 1, delivery 1",
    ]


def test_a_notice_says_why_it_is_given(ward: Ward) -> None:
    ward.begin(0, severity="error")
    sent(ward, 1)
    assert sent(ward, 62).title == "Reminder: Error: ct-1: Helium is low"
    ward.begin(63, "mri-2", "critical", incident=1)
    assert sent(ward, 64).title == "Worse: Critical: ct-1: Helium is low (and 1 more)"


def test_a_hundred_symptoms_are_counted(ward: Ward) -> None:
    for number in range(41):
        ward.begin(0, rule=f"r{number}", incident=1 if number else None)
    lines = sent(ward, 1).body.splitlines()
    assert lines[-2] == "- and 20 more"
    assert len(lines) == 24


def test_it_was_merged_before_it_left_and_the_whole_is_what_leaves(ward: Ward) -> None:
    from storage.records import Incident

    part = ward.begin(0, "mri-2", "error")
    ward.give(1)
    ward.begin(1, "ups-1")
    with ward.records.writing("test", 0) as db:
        row = db.get_one(Incident, 1)
        row.merged_into_id, row.ended_at = 2, row.began_at
    ward.change(part, incident_id=2, suppressed_by="ups-1")
    ward.send(1)
    assert ward.line.titles == ["Error: ups-1: Helium is low (and 1 more)"]


def test_a_link_is_in_the_message_where_the_site_has_a_public_address(tmp_path: Path) -> None:
    ward = Ward(tmp_path, f"http: {{public_url: 'https://scanward.example/'}}\n{ROUTES}")
    alert = ward.begin(0)
    line = sent(ward, 1).body.splitlines()[-2]
    assert line.startswith("Acknowledge: https://scanward.example/ack/1.")
    ward.end(alert, 2)
    assert "Acknowledge" not in sent(ward, 3).body
    key = ward.site.link_key_path
    assert key.stat().st_mode & 0o777 == 0o600
