"""What is to be done in a power cut is told again when it has changed, and ever more rarely."""

import json
from typing import Any

import pytest

from alerts.notification.power_cut import LONGEST_PAUSE, UPDATE_EVERY, is_update_due
from alerts.power import PowerPlan, fingerprint
from core.time.clock import MINUTE
from storage.records.incidents import Notice

T0 = 1_760_000_400_000


def plan(mains: Any = "cut") -> PowerPlan:
    """One that says something else than the one before, if its mains does."""
    return PowerPlan(T0, mains, None, None, (), (), (), None)


def notices(*kinds: Any, at: int = T0, given: PowerPlan | None = None) -> list[Notice]:
    known = fingerprint(plan() if given is None else given)
    return [Notice(1, kind=kind, at=at, severity="error", plan=known) for kind in kinds]


def test_the_same_plan_is_told_once() -> None:
    assert not is_update_due(plan(), notices("fired"), T0 + LONGEST_PAUSE)


def test_that_the_mains_has_come_is_told_as_soon_as_people_can_read_it() -> None:
    known = notices("fired", "update", "update", "update")
    assert not is_update_due(plan("on"), known, T0 + UPDATE_EVERY - 1)
    assert is_update_due(plan("on"), known, T0 + UPDATE_EVERY)


@pytest.mark.parametrize("mains", ["cut", "on"])
def test_a_ups_that_does_not_answer_is_no_news(mains: Any) -> None:
    assert not is_update_due(plan("unknown"), notices("fired", given=plan(mains)), T0 + 60 * MINUTE)


def test_without_a_plan_or_after_the_end_there_is_no_update() -> None:
    assert not is_update_due(None, notices("fired"), T0 + 60 * MINUTE)
    assert not is_update_due(plan("on"), notices("fired", "over"), T0 + 60 * MINUTE)
    assert not is_update_due(plan("on"), [replace_plan(notices("fired")[0])], T0 + 60 * MINUTE)


def replace_plan(notice: Notice) -> Notice:
    notice.plan = ""
    return notice


def test_other_changes_wait_longer_each_time() -> None:
    for count, pause in ((0, 3), (1, 6), (2, 12), (9, 60)):
        known = notices("fired", *["update"] * count)
        for notice in known:
            facts = json.loads(notice.plan)
            facts["facts"][2] = [["generator-1", "running", False, []]]
            notice.plan = json.dumps(facts)
        assert not is_update_due(plan(), known, T0 + pause * MINUTE - 1)
        assert is_update_due(plan(), known, T0 + pause * MINUTE)
