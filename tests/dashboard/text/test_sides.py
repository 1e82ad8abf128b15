"""What stands among words that run the other way keeps its order of signs; days are of the reader's calendar."""

from collections.abc import Iterator
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from core.schema.metric import Metric
from core.text.catalogue import FALLBACK
from core.text.languages import LANGUAGES
from core.text.phrase import Phrase
from core.time.calendars import Calendar
from dashboard import i18n
from dashboard.text import format as fmt
from dashboard.text.icons import pointing
from tests.dashboard.driving import unmarked


@pytest.fixture(autouse=True)
def _english_again() -> Iterator[None]:
    yield
    i18n.use(FALLBACK, "gregorian")
    i18n.use_here("")


@pytest.mark.parametrize(
    ("site", "calendar", "own", "direction", "shown"),
    [
        ("en", "gregorian", "", "ltr", "29 Nov 2026"),
        ("en", "gregorian", "fa", "rtl", "8 قوس 1405"),
        ("en", "solar", "", "ltr", "8 Qaws 1405"),
        ("fa", "solar", "", "rtl", "8 قوس 1405"),
        ("fa", "solar", "en", "ltr", "29 Nov 2026"),
        ("fa", "gregorian", "", "rtl", "29 نومبر 2026"),
    ],
)
def test_side_and_calendar_go_with_the_language_of_the_person_then_of_the_site(
    site: str, calendar: Calendar, own: str, direction: str, shown: str
) -> None:
    i18n.use(site, calendar)
    i18n.use_here(own)
    assert i18n.direction() == direction
    assert unmarked(fmt.date_(date(2026, 11, 29))) == shown


def test_the_year_of_a_moment_is_left_out_within_the_year_of_the_readers_calendar(  # Nawroz is 21 March
) -> None:
    i18n.use("fa", "solar")
    assert unmarked(fmt.near_date(0, 0, _Site())) == "11 جدی"  # type: ignore[arg-type]


class _Site:
    zone = ZoneInfo("Asia/Kabul")


def test_a_name_and_a_number_are_isolated_in_dari_and_dari_in_english() -> None:
    i18n.use("fa", "solar")
    assert i18n.isolated("Magnetom C!") == "\u2068Magnetom C!\u2069"
    assert i18n.isolated("قوس") == "قوس"
    assert "\u2068ct-fan\u2069" in i18n.translate(
        Phrase("there is no part {part!r}", part="ct-fan")
    )
    unread = Phrase("{what!r} is not there", what="ct-fan")  # of no language but English
    assert i18n.translate(unread) == "\u2068'ct-fan'\u2069 is not there"
    assert i18n.joined(("CT room", "", "4711")) == "\u200f\u2068CT room\u2069 · \u20684711\u2069"
    i18n.use("en", "gregorian")
    assert i18n.isolated("Magnetom C!") == "Magnetom C!"
    assert i18n.isolated("هرات") == "\u2068هرات\u2069"
    assert i18n.joined(("CT room", "هرات")) == "CT room · \u2068هرات\u2069"


def test_a_sign_that_turns_the_direction_is_isolated_in_every_language() -> None:
    for language in LANGUAGES:
        i18n.use(language)
        assert i18n.isolated("a\u202egpj.exe") == "\u2068a\u202egpj.exe\u2069"


def test_a_minus_and_a_unit_that_is_a_sign_stay_where_they_belong_in_dari() -> None:
    i18n.use("fa", "solar")
    assert fmt.number(-5) == "\u200e\u22125"
    share = Metric.model_validate({"title": "x", "unit": "%"})
    assert fmt.with_unit(12, share) == "\u206812\u202f%\u2069"
    assert fmt.quantity(12, share) == ("12", "%\u200e")


def test_what_points_back_points_to_where_lines_begin() -> None:
    i18n.use("fa")
    assert [pointing("back"), pointing("after")] == [
        ":material/arrow_forward:",
        ":material/chevron_left:",
    ]
    i18n.use("en")
    assert [pointing("back"), pointing("after")] == [
        ":material/arrow_back:",
        ":material/chevron_right:",
    ]
