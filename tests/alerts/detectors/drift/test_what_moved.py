"""An alarm says what moved: its value may lie within the band, and then something else did."""

from zoneinfo import ZoneInfo

import numpy as np
import pytest

from alerts.detection.instance import verdict_record
from alerts.detection.targets import DetectorTarget
from alerts.detectors.base import DetectorVerdict
from alerts.detectors.replay import replay
from alerts.notification.language import MessageWords
from alerts.notification.verdict_message import explain
from core.schema.detector import Detector
from core.vocabulary.evidence import numbers_of
from tests.alerts.detectors.sample_devices import HELIUM, MAGNET, TUBE, helium, magnet, tube

ONSET = 70


def last_alarm(settings: Detector, frame: object) -> DetectorVerdict:
    return [v for v in replay(settings, frame) if v.alarm][-1]  # type: ignore[arg-type]


def words_of(settings: Detector, verdict: DetectorVerdict, unit: str) -> list[str]:
    record = verdict_record(DetectorTarget("ct-1", "", settings, {}, ()), verdict)
    return explain(record, unit, MessageWords("en", "gregorian", ZoneInfo("Asia/Kabul")))


def test_a_moved_gain_is_told_as_what_a_busy_hour_adds_without_the_band() -> None:
    verdict = next(v for v in replay(TUBE, tube(100, onset=ONSET)) if v.alarm)
    assert verdict.carried_by == ("gain",)
    usual, now = numbers_of(verdict.evidence, "gain") or (0.0, 0.0)
    assert 10 < usual < 25
    assert 0.005 < now / usual - 1 < 0.1
    assert verdict.value is not None
    assert verdict.low is not None
    assert verdict.high is not None
    assert verdict.low < verdict.value < verdict.high
    lines = words_of(TUBE, verdict, "°C")
    assert lines[0] == f"A busy hour now adds {now:.4g} °C instead of {usual:.4g} °C"
    [was] = [line for line in lines if line.startswith("Was ")]
    assert " to " not in was
    assert "Seen in: how much the load adds" in lines


def test_a_moved_level_is_told_with_its_band() -> None:
    verdict = last_alarm(MAGNET, magnet(100, onset=ONSET))
    [size] = numbers_of(verdict.evidence, "mean") or (0.0,)
    assert 0.25 < size < 0.35
    lines = words_of(MAGNET, verdict, "°C")
    assert lines[0].startswith("On average 0.")
    assert lines[0].endswith("higher than expected")
    [was] = [line for line in lines if line.startswith("Was ")]
    assert " to " in was


def test_a_leak_is_told_as_a_rate_beside_the_usual_one() -> None:
    verdict = last_alarm(HELIUM, helium(110, onset=ONSET))
    usual, now = numbers_of(verdict.evidence, "rate") or (0.0, 0.0)
    assert usual == pytest.approx(-0.05, abs=0.02)
    assert now == pytest.approx(-0.17, abs=0.02)
    assert words_of(HELIUM, verdict, "%")[0].startswith("Falls 0.1")


def test_what_is_well_tells_nothing_that_moved() -> None:
    verdicts = list(replay(MAGNET, magnet(60)))
    assert [v.evidence for v in verdicts if any(e.numbers for e in v.evidence)] == []


@pytest.mark.parametrize("step", [0.1, 1.0, 5.0])
def test_a_band_is_not_finer_than_the_meter(step: float) -> None:
    frame = tube(60)
    coarse = np.round(frame.columns["tube_housing_temp_c"] / step) * step
    frame = frame._replace(columns={**frame.columns, "tube_housing_temp_c": coarse})
    verdicts = list(replay(TUBE.within({}, accuracy=step), frame))
    bands = [v.high - v.low for v in verdicts if v.high is not None and v.low is not None]
    assert len(bands) > 30
    assert min(bands) >= 2 * step - 1e-9
    assert not any(v.alarm for v in verdicts)
