"""From a sensor that fails to the alert of a shipped rule, on a timeline, with the real detectors."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from alerts.detection import Detection
from alerts.detection.instance import settings_digest
from alerts.detection.targets import detector_targets
from alerts.evaluation.engine import AlertEngine
from alerts.notification.language import words_for
from alerts.notification.verdict_message import explain
from collectors.base import to_batch, validated
from core.readings import Event, Reading
from core.schema.load import load_site
from core.time.clock import DAY, HOUR, MINUTE
from storage.detector_models.store import ModelStore
from storage.records import Alert, Records, Verdict
from storage.records import alerts as alert_rows
from storage.records import verdicts as verdict_rows
from storage.series import SeriesReader, SeriesWriter
from tests.storage.tables import made

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


class ScannerSite:
    """Two scanners, each with one probe and with `up`, their stores and the services that judge them."""

    def __init__(self, folder: Path) -> None:
        (folder / "site.yaml").write_text(SITE.replace("FOLDER", str(folder)))
        self.site = load_site(folder / "site.yaml")
        self.writer = SeriesWriter(self.site.series_path)
        series = SeriesReader(self.site.series_path)
        self.records = made(Records(self.site.records_url))
        models = ModelStore(self.site.models_path)
        self.engine = AlertEngine(self.site, series, self.records)
        self.detection = Detection(self.site, series, self.records, models)

    def show(
        self, device: str, begin: int, end: int, value: float | None = None, every: int = STEP
    ) -> None:
        """What the probe answers: `value`, or something lively."""
        profiled = self.site.devices[device]
        self._keep(
            validated(
                profiled, METRIC[device], 30 + at // STEP % 7 / 10 if value is None else value, at
            )
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
        self.writer.append([to_batch(answers)])
        while self.writer.compact(everything=True):
            pass

    def open(self, now: int) -> set[tuple[str, str]]:
        """Device and rule of all that sounds when everything until now has been judged."""
        while self.detection.step(now):
            pass
        while self.engine.step() or self.engine.step_verdicts():
            pass
        self.engine.tick(now)
        return {(alert.device, alert.rule) for alert in self.alerts() if alert.state == "firing"}

    def alerts(self) -> list[Alert]:
        with self.records.reading() as db:
            return alert_rows.alerts_since(db, 0)

    def verdicts(self, device: str) -> list[Verdict]:
        with self.records.reading() as db:
            return verdict_rows.verdicts_of(db, device, 0, T0 + 1000 * DAY)


@pytest.fixture
def scanners(tmp_path: Path) -> Iterator[ScannerSite]:
    site = ScannerSite(tmp_path)
    yield site
    site.detection.close()
    site.writer.close()
    site.records.close()


def test_a_stuck_probe_sounds_until_it_moves_again(scanners: ScannerSite) -> None:
    stuck, moves = T0 + 3 * DAY, T0 + 7 * DAY
    scanners.up(T0, moves + HOUR)
    scanners.show("ct-1", T0, stuck)
    scanners.show("ct-1", stuck, moves, 31.55)
    assert scanners.open(stuck + 2 * DAY) == set()
    assert scanners.open(moves) == {("ct-1", "tube_sensor")}
    first = next(v for v in scanners.verdicts("ct-1") if v.kind == "stuck")
    assert (
        explain(first, "°C", words_for(scanners.site, ""))[0]
        == "The sensor stands still at 31.55 °C"
    )
    scanners.show("ct-1", moves, moves + HOUR)
    assert scanners.open(moves + HOUR) == set()
    [alert] = scanners.alerts()
    assert alert.severity == "info"
    assert moves < (alert.ended_at or 0) <= moves + HOUR


def test_a_probe_whose_answers_are_all_refused_is_impossible_within_the_hour(
    scanners: ScannerSite,
) -> None:
    broken, well = T0 + 2 * DAY, T0 + 2 * DAY + 6 * HOUR
    scanners.up(T0, well + HOUR)
    scanners.show("ct-1", T0, broken)
    scanners.show("ct-1", broken, well, -999.0)
    assert scanners.open(broken + 20 * MINUTE) == set()
    assert scanners.open(broken + HOUR) == {("ct-1", "tube_sensor")}
    last = scanners.verdicts("ct-1")[-1]
    assert (last.kind, last.since) == ("impossible", broken)
    scanners.show("ct-1", well, well + HOUR)
    assert scanners.open(well + HOUR) == set()


def test_a_probe_in_fahrenheit_is_named_as_such_while_it_lasts(scanners: ScannerSite) -> None:
    broken, end = T0 + 2 * DAY, T0 + 5 * DAY
    scanners.up(T0, end)
    scanners.show("mri-1", T0, broken, 32.0)
    scanners.show("mri-1", broken, end, 89.6)
    scanners.open(end)
    last = scanners.verdicts("mri-1")[-1]
    assert (last.kind, last.reason) == ("impossible", "looks like Fahrenheit")
    days = [v for v in scanners.verdicts("mri-1") if v.at > broken + HOUR]
    assert {(v.kind, v.reason) for v in days} == {("impossible", "looks like Fahrenheit")}
    assert "Why: looks like Fahrenheit" in explain(last, "°C", words_for(scanners.site, ""))


def test_a_few_refused_answers_among_good_ones_are_no_news(scanners: ScannerSite) -> None:
    end = T0 + 2 * DAY
    scanners.up(T0, end)
    scanners.show("ct-1", T0, end)
    scanners.show("ct-1", T0 + MINUTE, end, 999.0, every=7 * STEP)
    assert scanners.open(end) == set()
    assert scanners.verdicts("ct-1")[-1].kind == "learning"


def test_a_silent_probe_is_told_once_by_whichever_rule_its_profile_has(
    scanners: ScannerSite,
) -> None:
    silent, speaks = T0 + 3 * DAY, T0 + 8 * DAY
    scanners.up(T0, speaks + HOUR)
    for device in METRIC:
        scanners.show(device, T0, silent)
    assert scanners.open(speaks) == {("ct-1", "tube_sensor"), ("mri-1", "magnet_temp_lost")}
    assert scanners.verdicts("mri-1")[-1].kind == "absent"
    for device in METRIC:
        scanners.show(device, speaks, speaks + HOUR)
    assert scanners.open(speaks + HOUR) == set()
    about_probes = ("tube_sensor", "magnet_temp_lost")
    fired = [alert.rule for alert in scanners.alerts() if alert.rule in about_probes]
    assert sorted(fired) == ["magnet_temp_lost", "tube_sensor"]


def test_a_silent_device_is_told_by_its_up_and_not_by_its_sensor_too(scanners: ScannerSite) -> None:
    silent, answers = T0 + 2 * DAY, T0 + 7 * DAY
    scanners.up(T0, silent)
    scanners.show("ct-1", T0, silent)
    scanners.answer(["mri-1"], silent, answers)
    assert scanners.open(answers) == {("ct-1", "silent")}
    assert scanners.verdicts("ct-1")[-1].kind == "absent"
    scanners.up(answers, answers + 2 * DAY)
    assert scanners.open(answers + 2 * DAY) == {("ct-1", "tube_sensor")}, (
        "all but its probe is back"
    )


def test_a_night_without_scanward_accuses_no_sensor(scanners: ScannerSite) -> None:
    off, on = T0 + 22 * DAY, T0 + 22 * DAY + 14 * HOUR
    scanners.up(T0, off)
    scanners.show("ct-1", T0, off)
    scanners.open(off)
    assert scanners.open(on) == set(), "nothing has come yet"
    scanners.up(on, on + 4 * HOUR)
    scanners.show("ct-1", on, on + 4 * HOUR)
    assert scanners.open(on + 4 * HOUR) == set()
    assert "absent" in {verdict.kind for verdict in scanners.verdicts("ct-1")}
    assert scanners.alerts() == []


def test_what_can_be_true_comes_from_whoever_tells_the_column(scanners: ScannerSite) -> None:
    recorded = [("ct-1", "tube_housing_temp_c", ""), ("ct-1", "room_temp_c", "")]
    recorded += [("mri-1", "mains_power_w", "")]
    [tube] = [
        target
        for target in detector_targets(scanners.site, recorded)
        if target.settings.id == "tube_cooling"
    ]
    assert tube.settings.plausible == {
        "tube_housing_temp_c": (-10.0, 120.0),
        "room_temp_c": (-20.0, 60.0),
        "scan_load": (0.0, 300_000.0),
    }


def test_another_range_does_not_throw_away_what_was_learned(scanners: ScannerSite) -> None:
    [tube] = detector_targets(scanners.site, [("ct-1", "tube_housing_temp_c", "")])
    other = replace(tube, settings=tube.settings.model_copy(update={"plausible": {}}))
    assert other != tube
    assert settings_digest(other) == settings_digest(tube)
