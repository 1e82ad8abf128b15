"""Samples as readings: labels to components, counters to rates, gaps where nothing was measured."""

from collections.abc import Sequence

import pytest

from collectors.prometheus.page import read_page
from collectors.prometheus.parse import PageParser, ParsedPage
from core.readings import Event, Reading
from core.schema.sources.prometheus import PrometheusValue
from core.time.clock import HOUR, MINUTE
from tests.collectors.prometheus.cast import T0, device, profile, source

URL = "http://pacs/metrics"


class Pages:
    """One source's pages, one after the other, a minute apart."""

    def __init__(self, *values: PrometheusValue, component: str = "") -> None:
        self._parser = PageParser(
            device(source(URL, component=component), profile(*values)),
            source(URL, component=component),
        )
        self._minutes = 0

    def read(self, text: str, *, is_openmetrics: bool = False, minutes: int = 1) -> ParsedPage:
        self._minutes += minutes
        page = read_page(text, self._parser.names, is_openmetrics=is_openmetrics)
        at = T0 + self._minutes * MINUTE
        return self._parser.parse(page, at, self._minutes * 60.0)

    def missed(self) -> None:
        self._minutes += 1
        self._parser.missed()


def values(parsed: ParsedPage) -> dict[tuple[str, str], float]:
    readings = [each for each in parsed.observations if isinstance(each, Reading)]
    assert len(readings) == len({(r.metric, r.component) for r in readings})
    return {(r.metric, r.component): r.value for r in readings}


def rates(pages: Pages, texts: Sequence[str]) -> list[dict[tuple[str, str], float]]:
    return [values(pages.read(text)) for text in texts]


def test_names_labels_components_and_scales() -> None:
    text = (
        'studies 1203\njobs{state="pending"} 4\njobs{state="done"} 900\n'
        'disk_ratio{mount="/"} 0.5\ndisk_ratio{mount="/data",fs="ext4"} 0.915\n'
    )
    assert values(Pages().read(text)) == {
        ("studies_count", ""): 1203.0,
        ("jobs_pending_count", ""): 4.0,
        ("disk_used_pct", "/"): 50.0,
        ("disk_used_pct", "/data"): pytest.approx(91.5),
    }


def test_the_source_s_own_component_stands_before_the_profile_s() -> None:
    pages = Pages(component="node")
    assert set(values(pages.read('studies 1\ndisk_ratio{mount="/"} 0.5\n'))) == {
        ("studies_count", "node"),
        ("disk_used_pct", "node-/"),
    }


def test_what_is_no_number_is_a_gap_and_what_cannot_be_is_an_event() -> None:
    parsed = Pages().read(
        'studies NaN\njobs{state="pending"} +Inf\n'
        'disk_ratio{mount="/"} 7\ndisk_ratio{mount="/data"} 0.1\n'
    )
    assert values(parsed) == {("disk_used_pct", "/data"): 10.0}
    (event,) = [each for each in parsed.observations if isinstance(each, Event)]
    assert event.text == "disk_used_pct: out of range: 700"
    assert parsed.is_understood


def test_a_value_that_means_no_sensor_is_a_gap() -> None:
    pages = Pages(PrometheusValue(metric="studies_count", name="studies", missing=[-1]))
    assert values(pages.read("studies -1\n")) == {}
    assert values(pages.read("studies 0\n")) == {("studies_count", ""): 0.0}


RX = 'rx_bytes_total{{device="eth0"}} {0}\n'
RX_KEY = ("network_rx_bytes_s", "eth0")


def test_a_counter_becomes_its_growth_a_second() -> None:
    texts = [RX.format(0), RX.format(6000), RX.format(6000), RX.format(18000)]
    assert rates(Pages(), texts) == [{}, {RX_KEY: 100.0}, {RX_KEY: 0.0}, {RX_KEY: 200.0}]


def test_a_counter_that_began_anew_gives_no_rate_across_it() -> None:
    texts = [RX.format(6000), RX.format(60), RX.format(660)]
    assert rates(Pages(), texts) == [{}, {}, {RX_KEY: 10.0}]


