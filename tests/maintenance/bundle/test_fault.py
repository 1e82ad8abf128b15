"""A fault that began before the window is the fault all the same, with what was around its beginning."""

import csv
import re
from pathlib import Path

from core.readings import Event, Reading
from core.time.clock import DAY, HOUR, MINUTE, iso
from core.vocabulary.severity import Severity
from maintenance.bundle.content import BundleRequest
from maintenance.bundle.make import find_fault, make
from storage.records import Alert
from storage.series import SeriesReader
from tests.maintenance.bundle.cast import END, FIVE_MB, KEY, T0, opened, unzipped


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
