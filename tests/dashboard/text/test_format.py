"""Numbers, ages and times as a person reads them."""

import pytest
from hypothesis import given
from hypothesis import strategies as some

from core.schema.load import load_site
from core.schema.metric import Metric
from core.text.numbers import MINUS, THIN
from core.time.clock import DAY, HOUR, MINUTE, SECOND
from dashboard.text import format as fmt
from tests.dashboard.centre import Centre

NOON = 1_793_000_000_000  # 26 Oct 2026, 15:03 in Herat


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (-0.0, "0"),
        (41.25, "41.25"),
        (41.258, "41.26"),
        (0.000123456, "0.0001235"),
        (9999.6, f"10{THIN}000"),
        (14_912_345, f"14{THIN}912{THIN}345"),
        (-13.5, f"{MINUS}13.5"),
        (float("nan"), fmt.ABSENT),
    ],
)
def test_a_number_has_four_digits_and_loses_no_whole_one(value: float, text: str) -> None:
    assert fmt.number(value) == text


@given(some.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_a_number_is_read_back_near_enough(value: float) -> None:
    text = fmt.number(value).replace(THIN, "").replace(MINUS, "-")
    assert abs(float(text) - value) <= max(abs(value) * 0.001, 1e-12)


@given(some.integers(min_value=0, max_value=20_000 * DAY))
def test_an_age_is_never_exaggerated(length: int) -> None:
    number, unit, word = fmt.age(0, length).split()
    size = {"s": SECOND, "min": MINUTE, "h": HOUR, "d": DAY}[unit]
    assert word == "ago"
    assert int(number) * size <= length < (int(number) + 1) * size


@given(some.integers(min_value=-DAY, max_value=20_000 * DAY))
def test_every_span_can_be_said(length: int) -> None:
    assert fmt.span(length)[0].isdigit()


@pytest.mark.parametrize(
    ("metric", "value", "text"),
    [
        (Metric(title="x", unit="°C"), 41.2, f"41.2{THIN}°C"),
        (Metric(title="x", unit="B"), 1_530_000_000, f"1.53{THIN}GB"),
        (Metric(title="x", unit="s"), 90_000, "1 d 1 h"),
        (Metric(title="x", unit="s"), 12, f"12{THIN}s"),
        (Metric(title="x", unit="s"), 10_020_000, "115 d 23 h"),
        (Metric(title="x", unit="s"), -500, f"−500{THIN}s"),
        (Metric(title="x", unit="s", kind="counter"), 90_000, f"90{THIN}000{THIN}s"),
        (Metric(title="x", kind="state", states={1: "open"}), 1, "open"),
        (Metric(title="x", kind="state", states={1: "open"}), 7, "7"),
    ],
)
def test_a_value_is_said_in_the_words_of_its_metric(
    metric: Metric, value: float, text: str
) -> None:
    assert fmt.with_unit(value, metric) == text


def test_times_are_the_centres_own(centre: Centre) -> None:
    site = load_site(centre.path)
    assert fmt.moment(NOON, NOON + HOUR, site) == "12:03"
    assert fmt.moment(NOON, NOON + 2 * DAY, site) == "26 Oct 12:03"
    assert fmt.moment(NOON, NOON + 400 * DAY, site) == "26 Oct 2026 12:03"
    assert fmt.zone_name(NOON, site) == "Asia/Kabul, UTC+04:30"


def test_what_was_never_heard_has_no_age() -> None:
    assert fmt.age(None, NOON) == "never"


def test_a_text_where_streamlit_reads_markdown_keeps_its_signs_and_makes_nothing() -> None:
    assert fmt.plain("CT-2: 1.5 °C (12%), tube_temp_c") == "CT-2: 1.5 °C (12%), tube_temp_c"
    assert fmt.plain("[a](x) ![b](y) _c_ :red") == r"\[a\](x) !\[b\](y) \_c\_ \:red"
    assert fmt.plain("1. a\n# b\n - c\n&lt;") == "1\\. a\n\\# b\n \\- c\n\\&lt;"
    assert fmt.plain("http://a.example www.b") == "http:\u2060//a.example www.b".replace(
        "w.", "w\u2060."
    )
