"""A value out of its limit leaves its trace on the pages: red at once, then an alert on Today with its order."""

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import streamlit as st

from alerts.evaluation.engine import AlertEngine
from collectors.manual.parse import parse
from dashboard import i18n
from dashboard.queries import stores
from storage.records import alerts as alert_rows
from storage.records import manual_readings as manual_rows
from storage.records import work_orders as order_rows
from storage.series import SeriesReader
from tests.dashboard.centre import Centre, build, open_and_well
from tests.dashboard.driving import box, click, field, page, screen, unmarked, whole
from tests.dashboard.sample_work import make_due, order_of, with_plans

NOW = time.time_ns() // 1_000_000
PUBLISHED = ", basis: published, source: Handbook of lasers page 3}"
NOISE = """      - id: noise
        text: Noise of the phantom
        measure: {metric: qa_noise_hu, unit: HU, tolerance_pct: 20}
      - id: air
        text: Air at the outlet
        measure: {metric: qa_air_c, unit: °C, component: outlet, high: 32}
"""
OFFSET = "Largest offset of the lasers"


@pytest.fixture
def centre(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Centre]:
    """The tube's plan names the source of its limit, and has an item with a tolerance."""
    path = with_plans(build(tmp_path))
    plans = tmp_path / "plans" / "tube.yaml"
    text = plans.read_text(encoding="utf-8").rstrip()
    plans.write_text(
        text.replace("high: 2}", f"high: 2{PUBLISHED}") + f"\n{NOISE}", encoding="utf-8"
    )
    monkeypatch.setenv(stores.SITE_VARIABLE, str(path))
    with open_and_well(path, NOW) as centre:
        yield centre


def processes(centre: Centre) -> None:
    """What collector and engine do within seconds."""
    with centre.records.reading() as db:
        rows = manual_rows.pending_manual_readings(db, 0, 100)
        batch = parse(centre.site, rows)
    centre.series.append([batch])
    with centre.records.writing() as db:
        for row in rows:
            db.merge(row).stored_at = NOW
    engine = AlertEngine(centre.site, SeriesReader(centre.site.series_path), centre.records)
    while engine.step():
        pass
    st.cache_data.clear()  # and the seconds for which pages keep what they have read


def saved(value: str) -> str:
    """The page of rounds after a number was typed and saved."""
    test = page("rounds", device="ct-2")
    box(test, OFFSET, value)
    return screen(click(whole(test.run()), "Save 1"))


def test_a_row_is_red_at_once_after_save_with_its_limit_and_source(centre: Centre) -> None:
    shown = saved("3.5")
    assert "3.5" in shown
    assert "is outside at most 2" in shown
    assert "sw-broken" in shown
    assert "Published: Handbook of lasers page 3" in shown
    processes(centre)
    assert "an alert stands until a reading is right" in screen(page("rounds", device="ct-2"))


def test_the_order_of_the_alert_is_opened_beside_the_red_row(centre: Centre) -> None:
    saved("3.5")
    processes(centre)
    click(page("rounds", device="ct-2"), "Open a work order")
    with centre.records.reading() as db:
        [order] = order_rows.orders(db, device="ct-2")
        assert order.alert_id is not None
    links: Any = page("rounds", device="ct-2").get("page_link")
    assert f"Work order {order.id}" in [link.proto.label for link in links]


def test_a_row_that_is_right_is_not_red(centre: Centre) -> None:
    assert "sw-broken" not in saved("2")
    processes(centre)
    assert "Largest offset of the lasers: too high" not in screen(page("today"))


def test_the_alert_stands_on_today_and_its_order_is_opened_there(centre: Centre) -> None:
    saved("3.5")
    processes(centre)
    test = page("today")
    assert re.search(r"CT-2</bdi> · <bdi>3\.5\Wmm, limit 2\Wmm</bdi> · <bdi>since", screen(test))
    click(test, "Open a work order")
    with centre.records.reading() as db:
        [order] = order_rows.orders(db, device="ct-2")
    assert (order.title, order.fault) == ("Largest offset of the lasers: too high", "laser_high")
    again = page("today")
    assert "Open a work order" not in [button.label for button in again.button], "one line, not two"


def test_a_corrected_value_takes_the_red_and_the_alert_away(centre: Centre) -> None:
    saved("35")
    processes(centre)
    test = page("rounds", device="ct-2")
    box(test, "What it should have been", "1.5")
    field(test, "Why", -1).set_value("the point was lost")  # of the alert's silence before it
    test = click(test, "Correct it")
    assert "sw-broken" not in screen(test), "before the collector has it"
    processes(centre)
    assert "sw-broken" not in screen(page("rounds", device="ct-2"))
    assert "Open a work order" not in [button.label for button in page("today").button]


def test_a_tolerance_without_a_baseline_says_so(centre: Centre) -> None:
    shown = screen(page("rounds", device="ct-2"))
    assert "of its baseline, which is not set yet: 0 of 5 readings since the last service" in shown
    number = make_due(centre, NOW)
    assert "which is not set yet: 0 of 5" in screen(page("order", order=number))


def test_an_item_of_an_order_is_red_with_its_source_and_then_on_today_once(centre: Centre) -> None:
    number = make_due(centre, NOW)
    test = click(page("order", order=number), "Start")
    box(test, OFFSET, "3,5")
    test = whole(test.run())
    assert "Outside at most 2" in screen(test)
    assert "Published: Handbook of lasers page 3" in screen(test)
    test = click(test, "Save the answers")
    assert order_of(centre, number).items[1].within is False
    processes(centre)
    assert "Open a work order" in [button.label for button in page("today").button]


def test_a_number_of_a_part_is_judged_as_the_parts(centre: Centre) -> None:
    test = page("rounds", device="ct-2")
    box(test, "Air at the outlet", "35")
    click(whole(test.run()), "Save 1")
    processes(centre)
    with centre.records.reading() as db:
        alerts = {key: row.state for key, row in alert_rows.open_alerts(db).items()}
    assert alerts == {("ct-2", "outlet", "air_high"): "firing"}
    assert "Air at the outlet: too high (outlet)" in screen(page("device", device="ct-2"))


def test_the_device_page_names_the_rules_of_its_plans(centre: Centre) -> None:
    shown = screen(page("device", device="ct-2"))
    assert "Largest offset of the lasers: too high: above 2" in shown
    assert re.search(r"more than 20\W% off the mean of the first 5 since the last service", shown)


def test_the_rows_speak_dari(centre: Centre) -> None:
    i18n.use("fa")
    value = i18n.t("rounds.stands", value="9", limits=i18n.t("accepted.at_most", high="5"))
    assert unmarked(value) == "9 بیرون از حداکثر 5 است: تا اندازهٔ درست، هشدار برپاست"
    assert "هنوز تعیین نشده" in i18n.t("rounds.no_baseline", off="20 %", known=0, count=5)