def test_a_program_that_was_restarted_gives_no_rate_even_if_its_counter_has_grown_past() -> None:
    began = "process_start_time_seconds {}\n"
    texts = [
        RX.format(600) + began.format(1000),
        RX.format(6600) + began.format(1000.2),  # the same, told a little otherwise
        RX.format(12600) + began.format(5000),
        RX.format(18600) + began.format(5000),
    ]
    assert rates(Pages(), texts) == [{}, {RX_KEY: 100.0}, {}, {RX_KEY: 100.0}]


def test_no_rate_is_made_over_a_page_that_was_missed() -> None:
    pages = Pages()
    pages.read(RX.format(0))
    pages.missed()
    assert values(pages.read(RX.format(6000))) == {}
    assert values(pages.read(RX.format(12000))) == {RX_KEY: 100.0}


def test_a_series_that_was_away_begins_anew() -> None:
    texts = [RX.format(0), "studies 1\n", RX.format(6000)]
    assert rates(Pages(), texts) == [{}, {("studies_count", ""): 1.0}, {}]


def test_a_counter_with_stamps_grows_in_the_time_that_they_say() -> None:
    def line(count: int, seconds: float) -> str:
        return f'rx_bytes_total{{device="eth0"}} {count} {T0 + seconds * 1000:.0f}\n'

    texts = [line(0, 60), line(300, 90), line(300, 90), line(900, 210)]
    assert rates(Pages(), texts) == [{}, {RX_KEY: 10.0}, {}, {RX_KEY: 5.0}]


def test_two_samples_that_fit_one_component_are_told_of_and_not_guessed_between() -> None:
    pages = Pages(PrometheusValue(metric="studies_count", name="studies"))
    parsed = pages.read('studies{site="a"} 1\nstudies{site="b"} 2\n')
    assert values(parsed) == {}
    assert parsed.faults == [
        "2 samples of studies fit studies_count: tell them apart by `labels` or `component`"
    ]


def test_a_label_that_counts_up_for_ever_does_not_fill_the_store() -> None:
    text = "".join(f'disk_ratio{{mount="{n}"}} 0.5\n' for n in range(3000))
    parsed = Pages().read(text)
    assert len(values(parsed)) == 1000
    assert "disk_ratio has more than 1000 series: name `labels`" in parsed.faults


def test_a_component_is_short_and_of_one_line() -> None:
    parsed = Pages().read('disk_ratio{mount="a\\nb' + "x" * 500 + '"} 0.5\n')
    ((_, component),) = values(parsed)
    assert component.startswith("abxxx")
    assert len(component) == 80


def stamped(count: int, at: int) -> str:
    return f"studies {count} {at}\n"


def test_a_sample_that_is_older_than_its_page_by_five_minutes_is_a_gap() -> None:
    at = T0 + MINUTE
    text = stamped(5, at - 6 * MINUTE) + f'jobs{{state="pending"}} 1 {at}\n'
    assert values(Pages().read(text)) == {("jobs_pending_count", ""): 1.0}
    text = stamped(5, at - 4 * MINUTE) + f'jobs{{state="pending"}} 1 {at}\n'
    assert len(values(Pages().read(text))) == 2


def test_a_page_that_repeats_what_it_measured_long_ago_gives_nothing() -> None:
    pages = Pages()
    for _ in range(3):
        parsed = pages.read(stamped(5, T0 - 2 * HOUR))
        assert values(parsed) == {}
        assert "repeats what it measured long ago, or its clock is wrong" in parsed.faults[0]


@pytest.mark.parametrize("wrong", [-2 * HOUR, 10 * 365 * 24 * HOUR, -MINUTE])
def test_a_wrong_clock_that_goes_on_is_believed_from_the_second_page_on(wrong: int) -> None:
    pages = Pages()
    pages.read(stamped(5, T0 + wrong + MINUTE))
    parsed = pages.read(stamped(6, T0 + wrong + 2 * MINUTE))
    assert values(parsed) == {("studies_count", ""): 6.0}
    (reading,) = [each for each in parsed.observations if isinstance(each, Reading)]
    assert reading.at == T0 + 2 * MINUTE


def test_a_page_of_other_names_is_not_understood() -> None:
    parsed = Pages().read("other 1\nother 2\nmore 3\n")
    assert not parsed.is_understood
    assert parsed.unmatched == {"other": 2, "more": 1}
