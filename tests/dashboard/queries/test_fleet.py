"""How all devices stand is made once for all who look, and what is new is known without drawing it."""

import threading
import time
from dataclasses import replace

import pytest

from core.readings import Reading
from core.time.clock import MINUTE, SECOND
from dashboard.queries import alerts as alert_queries
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import stores
from dashboard.queries.fleet import Fleet
from dashboard.queries.page_version import version
from dashboard.views.page_version import Version, version_of
from tests.dashboard.centre import Centre

NOW = time.time_ns() // 1_000_000 // MINUTE * MINUTE + 10 * SECOND


@pytest.fixture(autouse=True)
def _clock(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stores, "now", lambda: NOW)
    centre.all_well(NOW)


def anew(now: int = NOW, device: str = "") -> Version:
    """The version when nothing is cached any more."""
    fleet_queries.latest.clear()
    alert_queries.forget_cached()
    return version(now, device)


@pytest.fixture
def makings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Each time that the statuses were made."""
    times: list[int] = []
    make = fleet_queries._made

    def counted(now: int) -> Fleet:
        times.append(now)
        time.sleep(0.05)  # so long that all others come meanwhile
        return make(now)

    monkeypatch.setattr(fleet_queries, "_made", counted)
    return times


def test_twenty_pages_at_once_have_the_statuses_made_once(makings: list[int]) -> None:
    begin = threading.Barrier(20)
    fleets: list[Fleet] = []

    def look() -> None:
        begin.wait()
        fleets.append(fleet_queries.fleet(NOW))

    threads = [threading.Thread(target=look) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(makings) == 1
    assert len({id(fleet.statuses) for fleet in fleets}) == 1, "one object, copied for nobody"


def test_what_somebody_writes_is_seen_by_the_next_page(centre: Centre, makings: list[int]) -> None:
    assert fleet_queries.fleet(NOW).statuses[1].state == "ok"
    centre.alert("ct-2", "tube_hot", NOW)
    alert_queries.forget_cached()
    assert fleet_queries.fleet(NOW).statuses[1].state == "warning"
    assert len(makings) == 2


def test_a_page_whose_data_are_the_same_has_nothing_to_draw() -> None:
    assert anew() == anew(NOW + 20 * SECOND)


def test_a_new_value_is_new_but_not_urgent(centre: Centre) -> None:
    before = anew()
    centre.hear(Reading("ct-2", "tube_temp_c", 41.5, NOW + SECOND))
    after = anew()
    assert after.urgent == before.urgent
    assert after.whole != before.whole


def test_a_value_of_another_device_is_nothing_new_on_this_ones_page(centre: Centre) -> None:
    before = anew(device="mr-1")
    centre.hear(Reading("ct-2", "tube_temp_c", 41.5, NOW + SECOND))
    assert anew(device="mr-1") == before


def test_an_alert_is_urgent_and_so_is_that_somebody_takes_it(centre: Centre) -> None:
    quiet = anew()
    centre.alert("ct-2", "tube_hot", NOW)
    wrong = anew()
    assert wrong.urgent != quiet.urgent
    shown = fleet_queries.fleet(NOW).statuses[1]
    taken = replace(shown, alerts=(replace(shown.alerts[0], acknowledged_at=NOW),))
    worse = replace(shown, alerts=(replace(shown.alerts[0], value=99.0),))
    assert version_of(taken).urgent != version_of(shown).urgent
    assert version_of(worse).urgent == version_of(shown).urgent
    assert version_of(worse).whole != version_of(shown).whole


def test_silence_of_everything_is_urgent_though_no_reading_is_new() -> None:
    before = anew()
    assert version(NOW + 2 * MINUTE).urgent != before.urgent


def test_lengths_of_time_are_drawn_anew_each_minute() -> None:
    before = anew()
    after = version(NOW + 50 * SECOND)
    assert (after.urgent, after.whole != before.whole) == (before.urgent, True)


def test_a_reading_from_a_clock_in_2036_is_not_new_each_time(centre: Centre) -> None:
    centre.hear(Reading("ct-2", "tube_temp_c", 41.5, NOW + 10 * 365 * 24 * 60 * MINUTE))
    assert anew() == anew()


def test_a_device_that_the_site_does_not_have_is_asked_for() -> None:
    assert anew(device="no-such") == anew()
