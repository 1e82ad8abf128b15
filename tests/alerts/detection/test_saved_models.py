"""Model files that the version before the folders' renames wrote: one a kind, gone on with as they are.

They are from its demo (`chiller-9`: fed by a script). The keys in a file are its format; a name in the
code may change, a key may not, or an installation would learn for weeks what it knew already.
"""

import logging
import shutil
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from alerts.detection.backend import BACKEND
from alerts.detection.instance import DetectorInstance, settings_digest
from alerts.detection.load import load_instance, save_instance
from alerts.detection.targets import DetectorTarget, FeatureColumn
from alerts.detectors.base import CELL, DetectorVerdict, Frame
from core.schema.detector import Detector
from core.vocabulary.evidence import Evidence
from storage.detector_models.store import ModelStore

CASES = Path(__file__).parents[2] / "cases" / "detector_models"
ZONE = ZoneInfo("Asia/Kabul")
WEATHER = (("outdoor", "outdoor_temp_c", ""),)


def target(device: str, settings: Detector, **columns: FeatureColumn) -> DetectorTarget:
    """Columns that are not given are the device's own metrics of that name."""
    names = (settings.metric, *settings.context, *settings.beside)
    own = {name: FeatureColumn(((device, name, ""),)) for name in names}
    return DetectorTarget(device, "", settings, own | columns, ())


ROOM = target(
    "room-server",
    Detector(
        id="room_cooling", kind="drift", metric="room_temp_c", worth=0.7, sided="up",
        context={"outdoor_temp_c": "outdoor_temp_c", "scan_load": "mains_power_w"},
    ),
    outdoor_temp_c=FeatureColumn(WEATHER),
)  # fmt: skip
del ROOM.columns["scan_load"]  # no device near it has one
HELIUM = target(
    "mri-2",
    Detector(
        id="helium_loss", kind="depletion", metric="helium_level_pct", worth=0.03, sided="down",
        context={"scan_load": "mains_power_w", "room_temp_c": "room_temp_c",
                 "outdoor_temp_c": "outdoor_temp_c"},
    ),
    scan_load=FeatureColumn((("mri-2", "mains_power_w", "line"),)),
    outdoor_temp_c=FeatureColumn(WEATHER),
)  # fmt: skip
FREQUENCY = target(
    "mri-1",
    Detector(
        id="magnet_frequency", kind="frequency", metric="imaging_frequency_hz", worth=500.0,
        context={"magnet_temp_c": "magnet_temp_c"},
    ),
)  # fmt: skip
ARCS = target(
    "ct-2",
    Detector(
        id="tube_arcs", kind="counts", metric="tube_arc_count", events="tube_arc", worth=2.0,
        per="tube_scan_s",
    ),
    tube_arc_count=FeatureColumn((("ct-2", "up", "logfile"),), events="tube_arc"),
    tube_scan_s=FeatureColumn((("ct-2", "tube_scan_s", ""),)),
)  # fmt: skip
LOOP = target(
    "chiller-9",
    Detector(
        id="water_loop", kind="multivariate", metric="flow_lpm",
        beside=["pressure_bar", "temperature_c"],
    ),
)  # fmt: skip
# What the old version said next, of the last day of rows in the file once more.
NEXT = {
    ROOM.key: DetectorVerdict(
        1795894200000, "normal", 0.0, False, 20.83513888888889, 21.060321675713638,
        20.591200184419147, 21.52944316700813, ("gain",),
    ),
    HELIUM.key: DetectorVerdict(
        1795894200000, "anomaly", 1.0, True, 61.35818965517241, 63.09844559583649,
        63.064254875840646, 63.13263631583233, ("rate",), 1794641100000,
        evidence=(Evidence("rate", (-0.03997221427149976, -0.15996113237330478)),),
    ),
    FREQUENCY.key: DetectorVerdict(
        1795894200000, "normal", 0.0, False, 14899998.0, 14900010.689789122,
        14899510.689789122, 14900510.689789122,
    ),
    ARCS.key: DetectorVerdict(
        1795894200000, "normal", 0.0, False, 0.0, 0.19640283782285775, 0.0, 3.0,
        ("tube_arc_count",),
    ),
    LOOP.key: DetectorVerdict(
        1790476200000, "normal", 0.0, False, 32.51502344662816, 32.0932362826848,
        30.746056812880354, 33.440415752489244,
    ),
}  # fmt: skip
TARGETS = [ROOM, HELIUM, FREQUENCY, ARCS, LOOP]


