"""MPPS: what may follow on what, and what is never ended."""

from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from pydicom.dataset import Dataset

from collectors.dicom.receiver.steps import (
    ABANDONED_AFTER,
    DUPLICATE,
    INVALID_VALUE,
    MAY_NOT_CHANGE,
    MISSING_VALUE,
    SUCCESS,
    UNKNOWN_STEP,
    StepBook,
)
from core.time.clock import DAY, HOUR, MINUTE
from storage.examinations.uid_hash import UidHasher
from tests.collectors.dicom.receiver.cast import T0, attributes


@pytest.fixture
def book(tmp_path: Path) -> StepBook:
    return StepBook(UidHasher(tmp_path / "key"), ZoneInfo("Asia/Kabul"))


def _step(state: str = "IN PROGRESS", **changes: str) -> Dataset:
    dataset = Dataset()
    if state:
        dataset.PerformedProcedureStepStatus = state
    for keyword, value in changes.items():
        setattr(dataset, keyword, value)
    return dataset


def _begun(book: StepBook, uid: str = "1.2", now: int = T0) -> int:
    began = _step(
        PerformedProcedureStepStartDate="20260301", PerformedProcedureStepStartTime="142000"
    )
    return book.create(uid, attributes(began), "ct-1", now)[0]


def test_a_step_begins_and_ends_at_the_times_that_it_says(book: StepBook) -> None:
    assert _begun(book) == SUCCESS
    ended = _step(
        "COMPLETED",
        PerformedProcedureStepEndDate="20260301",
        PerformedProcedureStepEndTime="143500",
    )
    status, entry = book.set("1.2", attributes(ended), T0 + 10 * MINUTE)
    assert status == SUCCESS
    assert entry is not None
    assert (entry.state, entry.began_at, entry.ended_at) == (
        "completed",
        T0 - 10 * MINUTE,
        T0 + 5 * MINUTE,
    )


def test_what_the_standard_refuses_is_refused_with_its_own_status(book: StepBook) -> None:
    assert book.set("9.9", attributes(_step("COMPLETED")), T0) == (UNKNOWN_STEP, None)
    assert _begun(book) == SUCCESS
    assert _begun(book) == DUPLICATE
    assert book.create("1.3", attributes(_step("COMPLETED")), "ct-1", T0)[0] == INVALID_VALUE
    assert book.create("1.4", attributes(_step("")), "ct-1", T0)[0] == MISSING_VALUE
    assert book.set("1.2", attributes(_step("FINISHED")), T0)[0] == INVALID_VALUE
    assert book.set("1.2", attributes(_step("DISCONTINUED")), T0)[0] == SUCCESS
    assert book.set("1.2", attributes(_step("COMPLETED")), T0) == (MAY_NOT_CHANGE, None)


def test_a_change_that_says_no_state_leaves_it(book: StepBook) -> None:
    _begun(book)
    status, entry = book.set("1.2", attributes(_step("")), T0)
    assert status == SUCCESS
    assert entry is not None
    assert (entry.state, entry.ended_at) == ("in progress", None)


def test_what_is_in_progress_for_a_day_is_abandoned_once_and_may_still_end(book: StepBook) -> None:
    _begun(book)
    assert book.abandon(T0 + ABANDONED_AFTER - HOUR) == []
    [step] = book.abandon(T0 + ABANDONED_AFTER)
    assert (step.state, step.ended_at) == ("abandoned", None)
    assert book.abandon(T0 + 2 * ABANDONED_AFTER) == []
    assert book.set("1.2", attributes(_step("COMPLETED")), T0 + 3 * DAY)[0] == SUCCESS


def test_a_restart_forgets_no_step(book: StepBook, tmp_path: Path) -> None:
    _begun(book)
    known = book.known("1.2")
    assert known is not None
    later = StepBook(UidHasher(tmp_path / "key"), ZoneInfo("Asia/Kabul"))
    later.remember([known])
    assert later.set("1.2", attributes(_step("COMPLETED")), T0)[0] == SUCCESS


@pytest.mark.parametrize("day", ["19700101", "20360301", ""])
def test_a_clock_that_is_wrong_is_not_used(day: str, book: StepBook) -> None:
    step = _step(PerformedProcedureStepStartDate=day, PerformedProcedureStepStartTime="142000")
    _, entry = book.create("1.2", attributes(step), "ct-1", T0)
    assert entry is not None
    assert entry.began_at == T0


def test_a_step_of_nobodys_device_is_answered_and_not_stored(book: StepBook) -> None:
    assert book.create("1.2", attributes(_step()), None, T0) == (SUCCESS, None)
    assert book.set("1.2", attributes(_step("COMPLETED")), T0) == (SUCCESS, None)
    assert book.abandon(T0 + 9 * DAY) == []


def test_what_could_not_be_stored_may_be_sent_again(book: StepBook) -> None:
    _begun(book)
    book.restore("1.2", None)
    assert _begun(book) == SUCCESS
    before = book.known("1.2")
    book.set("1.2", attributes(_step("COMPLETED")), T0)
    book.restore("1.2", before)
    assert book.set("1.2", attributes(_step("COMPLETED")), T0)[0] == SUCCESS
