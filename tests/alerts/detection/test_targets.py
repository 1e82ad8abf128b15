"""Where a detector finds what it follows, and the rows that come of it."""

from pathlib import Path

import numpy as np
import pytest

from alerts.detection.features import frames
from alerts.detection.targets import DetectorTarget, SeriesName, detector_targets
from alerts.detectors.base import CELL
from core.readings import Batch, Reading
from core.schema.load import load_site
from core.schema.site import Site
from core.time.clock import HOUR
from storage.series import SeriesReader, SeriesWriter

T0 = 1_760_000_400_000

PROFILES = {
    "tube": """
title: Tube
metrics:
  tube_temp_c: {title: Tube}
  water_in_c: {title: In}
  water_out_c: {title: Out}
  water_warming_k: {title: Warming}
  room_temp_c: {title: Room}
  scan_s: {title: Scanned, kind: counter}
  mains_w: {title: Mains}
  load_kj: {title: Load, every: 1h}
detectors:
  - {id: tube, kind: drift, metric: tube_temp_c,
     context: {room: room_temp_c, load: scan_s, outdoor: outdoor_temp_c}}
  - {id: heat, kind: drift, metric: tube_temp_c, context: {load: [mains_w, load_kj]}}
  - {id: water, kind: drift, metric: water_warming_k, of: water_out_c, less: water_in_c}
rules:
  - {id: hot, title: Hot, metric: tube_temp_c, above: 55, severity: error, basis: engineering}
""",
    "sensor": """
title: Sensor
metrics: {room_temp_c: {title: Room}, outdoor_temp_c: {title: Outdoor}}
""",
}

SITE = """
id: test
name: Test
zone: Asia/Kabul
devices:
  - {id: ct, name: CT, profile: tube, room: CT room, depends_on: [chiller]}
  - {id: room, name: Room, profile: sensor, room: CT room}
  - {id: chiller, name: Chiller, profile: sensor, room: Roof}
  - {id: roof, name: Roof, profile: sensor, room: Roof}
"""


@pytest.fixture
def site(tmp_path: Path) -> Site:
    (tmp_path / "profiles").mkdir()
    for name, text in PROFILES.items():
        (tmp_path / "profiles" / f"{name}.yaml").write_text(text)
    (tmp_path / "site.yaml").write_text(SITE)
    return load_site(tmp_path / "site.yaml")


def tube(site: Site, *recorded: SeriesName, detector: str = "tube") -> DetectorTarget:
    [target] = [
        target for target in detector_targets(site, recorded) if target.settings.id == detector
    ]
    return target


TUBE = ("ct", "tube_temp_c", "")


@pytest.mark.parametrize(
    ("recorded", "source"),
    [
        ([("ct", "room_temp_c", ""), ("room", "room_temp_c", "")], "ct"),
        ([("room", "room_temp_c", ""), ("chiller", "room_temp_c", "")], "room"),
        ([("chiller", "room_temp_c", ""), ("roof", "room_temp_c", "")], "chiller"),
        ([("roof", "room_temp_c", "")], "roof"),
    ],
)
def test_context_is_looked_for_from_near_to_far(
    site: Site, recorded: list[SeriesName], source: str
) -> None:
    column = tube(site, TUBE, *recorded).columns["room"]
    assert [name[0] for name in column.series] == [source]


def test_what_several_have_and_none_is_near_is_left_out(site: Site) -> None:
    far = [("roof", "outdoor_temp_c", ""), ("room", "outdoor_temp_c", "")]
    assert "outdoor" in tube(site, TUBE, far[0]).columns
    target = tube(site, TUBE)
    assert target.columns.keys() == {"tube_temp_c"}
    assert [limit.value for limit in target.limits] == [55.0]


def test_each_component_is_watched_by_itself_with_its_own_context(site: Site) -> None:
    recorded = [("ct", "tube_temp_c", "a"), ("ct", "tube_temp_c", "b"), ("ct", "room_temp_c", "b"),
             ("ct", "room_temp_c", "c")]  # fmt: skip
    rooms = {
        target.component: target.columns["room"].series
        for target in detector_targets(site, recorded)
        if target.settings.id == "tube"
    }
    assert rooms == {
        "a": (("ct", "room_temp_c", "b"), ("ct", "room_temp_c", "c")),
        "b": (("ct", "room_temp_c", "b"),),
    }


