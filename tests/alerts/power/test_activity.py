"""What a scanner is doing, by its plug where nobody has stated what it takes, and by its log."""

import pytest

from alerts.power import read_situation
from alerts.power.situation import Load
from tests.alerts.power.centre import PowerCentre, at, every_half


def ultrasound(power: PowerCentre, minute: float = 0) -> Load:
    loads = read_situation(power.site, power.reader, at(minute)).ups[0].loads
    return next(load for load in loads if load.device == "us-1")


def week(power: PowerCentre, busy_w: float) -> None:
    """Six days, an examination an hour."""
    for hour in range(-6 * 24, -1):
        power.plug([60 * hour + step for step in range(0, 40, 5)], "us-1", 300)
        power.plug([60 * hour + step for step in range(40, 60, 5)], "us-1", busy_w)


def test_scanning_is_told_from_waiting_by_the_last_week(power: PowerCentre) -> None:
    week(power, 600)
    power.plug(every_half(-59, -12), "us-1", 300)
    power.plug(every_half(-11.5, 0), "us-1", 590)
    examination = ultrasound(power).examination
    assert examination is not None
    assert (examination.seen_by, examination.began_at) == ("plug", at(-11.5))
    assert examination.minutes == pytest.approx(20 - 11.5)


def test_a_plug_that_shows_no_difference_tells_nothing(power: PowerCentre) -> None:
    week(power, 330)
    power.plug(every_half(-59, 0), "us-1", 330)
    assert (ultrasound(power).examination, ultrasound(power).is_activity_known) == (None, False)


def test_an_examination_is_over_after_a_pause(power: PowerCentre) -> None:
    week(power, 600)
    power.plug(every_half(-59, -12), "us-1", 590)
    power.plug(every_half(-11.5, 0), "us-1", 300)
    assert ultrasound(power).examination is None
    assert ultrasound(power).is_activity_known


def test_an_old_plug_says_nothing_of_now(power: PowerCentre) -> None:
    power.plug(every_half(-59, -20), "us-1", 590)
    assert (ultrasound(power).watts, ultrasound(power).is_off) == (None, None)


def test_what_takes_nothing_is_off(power: PowerCentre) -> None:
    power.plug(every_half(-5, 0), "us-1", 0.4)
    assert ultrasound(power).is_off is True


def test_the_end_of_an_examination_in_the_log_ends_it(power: PowerCentre) -> None:
    for minute in (-9, -6, -3):
        power.event(minute, "us-1", "examination_started")
    assert ultrasound(power).examination is not None
    power.event(-1, "us-1", "examination_ended")
    assert ultrasound(power).examination is None
