"""Expected and actual: what the page says of a detector, and what becomes of an answer."""

from typing import Any

import pytest

from core.time.clock import DAY, MINUTE
from dashboard.queries.detectors import _verdict_row
from dashboard.views.detector_status import alarms_in
from storage.records import Verdict
from storage.records import feedback as feedback_rows
from tests.dashboard.app_pages.test_fleet_and_device import clock, opened, screen
from tests.dashboard.centre import Centre, verdict
from tests.dashboard.people import SARA


def leaking(now: int) -> list[Verdict]:
    """A month of well-being, then ten days of a leak."""
    well = [verdict(now - day * DAY) for day in range(30, 10, -1)]
    ill = [
        verdict(
            now - day * DAY, kind="anomaly", alarm=True, score=0.99, value=78.0 - (10 - day) * 0.2,
            carried_by=["rate"], since=now - 13 * DAY, limit=60.0, limit_at=now + 23 * DAY,
            limit_at_low=now + 17 * DAY, limit_at_high=now + 34 * DAY,
        )
        for day in range(10, -1, -1)
    ]  # fmt: skip
    return well + ill


def asked(test: Any) -> Any:
    [buttons] = [one for one in test.get("button_group") if one.key.startswith("answer-")]
    return buttons


def test_a_leak_is_told_with_expectation_reason_and_forecast(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.conclude(*leaking(now))
    shown = screen(opened(device="mr-1"))
    assert "Expected and actual" in shown
    assert "Not as expected" in shown
    assert "Was 76\u202f%, expected 81.6\u202f% (81\u202f% to 82.2\u202f%)" in shown
    assert ", 13 d ago" in shown
    assert "Seen in: how fast it falls" in shown
    assert "Reaches 60\u202f% in 23 days, between 17 and 34" in shown


@pytest.mark.parametrize(
    ("kind", "word"),
    [
        ("learning", "It learns what is normal here. Until then only the limits watch."),
        ("unfit", "What was learned no longer fits."),
        ("cannot_judge", "It says neither that all is well nor that something is wrong."),
        ("stuck", "The sensor tells nothing of the device now, good or bad."),
    ],
)
def test_what_a_detector_cannot_tell_is_said(centre: Centre, kind: str, word: str) -> None:
    now = clock()
    centre.all_well(now)
    centre.conclude(verdict(now - MINUTE, kind=kind, value=None, expected=None))
    shown = screen(opened(device="mr-1"))
    assert word in shown
    assert "As expected" not in shown


def test_the_reason_is_shown_beside_it(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    reason = "nothing was measured on that day"
    centre.conclude(verdict(now - MINUTE, kind="cannot_judge", value=None, reason=reason))
    assert f"Why: {reason}" in screen(opened(device="mr-1"))


def test_a_verdict_of_three_days_ago_is_not_believed(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.conclude(verdict(now - 3 * DAY))
    shown = screen(opened(device="mr-1"))
    assert "No verdict lately" in shown
    assert "As expected" not in shown


def test_a_device_without_a_detector_has_no_such_section(centre: Centre) -> None:
    centre.all_well(clock())
    assert "Expected and actual" not in screen(opened(device="ct-2"))


def test_an_answer_is_kept_counted_and_audited(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.conclude(*leaking(now))
    centre.alert("mr-1", "helium_leak", now - 9 * DAY)
    test = opened(device="mr-1")
    assert "right here" not in screen(test)
    asked(test).select("true").run()
    assert "How often alerts of this kind were right here: 1 of 1" in screen(test)
    with centre.records.reading() as db:
        [answer] = feedback_rows.feedback_on(db, [1]).values()
    assert (answer.opinion, answer.who) == ("true", SARA)
    assert asked(test).value == "true"


def test_a_broken_sensor_neither_ends_nor_begins_the_shade_of_an_alarm() -> None:
    kinds = [("normal", False), ("anomaly", True), ("absent", False), ("anomaly", True)]
    rows = [
        _verdict_row(verdict(day, kind=kind, alarm=alarm))
        for day, (kind, alarm) in enumerate(kinds)
    ]
    assert alarms_in(rows, 9) == [(1, 9)]
    over = [*rows, _verdict_row(verdict(5)), _verdict_row(verdict(6, kind="stuck"))]
    assert alarms_in(over, 9) == [(1, 5)]


def test_an_alarm_within_its_band_shows_what_moved_and_no_band(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.conclude(
        verdict(
            now - MINUTE,
            kind="anomaly",
            alarm=True,
            value=81.0,
            carried_by=["gain", "gain:6.4:9.1"],
        )
    )
    shown = screen(opened(device="mr-1"))
    assert "A busy hour now adds 9.1\u202f% instead of 6.4\u202f%" in shown
    assert "Was 81\u202f%, expected 81.6\u202f%" in shown
    assert "81.6\u202f% (" not in shown
    assert "Seen in: how much the load adds<" in shown


def test_a_step_is_told_with_the_level_before_and_asked_about(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.conclude(
        verdict(
            now - MINUTE, kind="step", score=1.0, value=78.0, since=now - 2 * DAY,
            carried_by=["rate", f"step:-3.5:{now - 2 * DAY}"],
        )
    )  # fmt: skip
    centre.alert("mr-1", "helium_stepped", now - DAY)
    test = opened(device="mr-1")
    shown = screen(test)
    assert "Its level stepped" in shown
    assert "Its level fell by 3.5\u202f% about " in shown
    assert "expected 81.6\u202f% (81\u202f% to 82.2\u202f%)" in shown
    assert "As expected" not in shown
    assert "What was it?" in shown
    assert asked(test).options == ["Something broke", "New sensor or calibration", "Do not know"]
    asked(test).select("false").run()
    with centre.records.reading() as db:
        [answer] = feedback_rows.feedback_on(db, [1]).values()
    assert answer.opinion == "false"
    assert "right here" not in screen(test), "it says nothing of how often alarms are right"