@pytest.fixture
def models(tmp_path: Path) -> ModelStore:
    """The files as an installation has them: nobody else may write them."""
    folder = tmp_path / "models"
    shutil.copytree(CASES, folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return ModelStore(folder)


def loaded(models: ModelStore, target: DetectorTarget) -> DetectorInstance:
    return load_instance(models, BACKEND, target, ZONE, 0.0) or pytest.fail("it learns anew")


def same(first: Any, second: Any) -> bool:
    if isinstance(first, np.ndarray):
        return bool(np.array_equal(first, second, equal_nan=first.dtype.kind == "f"))
    if isinstance(first, dict):
        return first.keys() == second.keys() and all(same(first[k], second[k]) for k in first)
    if isinstance(first, list):
        return len(first) == len(second) and all(map(same, first, second))
    return bool(first == second or (first != first and second != second))  # NaN: no value yet


def holds(state: Any, saved: Any) -> bool:
    """Is all that was saved in the state? A model may have learned to say more since."""
    if isinstance(saved, dict):
        return all(key in state and holds(state[key], saved[key]) for key in saved)
    return same(state, saved)


def a_day_more(state: dict[str, Any], fed_until: int) -> Frame:
    """The last day of rows that the file has, once more after the time until which it was fed."""
    kept = state.get("rows") or state["cells"]
    at = fed_until + np.arange(144, dtype=np.int64) * CELL
    return Frame(at, {name: values[-144:] for name, values in kept["columns"].items()})


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: str(target.settings.kind))
def test_an_old_file_is_of_the_same_settings_and_nothing_of_it_is_lost(
    models: ModelStore, target: DetectorTarget, caplog: pytest.LogCaptureFixture
) -> None:
    card, saved = models.load(*target.key) or pytest.fail("no file")
    with caplog.at_level(logging.INFO):
        instance = loaded(models, target)
    assert not caplog.records
    assert instance.card == card
    assert card.settings == settings_digest(target)
    state = instance.runner.state()
    assert holds(state, {key: saved[key] for key in state})
    unused = {key for key in saved if key not in state}
    assert unused <= {"rows", "grid", "cells", "sensors", "day", "days", "model"}


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: str(target.settings.kind))
def test_an_old_model_says_what_it_would_have_said(
    models: ModelStore, target: DetectorTarget
) -> None:
    instance = loaded(models, target)
    rows = a_day_more(instance.runner.state(), instance.fed_until)
    last = instance.runner.feed(rows)[-1]
    numbers = ("score", "value", "expected", "low", "high")
    for name in DetectorVerdict.__slots__:
        value = getattr(NEXT[target.key], name)
        expected = pytest.approx(value, rel=1e-9) if name in numbers else value
        assert getattr(last, name) == expected, name


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: str(target.settings.kind))
def test_an_old_file_that_is_saved_again_can_be_loaded_again(
    models: ModelStore, target: DetectorTarget
) -> None:
    instance = loaded(models, target)
    save_instance(models, instance)
    again = loaded(models, target)
    assert again.card == instance.card
    assert same(again.runner.state(), instance.runner.state())


def test_a_file_of_an_unknown_form_is_learned_anew_and_that_is_said(
    models: ModelStore, caplog: pytest.LogCaptureFixture
) -> None:
    card, saved = models.load(*ROOM.key) or pytest.fail("no file")
    del saved["model"]["expectation"]
    models.save(card, saved)
    assert load_instance(models, BACKEND, ROOM, ZONE, 0.0) is None
    assert "detector room_cooling of room-server is learned anew" in caplog.text
    assert models.load(*ROOM.key) is None
