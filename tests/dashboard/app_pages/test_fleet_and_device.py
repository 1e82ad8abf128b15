"""Both pages, driven without a browser."""

import os
import re
import time
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from core.readings import Event, Reading
from core.time.clock import DAY, HOUR, MINUTE, SECOND, from_ms
from dashboard.http import server
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from storage.records import Alert
from tests.dashboard.centre import Centre


def clock() -> int:
    return time.time_ns() // 1_000_000


def opened(**query: str) -> AppTest:
    """The fleet's page, or a device's."""
    test = AppTest.from_file(str(server.SCRIPT), default_timeout=30)
    for name, value in query.items():
        test.query_params[name] = value
    if query:
        test.switch_page("app_pages/device.py")
    return test.run()


def screen(test: AppTest) -> str:
    """All HTML of the page. A page that failed has no business here."""
    assert not test.exception
    found: Any = test.get("html")
    return "\n".join(block.proto.body for block in found if "--sw-ok" not in block.proto.body)


def links(test: AppTest) -> list[str]:
    """Of the page, without the counts of the fleet, which lead to the same page."""
    found: Any = test.get("page_link")
    labels = [link.proto.label for link in found]
    return [label for label in labels if not label.startswith(("Only: ", "All devices"))]


def test_every_device_has_a_tile_and_problems_come_first(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.alert("ct-2", "tube_hot", now - 3 * MINUTE)
    test = opened()
    assert links(test) == ["CT-2", "Spare", "MR-1 \\<b\\>one\\</b\\>", "UPS"]
    shown = screen(test)
    assert "The tube is hot" in shown
    assert "3 min" in shown
    assert "banner" not in shown


def test_a_tile_shows_its_metric_with_unit_limit_and_age(centre: Centre) -> None:
    centre.all_well(clock())
    shown = screen(opened())
    assert "Helium level" in shown
    assert '81.5<span class="sw-unit">%' in shown
    assert "at least 60" in shown
    assert "s ago" in shown


def test_of_several_components_the_tile_shows_the_highest(centre: Centre) -> None:
    centre.all_well(clock())
    shown = screen(opened())
    assert "Load (line2)" in shown
    assert "Load (line1)" not in shown


def test_it_is_said_loudly_when_nothing_is_collected(centre: Centre) -> None:
    centre.all_well(clock() - 5 * MINUTE)
    shown = screen(opened())
    assert "Nothing is being collected" in shown
    assert "5 min ago" in shown


def test_it_is_said_on_the_first_page_when_planned_backups_are_not_made(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    backups = centre.path.parent / "usb"
    with centre.path.open("a", encoding="utf-8") as file:
        file.write(f'backup: {{folder: "{backups}", every: 1d}}\n')
    stores.site.clear()
    assert "There is none in" in screen(opened())
    made = backups / f"scanward-test-{from_ms(now - 3 * DAY):%Y%m%dT%H%M%SZ}"
    made.mkdir(parents=True)
    (made / "manifest.json").touch()
    fleet_queries.backups.clear()
    assert "(3 d ago)" in screen(opened())
    made.rename(backups / f"scanward-test-{from_ms(now - DAY):%Y%m%dT%H%M%SZ}")
    fleet_queries.backups.clear()
    assert "backup" not in screen(opened())


def test_it_is_said_loudly_when_nothing_is_judged(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.judged(now - 5 * MINUTE)
    assert "Alerts are not being judged" in screen(opened())


def test_alerts_that_catch_up_with_history_are_no_failure(centre: Centre) -> None:
    """The alert process gives its sign; one that has given none for a minute does not judge."""
    now = clock()
    centre.all_well(now)
    centre.judged(now - 5 * MINUTE)
    alive = stores.site().alive_path
    alive.touch()
    shown = screen(opened())
    assert "Alerts are catching up" in shown
    assert "(5 min ago)" in shown
    assert "not being judged" not in shown
    os.utime(alive, ((now - 2 * MINUTE) / SECOND,) * 2)
    assert "Alerts are not being judged" in screen(opened())


def test_it_is_said_loudly_when_the_alert_process_hangs(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    alive = stores.site().alive_path
    alive.touch()
    assert "banner" not in screen(opened())
    seconds = (now - 4 * MINUTE) / SECOND
    os.utime(alive, (seconds, seconds))
    shown = screen(opened())
    assert "The alert process hangs" in shown
    assert "(4 min ago)" in shown


@pytest.mark.usefixtures("site_path")
def test_without_a_store_both_pages_say_so_and_stand() -> None:
    assert "cannot read its own data" in screen(opened())
    assert "cannot read its own data" in screen(opened(device="ct-2"))


def test_without_records_nothing_is_said_to_be_ok(centre: Centre, tmp_path: Path) -> None:
    centre.all_well(clock())
    centre.records.close()
    for path in (tmp_path / "var").glob("records.db*"):
        path.unlink()
    shown = screen(opened())
    assert "cannot read its own data" in shown
    assert "sw-badge sw-ok" not in shown


def test_a_device_shows_values_limits_and_where_they_come_from(centre: Centre) -> None:
    centre.all_well(clock())
    shown = screen(opened(device="mr-1"))
    assert "MR-1 &lt;b&gt;one&lt;/b&gt;" in shown
    assert "serial 4711" in shown
    assert "answers in 4.2 ms" in shown
    assert "below 60" in shown
    assert "From the maker: Magnet manual page 12" in shown
    assert "Scanward default, not from the maker" in shown
    assert "closed" in shown


def rows(test: AppTest) -> dict[str, bool]:
    """The title of each metric's past, and whether it is open."""
    return {row.label: bool(row.children) for row in test.expander}


def test_a_device_has_a_row_for_each_metric_and_draws_what_is_open(centre: Centre) -> None:
    centre.all_well(clock())
    test = opened(device="mr-1")
    titles = ["Helium level", "Door", "Answers", "Response time"]
    assert list(rows(test).items()) == [(title, title == titles[0]) for title in titles]
    test.session_state["open-mr-1-door"] = True
    assert list(rows(test.run()).values()) == [True, True, False, False]


def test_the_metric_in_trouble_is_the_first_and_large(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.alert("mr-1", "door_open", now - HOUR)
    test = opened(device="mr-1")
    assert next(iter(rows(test).items())) == ("Door", True)
    shown = screen(test)
    assert shown.index('<tr class="sw-trouble"><th scope="row">Door') < shown.index(">Helium level")
    test = opened(device="mr-1", metric="helium_level_pct")
    assert next(iter(rows(test).items())) == ("Helium level", True), "the address comes first"


def test_what_was_never_read_is_folded_and_counted(centre: Centre) -> None:
    centre.all_well(clock())
    shown = screen(opened(device="spare"))
    assert "Nothing has been heard" in shown
    shown = screen(opened(device="ct-2"))
    assert "<summary>1 value never heard</summary>" in shown
    assert shown.index("1 value never heard") < shown.index("Scans")


def test_three_lines_of_the_mains_are_one_row(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.hear(*(Reading("ups-1", "load_pct", 30 + n, now, f"line{n}") for n in (3, 1, 2)))
    shown = screen(opened(device="ups-1"))
    cells = shown.partition("sw-cells")[2].partition("</tr>")[0]
    assert [cells.index(f">line{n}<") for n in (1, 2, 3)] == sorted(
        cells.index(f">line{n}<") for n in (1, 2, 3)
    )


def test_the_counts_of_the_fleet_add_up_to_its_tiles_and_are_filters(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.alert("ct-2", "tube_hot", now - HOUR)
    centre.alert("mr-1", "helium_low", now - HOUR)
    test = opened()
    counts = [int(count) for count in re.findall(r"<b>(\d+)</b>", screen(test))]
    assert sum(counts) == len(links(test)) == 4
    test.query_params["show"] = "warning"
    assert links(test.run()) == ["CT-2"]
    assert "sw-chosen" in screen(test)
    test.query_params["show"] = "silent"
    assert links(test.run()) == []
    assert "No device is so now." in screen(test)
    test.query_params["show"] = "bogus"
    assert len(links(test.run())) == 4


def test_a_tile_shows_its_alerts_own_metric_and_why(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.alert("mr-1", "door_open", now - HOUR)  # the door is not among the tile's metrics
    with centre.records.writing() as db:
        db.get_one(Alert, 1).fired_value = 1.0
    tile = screen(opened()).partition("The door is open")[2]
    assert "Was: open, expected: closed" in tile
    assert tile.index("<dt>Door</dt>") < tile.index("<dt>Helium level</dt>")


@pytest.mark.parametrize("name", ["1h", "6h", "24h", "7d", "30d", "90d", "1y", "5y"])
def test_every_range_can_be_chosen(centre: Centre, name: str) -> None:
    now = clock()
    times = range(now - 100 * DAY, now, 6 * HOUR)
    centre.hear(*(Reading("mr-1", "helium_level_pct", 80, at) for at in times))
    centre.all_well(now)
    while centre.series.compact(everything=True):
        pass
    test = opened(device="mr-1")
    ranges: Any = test.get("button_group")[0]
    ranges.set_value(name).run()
    assert "No readings in this time" not in screen(test)


def test_alerts_and_events_of_the_range_are_listed(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.alert("ct-2", "tube_hot", now - 3 * HOUR, ended_at=now - HOUR)
    centre.say(Event("ct-2", "arc", "Arc <script>", now - MINUTE, "error", code="E-7"))
    shown = screen(opened(device="ct-2"))
    assert "lasted 2 h" in shown
    assert "Arc &lt;script&gt;" in shown
    assert "E-7" in shown


def test_a_stale_value_is_never_shown_as_fresh(centre: Centre) -> None:
    now = clock()
    centre.hear(
        Reading("mr-1", "helium_level_pct", 80, now - HOUR),
        Reading("mr-1", "door", 0, now - SECOND),
        Reading("mr-1", "up", 1, now - SECOND, "snmp"),
    )
    centre.judged(now)
    assert "no recent value" in screen(opened(device="mr-1"))


def test_an_unknown_device_is_said_to_be_unknown(centre: Centre) -> None:
    centre.all_well(clock())
    test = opened(device="ct-9")
    assert test.error[0].value == "There is no device ct-9 at this site."


def test_another_device_can_be_chosen(centre: Centre) -> None:
    centre.all_well(clock())
    test = opened(device="mr-1")
    test.selectbox[0].set_value("ups-1").run()
    assert "A battery" in screen(test)


def test_many_components_share_one_row_in_order(centre: Centre) -> None:
    now = clock()
    centre.all_well(now)
    centre.hear(*(Reading("ups-1", "phase", 1, now, f"p{number}") for number in range(1, 12)))
    shown = screen(opened(device="ups-1"))
    cells = shown.partition("sw-cells")[2]
    assert shown.count("sw-cells") == 1
    assert cells.index(">p2<") < cells.index(">p10<")


def test_the_first_device_is_shown_when_none_is_named(centre: Centre) -> None:
    centre.all_well(clock())
    test = AppTest.from_file(str(server.SCRIPT), default_timeout=30)
    assert "serial 4711" in screen(test.switch_page("app_pages/device.py").run())


def ranges(test: AppTest) -> str | None:
    """Which range is pressed."""
    found: Any = test.get("button_group")
    pressed: str | None = next(group.value for group in found if group.key == "span")
    return pressed


def test_an_address_holds_names_and_what_it_cannot_mean_is_said(centre: Centre) -> None:
    centre.all_well(clock())
    test = opened(device="mr-1", span="90 d")
    assert (ranges(test), [*test.warning]) == ("90d", [])
    found: Any = test.get("button_group")
    next(group for group in found if group.key == "span").set_value("1y").run()
    assert test.query_params["span"] == "1y"

    test = opened(device="mr-1", span="12 parsecs", metric="flux")
    assert ranges(test) == "24h"
    assert [warning.value for warning in test.warning] == [
        "There is no value flux of this device.",
        "There is no range 12 parsecs: a day is shown.",
    ]
