"""Notices with their deliveries: written once, in one commit, whatever stops and starts again."""

from pathlib import Path

import pytest

from core.time.clock import DAY, HOUR
from storage.records import Delivery, Window
from storage.records import windows as window_rows
from storage.records.incidents import Incident, Notice
from tests.alerts.notification.incidents import Ward, at

ON_CALL = """
people:
  - {id: sara, name: Sara, role: engineer, channels: [phone]}
  - {id: omar, name: Omar, role: engineer, channels: [sms, mail]}
  - {id: head, name: Head, role: manager, channels: [mail]}
rota: [{id: on-call, start: 2026-11-28, people: [sara, omar], days: {fri: [head]}}]
routes:
  - {severities: [critical, error], channels: [log], to: [on-call], escalate: [{after: 30m, to: [engineer]}, {after: 2h, to: [manager]}]}
  - {severities: [warning], to: [sara], hours: {days: [sat, sun, mon, tue, wed, thu], start: "08:00", end: "16:00"}}
"""


@pytest.fixture
def ward(tmp_path: Path) -> Ward:
    return Ward(tmp_path)


def addressed(ward: Ward, notice: int) -> set[tuple[str, str]]:
    with ward.records.reading() as db:
        rows = db.query(Delivery).filter_by(notice_id=notice)
        return {(row.person, row.channel) for row in rows}


def test_a_notice_is_given_once_with_its_deliveries(ward: Ward) -> None:
    ward.begin(0)
    assert ward.give(0) == ["fired"]
    assert ward.give(0.2) == []
    assert addressed(ward, 1) == {("", "phone")}


def test_a_restart_at_any_point_neither_repeats_nor_forgets(ward: Ward) -> None:
    kinds = []
    alert = ward.begin(0)
    for minute in (0, 1, 61, 62):
        ward.restart()
        kinds += ward.give(minute)
    ward.end(alert, 63)
    ward.restart()
    kinds += ward.give(64)
    ward.restart()
    kinds += ward.give(65)
    assert kinds == ["fired", "reminder", "over"]


def test_it_ended_while_nobody_looked_and_its_end_is_still_given(ward: Ward) -> None:
    alert = ward.begin(0)
    ward.give(0)
    ward.end(alert, 1)
    assert ward.give(3000) == ["over"]


def test_two_processes_give_it_once(ward: Ward) -> None:
    alert = ward.begin(0)
    other = Ward.__new__(Ward)
    other.__dict__.update(ward.__dict__)
    other.restart()
    assert ward.give(0) + other.give(0.1) == ["fired"]
    ward.end(alert, 1)
    assert other.give(1) + ward.give(1.1) == ["over"]


