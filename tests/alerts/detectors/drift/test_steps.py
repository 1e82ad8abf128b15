"""A level that steps is told as such, with size and time, until somebody or an event explains it."""

import pickle
from collections.abc import Sequence
from functools import cache

import numpy as np
import pytest

from alerts.detectors.base import DetectorModel, DetectorRunner, DetectorVerdict, Floats, Frame
from alerts.detectors.runner import create_runner, restore_runner, train
from core.schema.detector import Detector
from tests.alerts.detectors.sample_devices import (
    DAY,
    MAGNET,
    PER_DAY,
    START,
    TUBE,
    magnet,
    part,
    tube,
)

LEARNED, DAYS = 40 * PER_DAY + 1, 85
HOUR = PER_DAY // 24
TEN = 10 * HOUR  # o'clock
AT = 45 * PER_DAY + TEN  # the cell of the step
FRAMES = {"magnet": magnet(DAYS), "tube": tube(DAYS)}
SETTINGS = {"magnet": MAGNET, "tube": TUBE}
SOUND, BROKEN = {"sound_at": START + 48 * DAY}, {"broken_at": START + 48 * DAY}


@cache
def trained(kind: str) -> DetectorModel:
    return train(SETTINGS[kind], part(FRAMES[kind], 0, LEARNED))


def stepped(kind: str, size: float | Floats, begin: int = AT, end: int | None = None) -> Frame:
    frame, metric = FRAMES[kind], SETTINGS[kind].metric
    values = frame.columns[metric].copy()
    values[begin:end] += size
    return frame._replace(columns={**frame.columns, metric: values})


def watching(kind: str, frame: Frame) -> DetectorRunner:
    runner = create_runner(SETTINGS[kind])
    runner.feed(part(frame, 0, LEARNED))
    runner.adopt(trained(kind), part(frame, 0, LEARNED))
    return runner


def verdicts(kind: str, frame: Frame, days: int = DAYS) -> dict[int, DetectorVerdict]:
    """By the number of the day at whose end it came."""
    return by_day(watching(kind, frame).feed(part(frame, LEARNED, days * PER_DAY)))


