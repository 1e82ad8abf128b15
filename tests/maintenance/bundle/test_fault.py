"""A fault that began before the window is the fault all the same, with what was around its beginning."""

import csv
import json
import re
from pathlib import Path

from core.readings import Event, Reading
from core.schema.metric import Metric
from core.time.clock import DAY, HOUR, MINUTE, iso
from core.vocabulary.severity import Severity
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.format import quantity
from maintenance.bundle.make import find_fault, make
from storage.records import Alert, Verdict
from storage.series import SeriesReader
from tests.maintenance.bundle.cast import END, FAULT, FIVE_MB, KEY, T0, a_day, opened, unzipped


def rows(files: dict[str, bytes], name: str) -> list[dict[str, str]]:
    return list(csv.DictReader(files[name].decode().splitlines()))


def test_an_alert_that_has_fired_for_long_is_the_fault(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    began = END - 11 * DAY
    for at in range(began - DAY, END, 12 * HOUR):
        centre.hear(Reading("ct-2", "tube_temp_c", 48 if at < began else 71.25, at + HOUR))
    centre.say(Event("ct-2", "fan", "The fan stopped", began - MINUTE, "error"))
    with centre.records.writing() as db:
        db.add(_alert(began, None, "error"))
        db.add(_alert(END - HOUR, END - MINUTE, "warning"))
        db.add(_alert(END - 30 * DAY, END - 20 * DAY, "critical"))
        db.add(_alert(END - 9 * DAY, END - HOUR, "critical"))
    for hours in (24, 72, 168):
        start = END - hours * HOUR
        fault = find_fault(centre.records, "ct-2", start, END)
        assert fault == began
        ask = BundleRequest("ct-2", start, END, END, fault)
        made = make(
            centre.site, SeriesReader(centre.site.series_path), centre.records, ask, KEY, FIVE_MB
        )
        files = unzipped(made.data)
        page = files["index.html"].decode()
        assert "No alert of this device" not in page
        assert '<div class="fault error"><b>The tube is hot</b><p>Error, began 2025-12-22' in page
        before, after = re.findall(r'<td class="n w">([^<]*)</td>', page)
        assert before.startswith("48")
        assert after.startswith("71.25")
        assert "The device when the fault began" in page
        assert [row["text"] for row in rows(files, "events.csv")] == ["The fan stopped"]
        times = [row["time_utc"] for row in rows(files, "readings/ct-2.csv")]
        assert times == sorted(set(times))
        assert times[0] == iso(began - DAY + HOUR)
    centre.series.close()
    centre.records.close()


def _alert(began: int, ended: int | None, severity: Severity) -> Alert:
    return Alert(
        device="ct-2", component="", rule="tube_hot", title="The tube is hot", severity=severity,
        metric="tube_temp_c", state="firing" if ended is None else "ok", began_at=began,
        fired_at=began, ended_at=ended, limit=60, value=71.25,
    )  # fmt: skip


def test_a_fault_shortly_before_the_window_joins_it() -> None:
    assert BundleRequest("ct-2", T0, END, END, T0 - HOUR).spans() == [(T0 - 25 * HOUR, END)]
    assert BundleRequest("ct-2", T0, END, END, T0).spans() == [(T0, END)]
    assert BundleRequest("ct-2", T0, END, END).spans() == [(T0, END)]


def test_an_alert_that_ended_in_the_window_is_in_its_first_words(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    with centre.records.writing() as db:
        db.add(_alert(T0 - HOUR, T0 + HOUR, "error"))
    assert find_fault(centre.records, "ct-2", T0, END) is None
    page = unzipped(centre.made(fault=None).data)["index.html"].decode()
    assert "No alert of this device" not in page
    assert "1 h before this file begins; over" in page
    centre.series.close()
    centre.records.close()


def test_what_was_just_before_and_after_is_there_however_far_and_however_small_the_file(
    tmp_path: Path,
) -> None:
    """Months ago; one value was read by hand weeks before it, one only long after."""
    centre = opened(tmp_path)
    began = END - 100 * DAY
    centre.hear(Reading("ct-2", "secret_count", 7, began - 40 * DAY))
    for at in range(began - 2 * DAY, END, HOUR):
        centre.hear(Reading("ct-2", "tube_temp_c", 48.5 if at < began else 71.25, at + MINUTE))
    centre.hear(Reading("ups-1", "load_pct", 33, began + 3 * DAY))
    while centre.series.compact(everything=True):
        pass
    ask = BundleRequest("ct-2", END - DAY, END, END, began)
    store = SeriesReader(centre.site.series_path)
    for largest in (FIVE_MB, 1):
        made = make(centre.site, store, centre.records, ask, KEY, largest)
        files = unzipped(made.data)
        page = files["index.html"].decode()
        beside = re.findall(r'<td class="n w">([^<]*)</td>', page)
        assert {text.split("\u202f")[0].split(" ")[0] for text in beside} >= {
            "48.5",
            "71.25",
            "7",
            "33",
        }
        assert "between them roll-ups" in page
        rolled = rows(files, "rollups/ct-2.csv")
        assert len({row["time_utc"] for row in rolled if row["metric"] == "tube_temp_c"}) > 25
    assert len(made.data) < 40_000
    assert begins(files) == iso(began - DAY)
    centre.series.close()
    centre.records.close()


def begins(files: dict[str, bytes]) -> str:
    """When the stated time of a bundle begins."""
    text: str = json.loads(files["manifest.json"])["from_utc"]
    return text


def test_what_a_detector_expected_stands_against_what_was(tmp_path: Path) -> None:
    centre = opened(tmp_path)
    a_day(centre)
    with centre.records.writing() as db:
        db.add(_verdict(FAULT - 20 * DAY, 43.0, alarm=False))
        db.add(_verdict(FAULT + HOUR, 71.5, alarm=True))
    page = unzipped(centre.made().data)["index.html"].decode()
    assert "<h2>Expected and actual</h2>" in page
    assert (
        "<i style=" in page.split("Expected and actual")[1].split("<svg")[0]
    )  # which line is which
    centre.series.close()
    centre.records.close()


def _verdict(at: int, value: float, *, alarm: bool) -> Verdict:
    return Verdict(
        device="ct-2", component="", detector="tube", at=at, kind="anomaly", score=0.9, alarm=alarm,
        value=value, expected=44.0, low=40.0, high=48.0,
    )  # fmt: skip


def test_seconds_of_months_are_said_in_days() -> None:
    metric = Metric(title="Running since", unit="s")
    assert quantity(22_811_950, metric).endswith("s (264 d)")
    assert quantity(900, metric).endswith("s")