MAINS, LOAD = ("ct", "mains_w", ""), ("ct", "load_kj", "dicom")


@pytest.mark.parametrize(
    ("recorded", "source"),
    [([MAINS, LOAD], MAINS), ([LOAD], LOAD), ([MAINS], MAINS), ([], None)],
)
def test_of_several_sources_the_first_that_anybody_tells_is_taken(
    site: Site, recorded: list[SeriesName], source: SeriesName | None
) -> None:
    target = tube(site, TUBE, *recorded, detector="heat")
    column = target.columns.get("load")
    assert (column.series if column else None) == (source and (source,))


def test_what_is_told_once_an_hour_is_of_the_hour_before_it(site: Site, tmp_path: Path) -> None:
    start = T0 // HOUR * HOUR
    writer = SeriesWriter(tmp_path / "series.db")
    loads = [(0, 40.0), (1, 50.0), (3, 70.0)]  # nothing was told of the hour after one o'clock
    readings = [Reading("ct", "load_kj", value, start + n * HOUR, "dicom") for n, value in loads]
    readings += [Reading("ct", "tube_temp_c", 30.0, start)]
    writer.append([Batch(readings)])
    writer.close()
    target = tube(site, TUBE, LOAD, detector="heat")
    assert (target.told_after, tube(site, TUBE, LOAD).told_after) == (HOUR, 0)
    [rows] = frames(SeriesReader(tmp_path / "series.db"), [target], start - CELL, start + 3 * HOUR)
    assert rows.columns["load"].tolist() == pytest.approx(
        [40.0] + [50.0] * 6 + [np.nan] * 6 + [70.0] * 6, nan_ok=True
    )
    assert rows.columns["tube_temp_c"].tolist()[2:] == pytest.approx([np.nan] * 17, nan_ok=True)
    [cell] = frames(SeriesReader(tmp_path / "series.db"), [target], start, start + CELL)
    assert cell.columns["load"].tolist() == [50.0]  # as the running service asks, a cell at a time


def test_a_difference_needs_both(site: Site) -> None:
    assert detector_targets(site, [("ct", "water_out_c", "")]) == []
    [target] = detector_targets(site, [("ct", "water_out_c", ""), ("ct", "water_in_c", "")])
    assert target.columns["water_warming_k"].less == (("ct", "water_in_c", ""),)


def test_rows_are_means_differences_and_rates_and_gaps_are_no_zeros(
    site: Site, tmp_path: Path
) -> None:
    start = T0 // CELL * CELL
    writer = SeriesWriter(tmp_path / "series.db")
    readings = [Reading("ct", "tube_temp_c", 30.0 + n, start + n * 60_000) for n in range(10)]
    readings += [Reading("ct", "tube_temp_c", 40.0, start + 2 * CELL)]
    readings += [Reading("ct", "scan_s", value, start - HOUR + n * HOUR + 5) for n, value in
                 ((0, 100.0), (1, 160.0), (2, 40.0))]  # fmt: skip
    readings += [
        Reading("ct", "water_in_c", 10.0, start),
        Reading("ct", "water_out_c", 12.5, start),
    ]
    writer.append([Batch(readings)])
    series = SeriesReader(tmp_path / "series.db")
    by_detector = {
        columns.settings.id: columns for columns in detector_targets(site, series.names())
    }
    rows, water = frames(
        series, [by_detector["tube"], by_detector["water"]], start, start + 8 * CELL
    )
    assert rows.at.tolist() == [start + n * CELL for n in range(8)]
    values = rows.columns["tube_temp_c"]
    assert values[0] == 34.5
    assert values[2] == 40.0
    assert np.isnan(values[[1, 3, 4]]).all()
    load = rows.columns["load"]
    assert load[:6].tolist() == [0.1, 0, 0, 0, 0, 0]
    assert np.isnan(load[6]), "a counter that falls was set back"
    assert water.columns["water_warming_k"][0] == 2.5
    cut = [
        frames(series, [by_detector["tube"]], at, at + CELL)[0].columns for at in rows.at.tolist()
    ]
    for name, column in rows.columns.items():
        assert np.array_equal(
            np.concatenate([columns[name] for columns in cut]), column, equal_nan=True
        )
    writer.close()
