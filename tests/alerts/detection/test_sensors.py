"""From a sensor that fails to the alert of a shipped rule, on a timeline, with the real detectors."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.detection import Detection
from alerts.detection.instance import settings_digest
from alerts.detection.targets import places
from alerts.evaluation.engine import AlertEngine
from alerts.notification.message import explain
from collectors.base import judged, sorted_out
from core.readings import Event, Reading
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, MINUTE
from storage.detector_models.store import ModelStore
from storage.records import Alert, Records, Verdict
from storage.records import alerts as alert_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader, SeriesWriter

T0 = 1_760_000_400_000 // DAY * DAY
STEP = 10 * MINUTE

SITE = """
id: test
name: Test
zone: Asia/Kabul
storage: {folder: FOLDER}
broker: {host: 127.0.0.1}
devices:
  - {id: ct-1, name: CT, profile: toshiba-aquilion-cx, sources: [{kind: mqtt, topic: ct}]}
  - {id: mri-1, name: MRI, profile: siemens-magnetom-c, sources: [{kind: mqtt, topic: mri}]}
"""
METRIC = {"ct-1": "tube_housing_temp_c", "mri-1": "magnet_temp_c"}


class Watched:
    """Two scanners, each with one probe and with `up`, and everything that watches them."""

    def __init__(self, folder: Path) -> None:
        (folder / "site.yaml").write_text(SITE.replace("FOLDER", str(folder)))
        self.site = load_site(folder / "site.yaml")
        self.writer = SeriesWriter(self.site.series_path)
        series = SeriesReader(self.site.series_path)
        self.records = Records(self.site.records_url)
        self.records.upgrade()
        models = ModelStore(self.site.models_path)
        self.engine = AlertEngine(self.site, series, self.records)
        self.detection = Detection(self.site, series, self.records, models)

    def show(
        self, device: str, begin: int, end: int, value: float | None = None, every: int = STEP
    ) -> None:
        """What the probe answers: `value`, or something lively."""
        told = self.site.devices[device]
        self._keep(
            judged(told, METRIC[device], 30 + at // STEP % 7 / 10 if value is None else value, at)
            for at in range(begin, end, every)
        )

    def up(self, begin: int, end: int) -> None:
        """Both devices answer, until the end of that time and with it."""
        self.answer(list(METRIC), begin, end)

    def answer(self, devices: list[str], begin: int, end: int) -> None:
        """These answer, whatever their probes do."""
        for device in devices:
            self._keep(Reading(device, "up", 1.0, at, "mqtt") for at in range(begin, end + 1, STEP))

    def _keep(self, answers: Iterable[Reading | Event | None]) -> None:
        self.writer.append([sorted_out(answers)])
        while self.writer.seal(everything=True):
            pass

    def open(self, now: int) -> set[tuple[str, str]]:
        """Device and rule of all that sounds when everything until now has been judged."""
        while self.detection.step(now):
            pass
        while self.engine.step() or self.engine.step_verdicts():
            pass
        self.engine.tick(now)
        return {(one.device, one.rule) for one in self.alerts() if one.state == "firing"}

    def alerts(self) -> list[Alert]:
        with self.records.reading() as db:
            return alert_rows.alerts_since(db, 0)

    def verdicts(self, device: str) -> list[Verdict]:
        with self.records.reading() as db:
            return verdict_rows.verdicts_of(db, device, 0, T0 + 1000 * DAY)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    one = Watched(tmp_path)
    yield one
    one.detection.close()
    one.writer.close()
    one.records.close()


def test_a_stuck_probe_sounds_until_it_moves_again(watched: Watched) -> None:
    stuck, moves = T0 + 3 * DAY, T0 + 7 * DAY
    watched.up(T0, moves + HOUR)
    watched.show("ct-1", T0, stuck)
    watched.show("ct-1", stuck, moves, 31.55)
    assert watched.open(stuck + 2 * DAY) == set()
    assert watched.open(moves) == {("ct-1", "tube_sensor")}
    first = next(one for one in watched.verdicts("ct-1") if one.kind == "stuck")
    assert explain(first, "°C", watched.site.zone)[0] == "The sensor stands still at 31.55 °C"
    watched.show("ct-1", moves, moves + HOUR)
    assert watched.open(moves + HOUR) == set()
    [alert] = watched.alerts()
    assert alert.severity == "info"
    assert moves < (alert.ended_at or 0) <= moves + HOUR


def test_a_probe_whose_answers_are_all_refused_is_impossible_within_the_hour(
    watched: Watched,
) -> None:
    broken, well = T0 + 2 * DAY, T0 + 2 * DAY + 6 * HOUR
    watched.up(T0, well + HOUR)
    watched.show("ct-1", T0, broken)
    watched.show("ct-1", broken, well, -999.0)
    assert watched.open(broken + 20 * MINUTE) == set()
    assert watched.open(broken + HOUR) == {("ct-1", "tube_sensor")}
    told = watched.verdicts("ct-1")[-1]
    assert (told.kind, told.since) == ("impossible", broken)
    watched.show("ct-1", well, well + HOUR)
    assert watched.open(well + HOUR) == set()


def test_a_few_refused_answers_among_good_ones_are_no_news(watched: Watched) -> None:
    end = T0 + 2 * DAY
    watched.up(T0, end)
    watched.show("ct-1", T0, end)
    watched.show("ct-1", T0 + MINUTE, end, 999.0, every=7 * STEP)
    assert watched.open(end) == set()
    assert watched.verdicts("ct-1")[-1].kind == "learning"


def test_a_silent_probe_is_told_once_by_whichever_rule_its_profile_has(watched: Watched) -> None:
    silent, speaks = T0 + 3 * DAY, T0 + 8 * DAY
    watched.up(T0, speaks + HOUR)
    for device in METRIC:
        watched.show(device, T0, silent)
    assert watched.open(speaks) == {("ct-1", "tube_sensor"), ("mri-1", "magnet_temp_lost")}
    assert watched.verdicts("mri-1")[-1].kind == "absent"
    for device in METRIC:
        watched.show(device, speaks, speaks + HOUR)
    assert watched.open(speaks + HOUR) == set()
    assert len(watched.alerts()) == 2


def test_a_silent_device_is_told_by_its_up_and_not_by_its_sensor_too(watched: Watched) -> None:
    silent, answers = T0 + 2 * DAY, T0 + 7 * DAY
    watched.up(T0, silent)
    watched.show("ct-1", T0, silent)
    watched.answer(["mri-1"], silent, answers)
    assert watched.open(answers) == {("ct-1", "silent")}
    assert watched.verdicts("ct-1")[-1].kind == "absent"
    watched.up(answers, answers + 2 * DAY)
    assert watched.open(answers + 2 * DAY) == {("ct-1", "tube_sensor")}, "all but its probe is back"


def test_a_night_without_scanward_accuses_no_sensor(watched: Watched) -> None:
    off, on = T0 + 22 * DAY, T0 + 22 * DAY + 14 * HOUR
    watched.up(T0, off)
    watched.show("ct-1", T0, off)
    watched.open(off)
    assert watched.open(on) == set(), "nothing has come yet"
    watched.up(on, on + 4 * HOUR)
    watched.show("ct-1", on, on + 4 * HOUR)
    assert watched.open(on + 4 * HOUR) == set()
    assert "absent" in {one.kind for one in watched.verdicts("ct-1")}
    assert watched.alerts() == []


def test_what_can_be_true_comes_from_whoever_tells_the_column(watched: Watched) -> None:
    heard = [("ct-1", "tube_housing_temp_c", ""), ("ct-1", "room_temp_c", "")]
    heard += [("mri-1", "mains_power_w", "")]
    [tube] = [one for one in places(watched.site, heard) if one.settings.id == "tube_cooling"]
    assert tube.settings.plausible == {
        "tube_housing_temp_c": (-10.0, 120.0),
        "room_temp_c": (-20.0, 60.0),
        "scan_load": (0.0, 300_000.0),
    }


def test_another_range_does_not_throw_away_what_was_learned(watched: Watched) -> None:
    [tube] = places(watched.site, [("ct-1", "tube_housing_temp_c", "")])
    other = replace(tube, settings=tube.settings.model_copy(update={"plausible": {}}))
    assert other != tube
    assert settings_digest(other) == settings_digest(tube)
