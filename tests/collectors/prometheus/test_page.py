"""The samples of a page, line by line: a broken line takes no other with it."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.prometheus.page import PageSample, read_page

NAMES = frozenset({"a", "b_total", "http_requests_total", "Größe"})
# The example of Prometheus' own documentation of the format.
DOCUMENTED = r"""
# HELP http_requests_total The total number of HTTP requests.
# TYPE http_requests_total counter
http_requests_total{method="post",code="200"} 1027 1395066363000
http_requests_total{method="post",code="400"}    3 1395066363000

# Escaping in label values:
msdos_file_access_time_seconds{path="C:\\DIR\\FILE.TXT",error="Cannot find file:\n\"FILE.TXT\""} 1.458255915e9

# Minimalistic line:
metric_without_timestamp_and_labels 12.47

# A weird metric from before the epoch:
something_weird{problem="division by zero"} +Inf -3982045

# A histogram, which has a pretty complex representation in the text format:
http_request_duration_seconds_bucket{le="0.05"} 24054
http_request_duration_seconds_bucket{le="+Inf"} 144320
http_request_duration_seconds_sum 53423
http_request_duration_seconds_count 144320
"""


def samples(text: str, *names: str, is_openmetrics: bool = False) -> list[PageSample]:
    wanted = frozenset(names) or NAMES
    return read_page(text, wanted, is_openmetrics=is_openmetrics).samples


def test_the_documented_example_is_read() -> None:
    page = read_page(DOCUMENTED, NAMES, is_openmetrics=False)
    assert [(s.labels["code"], s.value, s.stamp) for s in page.samples] == [
        ("200", 1027.0, 1395066363000),
        ("400", 3.0, 1395066363000),
    ]
    assert page.others == {
        "msdos_file_access_time_seconds": 1,
        "metric_without_timestamp_and_labels": 1,
        "something_weird": 1,
        "http_request_duration_seconds_bucket": 2,
        "http_request_duration_seconds_sum": 1,
        "http_request_duration_seconds_count": 1,
    }
    assert (page.broken_lines, page.is_cut) == (0, False)


def test_labels_are_unescaped_and_may_hold_everything() -> None:
    (only,) = samples('a{path="C:\\\\IMG\\n\\"x\\"",b="{},= #"} 1\n')
    assert only.labels == {"path": 'C:\\IMG\n"x"', "b": "{},= #"}


def test_a_name_with_letters_of_all_the_world_stands_in_quotes() -> None:
    (only,) = samples('{"Größe",ort="Herat"} 5\n')
    assert (only.name, only.labels, only.value) == ("Größe", {"ort": "Herat"}, 5.0)


@pytest.mark.parametrize("text", ["NaN", "nan", "+Inf", "-Inf", "inf"])
def test_what_is_no_number_is_read_as_such(text: str) -> None:
    (only,) = samples(f"a {text}\n")
    assert not math.isfinite(only.value)


@pytest.mark.parametrize(
    "line",
    [
        "a",
        "a ",
        "a one",
        "a{ 1",
        'a{x="1} 2',
        "a{x=1} 2",
        'a{x="1",x="2"} 3',
        "a 1_000",
        "a 1 NaN",
        "a 1 99999999999999999999",
        "a 0x10",
        'a{x="' + "y" * 20_000 + '"} 1',
    ],
)
def test_a_broken_line_is_counted_and_takes_no_other_with_it(line: str) -> None:
    page = read_page(f"a 1\n{line}\nb_total 2\n", NAMES, is_openmetrics=False)
    assert [sample.value for sample in page.samples] == [1.0, 2.0]
    assert page.broken_lines == 1


def test_half_a_last_line_is_left_out_for_it_may_have_been_going_on() -> None:
    page = read_page("a 1\nb_total 12", NAMES, is_openmetrics=False)
    assert [sample.value for sample in page.samples] == [1.0]
    assert page.is_cut


def test_openmetrics_counts_stamps_in_seconds_has_exemplars_and_an_end() -> None:
    text = (
        "# TYPE b counter\n"
        'b_total{x="1"} 17 1520879607.789 # {trace_id="KOO5S4vxi0o"} 0.67\n'
        'a 3 # {span=" # {}"} 1 1520879607\n'
        "# EOF\n"
    )
    page = read_page(text, NAMES, is_openmetrics=True)
    assert [(s.value, s.stamp) for s in page.samples] == [(17.0, 1520879607789), (3.0, None)]
    assert (page.broken_lines, page.is_cut) == (0, False)
    assert not read_page(text.rstrip(), NAMES, is_openmetrics=True).is_cut
    assert read_page(text[:-6], NAMES, is_openmetrics=True).is_cut


def test_when_the_program_began_is_known() -> None:
    page = read_page("process_start_time_seconds 1.79e9\na 1\n", NAMES, is_openmetrics=False)
    assert page.started == 1.79e9
    assert [sample.name for sample in page.samples] == ["a"]


@given(st.text(max_size=300), st.booleans())
def test_whatever_stands_on_a_page_is_read_without_a_fault(text: str, is_openmetrics: bool) -> None:
    page = read_page(text, NAMES, is_openmetrics=is_openmetrics)
    assert {sample.name for sample in page.samples} <= NAMES


@given(
    st.floats(allow_nan=False),
    st.dictionaries(st.from_regex(r"[a-z]{1,5}", fullmatch=True), st.text()),
)
def test_what_the_library_writes_comes_back(value: float, labels: dict[str, str]) -> None:
    from prometheus_client import CollectorRegistry, Gauge, generate_latest

    registry = CollectorRegistry()
    gauge = Gauge("a", "A gauge", list(labels), registry=registry)
    (gauge.labels(**labels) if labels else gauge).set(value)
    (only,) = samples(generate_latest(registry).decode())
    assert (only.labels, only.value) == (labels, value)