def by_day(judged: Sequence[DetectorVerdict]) -> dict[int, DetectorVerdict]:
    return {(verdict.at - START) // DAY: verdict for verdict in judged}


def step_in(verdict: DetectorVerdict) -> tuple[float, int]:
    """Its size, and its cell."""
    [(size, at)] = [shown.numbers for shown in verdict.evidence if shown.name == "step"]
    return size, (int(at) - START) // 600_000


@pytest.mark.parametrize(
    ("kind", "size"),
    [("magnet", 0.1), ("magnet", 1.0), ("magnet", -3.2), ("magnet", 17.0), ("tube", 1.0),
     ("tube", -3.2), ("tube", 17.0)],
)  # fmt: skip
def test_a_plain_step_is_told_that_evening_with_its_size_and_time(kind: str, size: float) -> None:
    days = verdicts(kind, stepped(kind, size), 60)
    assert days[45].kind == "normal"
    assert {days[day].kind for day in range(46, 60)} == {"step"}
    assert not any(days[day].alarm for day in range(41, 60))
    for day in (46, 55):
        told, cell = step_in(days[day])
        assert told == pytest.approx(size, rel=0.1, abs=0.3 if kind == "tube" else 0.01)
        assert abs(cell - AT) <= 1
        assert days[day].carried_by == ("mean",)
        assert days[day].since == START + cell * 600_000


@pytest.mark.parametrize("begin", [45 * PER_DAY, 46 * PER_DAY - HOUR, AT - 3])
def test_a_step_is_told_at_whatever_hour_it_comes(begin: int) -> None:
    days = verdicts("magnet", stepped("magnet", 2.0, begin), 52)
    assert {days[day].kind for day in range(47, 52)} == {"step"}
    assert abs(step_in(days[50])[1] - begin) <= 1


def test_a_step_in_the_midst_of_ten_minutes_is_told() -> None:
    size = np.full(DAYS * PER_DAY - AT, 2.0)
    size[0] = 1.0
    assert verdicts("magnet", stepped("magnet", size), 48)[46].kind == "step"


def test_a_tube_that_warms_within_two_hours_and_stays_so_is_not_normal() -> None:
    size = np.minimum(3.0, np.arange(DAYS * PER_DAY - AT) * 3.0 / (2 * HOUR))
    days = verdicts("tube", stepped("tube", size), 60)
    assert {days[day].kind for day in range(48, 60)} <= {"step", "anomaly"}


def test_a_step_after_a_silence_is_told() -> None:
    frame = stepped("magnet", 2.0)
    frame.columns[MAGNET.metric][AT - PER_DAY : AT] = np.nan
    assert verdicts("magnet", frame, 50)[49].kind == "step"


def test_while_nobody_explained_it_the_level_before_is_expected() -> None:
    verdict = verdicts("magnet", stepped("magnet", 2.0), 55)[54]
    assert verdict.value == pytest.approx(34.0, abs=0.05)
    assert verdict.expected == pytest.approx(32.0, abs=0.05)
    assert verdict.high is not None
    assert verdict.high < 33.0
    assert verdict.score == 1.0


def test_a_level_that_held_for_four_weeks_is_the_usual_one() -> None:
    days = verdicts("magnet", stepped("magnet", 2.0))
    assert {days[day].kind for day in range(46, 73)} == {"step"}
    assert {days[day].kind for day in range(75, 85)} == {"normal"}
    assert days[80].expected == pytest.approx(34.0, abs=0.1)


def test_a_level_that_came_back_is_no_step_any_more() -> None:
    days = verdicts("magnet", stepped("magnet", 2.0, AT, AT + 3 * PER_DAY), 60)
    assert [days[day].kind for day in range(46, 49)] == ["step"] * 3
    assert {days[day].kind for day in range(50, 60)} == {"normal"}


def test_less_than_is_worth_telling_is_no_step() -> None:
    days = verdicts("magnet", stepped("magnet", 0.02), 55)
    assert {days[day].kind for day in range(41, 55)} == {"normal"}


def test_a_drift_that_begins_on_the_new_level_is_an_alarm() -> None:
    drift = 2.0 + 0.3 * np.clip(np.arange(DAYS * PER_DAY - AT) / PER_DAY / 21, 0, 1)
    days = verdicts("magnet", stepped("magnet", drift), 70)
    alarms = [day for day in days if days[day].alarm]
    assert alarms
    assert alarms[0] <= 45 + 15
    assert "normal" not in {days[day].kind for day in range(46, 70)}


def told_after(answer: dict[str, int], kind: str = "magnet") -> dict[int, DetectorVerdict]:
    """The verdicts when this was answered on day 48, some hours after its beginning."""
    frame = stepped(kind, 2.0)
    runner = watching(kind, frame)
    runner.feed(part(frame, LEARNED, 48 * PER_DAY + 30))
    sound, broken = answer.get("sound_at", 0), answer.get("broken_at", 0)
    runner.explain_steps((), sound + HOUR * bool(sound), broken + HOUR * bool(broken))
    return by_day(runner.feed(part(frame, 48 * PER_DAY + 30, DAYS * PER_DAY)))


def test_a_step_that_somebody_calls_sound_is_normal_from_then_on() -> None:
    days = told_after(SOUND)
    assert {days[day].kind for day in range(49, 70)} == {"normal"}
    assert days[55].expected == pytest.approx(34.0, abs=0.1)


def test_time_does_not_heal_what_somebody_called_broken() -> None:
    days = told_after(BROKEN)
    assert {days[day].kind for day in range(49, 85)} == {"step"}


def test_an_answer_tells_nothing_of_a_step_that_came_on_that_day() -> None:
    frame = stepped("magnet", 2.0)
    runner = watching("magnet", frame)
    runner.explain_steps((), START + 45 * DAY + 12 * 3_600_000, 0)
    days = by_day(runner.feed(part(frame, LEARNED, 50 * PER_DAY)))
    assert {days[day].kind for day in range(46, 50)} == {"step"}


@pytest.mark.parametrize(("begin", "kind"), [(44, "normal"), (46, "step")])
def test_work_on_the_device_explains_what_happened_meanwhile(begin: int, kind: str) -> None:
    frame = stepped("magnet", 2.0)
    runner = watching("magnet", frame)
    runner.explain_steps([(START + begin * DAY, START + (begin + 2) * DAY)], 0, 0)
    days = by_day(runner.feed(part(frame, LEARNED, 55 * PER_DAY)))
    assert {days[day].kind for day in range(46, 55)} == {kind}


def test_a_service_that_was_logged_in_the_morning_explains_the_step_of_the_day() -> None:
    frame = stepped("magnet", 2.0)
    runner = watching("magnet", frame)
    runner.feed(part(frame, LEARNED, AT - HOUR))
    runner.serviced(START + 45 * DAY + 8 * 3_600_000)
    runner.feed(part(frame, AT - HOUR, 60 * PER_DAY))
    runner.adopt(trained("magnet"), part(frame, 0, 60 * PER_DAY))
    days = by_day(runner.feed(part(frame, 60 * PER_DAY, 70 * PER_DAY)))
    assert {verdict.kind for verdict in days.values()} == {"normal"}


def test_that_the_sensor_is_well_again_does_not_end_what_is_told() -> None:
    frame = stepped("magnet", 2.0)
    values = frame.columns[MAGNET.metric]
    values[50 * PER_DAY : 51 * PER_DAY] = values[50 * PER_DAY]
    judged = watching("magnet", frame).feed(part(frame, LEARNED, 55 * PER_DAY))
    kinds = [verdict.kind for verdict in judged if verdict.at > START + 46 * DAY]
    assert "stuck" in kinds
    assert "normal" not in kinds


def test_a_restart_changes_nothing() -> None:
    frame = stepped("magnet", 2.0)
    runner = watching("magnet", frame)
    runner.feed(part(frame, LEARNED, 48 * PER_DAY))
    runner.explain_steps([(START, START + DAY)], 0, START + 47 * DAY)
    again = restore_runner(MAGNET, pickle.loads(pickle.dumps(runner.state())))
    rest = part(frame, 48 * PER_DAY, 80 * PER_DAY)
    assert again.feed(rest) == runner.feed(rest)


def test_a_state_of_an_older_version_goes_on() -> None:
    frame = stepped("magnet", 2.0)
    runner = watching("magnet", frame)
    state = pickle.loads(pickle.dumps(runner.state()))
    days = state["days"]
    kept = [number for number, name in enumerate(days["names"]) if not name.startswith("step")]
    days["names"] = [days["names"][number] for number in kept]
    days["table"] = days["table"][:, kept]
    judged = by_day(restore_runner(MAGNET, state).feed(part(frame, LEARNED, 50 * PER_DAY)))
    assert judged[49].kind == "step"


def test_a_column_that_nobody_set_a_worth_for_has_its_steps_told_too() -> None:
    plain = Detector(id="any", kind="drift", metric="magnet_temp_c")
    frame = stepped("magnet", 1.0)
    runner = create_runner(plain)
    runner.feed(part(frame, 0, LEARNED))
    runner.adopt(train(plain, part(frame, 0, LEARNED)), part(frame, 0, LEARNED))
    assert by_day(runner.feed(part(frame, LEARNED, 48 * PER_DAY)))[47].kind == "step"


def test_a_day_that_jumps_to_and_fro_is_not_normal() -> None:
    size = np.zeros(DAYS * PER_DAY - AT)
    size[: 8 * HOUR] = 20.0  # it is back the same evening
    days = verdicts("magnet", stepped("magnet", size), 50)
    assert (days[46].kind, days[46].reason) == (
        "cannot_judge",
        "the readings of that day jump up and down",
    )
    assert {days[day].kind for day in range(47, 50)} == {"normal"}
