"""Verdicts, answers and services, in SQLite and in PostgreSQL alike."""

from collections.abc import Iterator
from typing import Any

import pytest

from core.errors import StoreError
from core.time.clock import DAY
from storage.records import Alert, Records, Verdict
from storage.records import feedback as feedback_rows
from storage.records import verdicts as verdict_rows

T0 = 1_760_000_400_000


@pytest.fixture
def records(made_records_url: str) -> Iterator[Records]:
    records = Records(made_records_url)
    yield records
    records.close()


def verdict(day: int, device: str = "mri-2", **more: Any) -> Verdict:
    return Verdict(
        device, "", "helium", T0 + day * DAY, "normal", 0.1, False, carried_by=["rate"], **more
    )


def write(records: Records, *verdicts: Verdict) -> None:
    with records.writing() as db:
        verdict_rows.write_verdicts(db, verdicts)


def test_a_verdict_that_comes_again_changes_nothing(records: Records) -> None:
    write(records, verdict(1, value=62.5), verdict(2, limit=60.0, limit_at=T0 + 9 * DAY))
    write(records, verdict(2, value=1.0), verdict(3))
    with records.reading() as db:
        found = verdict_rows.verdicts_of(db, "mri-2", T0, T0 + 9 * DAY)
        assert [(one.value, one.limit, one.carried_by) for one in found] == [
            (62.5, None, ["rate"]), (None, 60.0, ["rate"]), (None, None, ["rate"]),
        ]  # fmt: skip
        numbers = [one.id for one in found]
        assert numbers == sorted(numbers)
        assert [one.id for one in verdict_rows.verdicts_after(db, numbers[0])] == numbers[1:]
        assert verdict_rows.newest_verdict_id(db) == numbers[-1]


def test_the_newest_of_each_detector_and_the_one_at_a_moment(records: Records) -> None:
    write(records, *(verdict(day) for day in range(5)), verdict(2, device="mri-3"))
    key = ("mri-2", "", "helium")
    with records.reading() as db:
        newest = verdict_rows.newest_verdicts(db)
        assert {one: found.at for one, found in newest.items()} == {
            key: T0 + 4 * DAY,
            ("mri-3", "", "helium"): T0 + 2 * DAY,
        }
        assert verdict_rows.newest_verdicts(db, "mri-3").keys() == {("mri-3", "", "helium")}
        at = verdict_rows.verdict_at(db, key, T0 + 3 * DAY + 5)
        assert at is not None
        assert at.at == T0 + 3 * DAY
        assert verdict_rows.verdict_at(db, key, T0 - 1) is None


def test_the_reason_of_a_verdict_is_kept(records: Records) -> None:
    write(records, verdict(1, reason="looks like Fahrenheit"), verdict(2))
    with records.reading() as db:
        rows = verdict_rows.verdicts_of(db, "mri-2", T0, T0 + 9 * DAY)
    assert [row.reason for row in rows] == ["looks like Fahrenheit", ""]


def test_old_verdicts_go_in_small_steps(records: Records) -> None:
    write(records, *(verdict(day) for day in range(10)))
    with records.writing() as db:
        assert verdict_rows.delete_verdicts(db, T0 + 5 * DAY, most=3) == 3
        assert verdict_rows.delete_verdicts(db, T0 + 5 * DAY, most=3) == 2
        assert verdict_rows.delete_verdicts(db, T0 + 5 * DAY, most=3) == 0
        assert len(verdict_rows.verdicts_after(db, 0)) == 5


def alert(rule: str, began: int, ended: int | None) -> Alert:
    return Alert(
        "mri-2", "", rule, rule, "error", "helium_level_pct", "firing" if ended is None else "ok",
        began, fired_at=began, ended_at=ended,
    )  # fmt: skip


def test_answers_are_counted_by_rule_and_a_false_alarm_is_no_bad_time(records: Records) -> None:
    with records.writing() as db:
        db.add_all([alert("leak", T0, T0 + DAY), alert("leak", T0 + 3 * DAY, None)])
        db.add(alert("low", T0 + 2 * DAY, T0 + 4 * DAY))
        db.flush()
        feedback_rows.give_feedback(db, 1, "false", "engineer", T0)
        feedback_rows.give_feedback(db, 2, "true", "engineer", T0)
        feedback_rows.give_feedback(db, 3, "unknown", "engineer", T0)
    with records.reading() as db:
        assert feedback_rows.tallies(db) == {"leak": feedback_rows.Tally(1, 1)}
        spans = feedback_rows.alert_spans(db, T0)["mri-2", "", "helium_level_pct"]
        assert spans == [(T0 + 2 * DAY, T0 + 4 * DAY), (T0 + 3 * DAY, None)]


def test_a_note_that_is_too_long_is_refused(records: Records) -> None:
    with pytest.raises(StoreError, match="500 at most"), records.writing() as db:
        feedback_rows.add_service_event(db, "mri-2", T0, "engineer", "x" * 501)


def test_services_are_followed_in_order_and_the_last_is_known(records: Records) -> None:
    with records.writing("engineer") as db:
        for at in (T0 + DAY, T0):
            feedback_rows.add_service_event(db, "mri-2", at, "engineer")
    with records.reading() as db:
        assert [one.at for one in feedback_rows.service_events_after(db, 0)] == [T0 + DAY, T0]
        assert feedback_rows.service_events_after(db, 2) == []
        assert feedback_rows.last_service_by_device(db) == {"mri-2": T0 + DAY}