def test_a_failed_commit_leaves_it_due(ward: Ward, monkeypatch: pytest.MonkeyPatch) -> None:
    alert = ward.begin(0)
    ward.give(0)
    ward.end(alert, 1)
    with monkeypatch.context() as patch:
        patch.setattr("storage.records.deliveries.addressees", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            ward.give(1)
    assert ward.give(2) == ["over"]


def test_the_rota_says_who_and_the_end_goes_to_all_who_knew(tmp_path: Path) -> None:
    ward = Ward(tmp_path, ON_CALL)
    alert = ward.begin(0)
    assert ward.give(0) == ["fired"]
    assert addressed(ward, 1) == {("", "log"), ("sara", "phone")}
    assert ward.give(30) == ["escalation"]
    assert addressed(ward, 2) == {("sara", "phone"), ("omar", "sms"), ("omar", "mail")}
    week = 7 * 24 * 60
    ward.end(alert, week)
    assert ward.give(week) == ["over"]
    everybody = {("", "log"), ("sara", "phone"), ("omar", "sms"), ("omar", "mail")}
    assert addressed(ward, 3) == everybody


def test_nobody_is_reachable_at_night_and_it_is_given_in_the_morning(tmp_path: Path) -> None:
    ward = Ward(tmp_path, ON_CALL)
    ward.begin(0, severity="warning")  # 16:30 on Saturday
    assert ward.give(1) == ward.give(15 * 60) == []
    assert ward.give(15.5 * 60) == ["fired"]


def test_it_is_merged_and_the_whole_speaks_for_both(ward: Ward) -> None:
    part = ward.begin(0, severity="error", rule="part")
    ward.give(1)
    whole = ward.begin(2, "ups-1", rule="whole")
    with ward.records.writing("test", at(2)) as db:
        row = db.get_one(Incident, 1)
        row.merged_into_id, row.ended_at = 2, at(2)
    ward.change(part, incident_id=2, suppressed_by="ups-1")
    assert ward.give(2) == ["fired"]
    ward.end(part, 3)
    ward.end(whole, 3)
    assert ward.give(3) == ["over"]
    ward.restart()
    assert ward.give(4) == []


@pytest.mark.parametrize("is_restarted", [False, True])
def test_only_the_part_was_known_and_the_end_of_the_whole_is_given(
    ward: Ward, is_restarted: bool
) -> None:
    part = ward.begin(0, severity="error", rule="part")
    ward.give(1)
    whole = ward.begin(2, "ups-1", "warning", rule="whole")
    with ward.records.writing("test", at(2)) as db:
        row = db.get_one(Incident, 1)
        row.merged_into_id, row.ended_at = 2, at(2)
    ward.change(part, incident_id=2, suppressed_by="ups-1")
    assert ward.give(2.1) == []
    ward.end(part, 2.2)
    ward.end(whole, 2.2)
    if is_restarted:
        ward.restart()
    assert ward.give(3) == ["over"]
    ward.restart()
    assert ward.give(4) == []
    assert addressed(ward, 2) == {("", "phone")}


@pytest.mark.parametrize(
    ("window", "ends_at"),
    [
        (Window("maintenance", "mri-2", at(-60), at(120), "coil", "sara"), 120),
        (Window("maintenance", "ups-1", at(-60), at(120), "battery", "sara"), 120),
        (Window("silence", "mri-2", at(-60), at(120), "known", "sara", rule="helium_low"), 120),
        (
            Window("maintenance", "mri-2", at(-60) - 9 * DAY, at(120) - 9 * DAY, "nightly", "sara",
                   repeats="daily"),
            120,
        ),
    ],
)  # fmt: skip
def test_a_window_has_ended_and_what_is_still_wrong_is_given(
    ward: Ward, window: Window, ends_at: int
) -> None:
    with ward.records.writing("test", at(0)) as db:
        db.add(window)
    alert = ward.begin(0, "mri-2", suppressed_by="window 1")
    assert ward.give(1) == []
    ward.restart()
    ward.change(alert, suppressed_by="")
    assert ward.give(ends_at) == ["still_wrong"]
    assert ward.give(ends_at + 1) == []


ROUTINE = [
    Window("maintenance", "mri-2", at(10), at(60), "daily check", "sara", is_planned=True),
    Window("maintenance", "mri-2", at(10) - 9 * DAY, at(60) - 9 * DAY, "nightly", "sara", repeats="daily"),
]  # fmt: skip


@pytest.mark.parametrize("window", ROUTINE)
def test_a_routine_window_is_no_news_of_what_was_known_before(ward: Ward, window: Window) -> None:
    alert = ward.begin(0, "mri-2", severity="warning")
    assert ward.give(1) == ["fired"]
    with ward.records.writing("test", at(10)) as db:
        db.add(window_rows.copied(window))
    ward.change(alert, suppressed_by="window 1")
    assert ward.give(30) == []
    ward.change(alert, suppressed_by="")
    assert ward.give(61) == []
    ward.change(alert, severity="error")
    assert ward.give(62) == ["worse"]


@pytest.mark.parametrize("window", ROUTINE)
def test_what_fired_in_a_routine_window_is_given_after_it(ward: Ward, window: Window) -> None:
    with ward.records.writing("test", at(0)) as db:
        db.add(window_rows.copied(window))
    alert = ward.begin(20, "mri-2", severity="warning", suppressed_by="window 1")
    assert ward.give(30) == []
    ward.change(alert, suppressed_by="")
    assert ward.give(61) == ["still_wrong"]


def test_a_repair_that_did_not_help_is_said(ward: Ward) -> None:
    alert = ward.begin(0, "mri-2", severity="warning")
    assert ward.give(1) == ["fired"]
    with ward.records.writing("test", at(10)) as db:
        db.add(Window("maintenance", "mri-2", at(10), at(60), "order 7: the coil", "sara"))
    ward.change(alert, suppressed_by="window 1")
    assert ward.give(30) == []
    ward.change(alert, suppressed_by="")
    assert ward.give(61) == ["still_wrong"]


def test_a_window_about_something_else_changes_nothing(ward: Ward) -> None:
    for window in (
        Window("maintenance", "ups-1", at(-60), at(60), "x", "sara", rule="battery"),
        Window("maintenance", "ct-1", at(-60), at(60), "x", "sara"),
        Window("silence", "mri-2", at(-60), at(60), "x", "sara", rule="other"),
        Window("maintenance", "mri-2", at(-60), at(-1), "x", "sara"),
    ):
        with ward.records.writing("test", at(0)) as db:
            db.add(window)
    ward.begin(0, "mri-2")
    assert ward.give(61) == ["fired"]


def test_two_hundred_open_incidents_cost_next_to_nothing(ward: Ward) -> None:
    """In queries, for time depends on the machine: four a second, eight every five."""
    for number in range(200):
        ward.begin(0, rule=f"rule_{number}")
    assert len(ward.give(0)) == 200
    ward.give(0.1)
    counts = []
    original = ward.records.reading

    def reading() -> object:
        counts.append(1)
        return original()

    ward.records.reading = reading  # type: ignore[method-assign, assignment]
    writing, ward.records.writing = ward.records.writing, None  # type: ignore[method-assign, assignment]
    looked: list[int] = []
    due = ward.giver._due
    ward.giver._due = lambda db: looked.append(1) or due(db)  # type: ignore[method-assign, func-returns-value]
    for second in range(60):
        ward.giver.give_notices(at(0.2) + second * 1000)
    assert len(counts) == 60
    assert len(looked) <= 13
    ward.records.writing = writing  # type: ignore[method-assign]


def test_the_first_notice_counts_the_time_in_which_the_clock_was_ahead(ward: Ward) -> None:
    with ward.records.writing("test", at(0)) as db:
        row = Incident(began_at=at(0), cause_id=1)
        db.add(row)
        db.flush()
        db.add(Notice(row.id, kind="fired", at=at(0) + 3650 * DAY, severity="critical"))
    ward.begin(0, incident=1)
    assert ward.give(0) == []
    assert ward.give(HOUR / 60_000 + 1) == ["reminder"]
