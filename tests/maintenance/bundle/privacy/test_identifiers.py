"""No identifier leaves, in whatever script, encoding or parts it is written, wherever it stands."""

import base64
import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance.bundle.privacy import REMOVED, Scrubber
from tests.maintenance.bundle.privacy.forms import DATES, NAMES, NUMBERS, Person
from tests.support.examples import examples

SCRUBBER = Scrubber.of("Siemens Somatom Sensation 16")

FROM_THE_FIELD = [
    "call 0788–456–123 first",
    "call 0788, 456, 123",
    "call 0788·456·123",
    "تماس ۰۷۸۸–۴۵۶–۱۲۳",
    "4567\t8910",
    "4567;8910",
    "exam 19610407M003 stored",
    "scan of K7788123A02 aborted",
    "99112233_F_2 sent to PACS",
    "P04512367X1 aborted",
    "1399A0801A12345A1",
    "id 686f74616b69",
    "9f86d081884c7d65",
    "call 0788.456123",
    "call 0788,456123",
    "&#1586;&#1604;&#1605;&#1740;",
    "&#x632;&#x644;&#x645;&#x6cc;",
]
COUSINS = [  # text, and what must be gone
    ("72y old, 72 y/o, 72-year-old, 72 years", "72"),
    ("۷۲ ساله", "72"),
    ("male 72, 72 male, M/72, 72F, 072Y", "72"),
    ("age: 72", "72"),
    ("1.4.66", "66"),
    ("version 1961.04.07", "1961"),
    ("شماره ۴۷۱۱ ثبت شد", "4711"),
    ("passport P0123, tazkira 1234", "1234"),
    ("exam 4711 aborted", "4711"),
    ("ID 4711 aborted", "4711"),
    ("0 7 8 8 4 5 6", "0"),
    ("phone 788456 A", "788"),
    ("788456123 s", "788"),
    ("0788456 s", "0788"),
    ("7788123A", "7788"),
    ("7788123ms", "7788"),
    ("error 99112233", "9911"),
    ("1234x5678", "1234"),
    ("0x686f7461 0x6b690000", "686f"),
    ("12:34 56:12 34:56 12:34", "34"),
    ("patient code 12345", "12345"),
    ("&#48;&#0055;&#x00000038;8456", "8456"),
    ("%u0661%u0662%u0663%u0664%u0665", "12345"),
    ("1234=\n5678", "1234"),
    ("Sayed moved", "Sayed"),
    ("Ahmad Jan", "Jan"),
    ("dr bell asked", "bell"),
    ("7 4 1961", "1961"),
    ("1345 6 1", "1345"),
    ("0788 point 456 point 123", "456"),
    ("<td>0788</td><td>4561</td>", "0788"),
    ("07&nbsp;88&zwnj;456", "456"),
    ("0788٫456٫123", "456"),
    ("۷/۴/۱۳۴۵", "1345"),
    ("7. April '61", "61"),
    ("7.788123e6", "788123"),
    ("0788 Ahmad 456 Karimi 123", "456"),
]


@pytest.mark.parametrize("text", FROM_THE_FIELD)
def test_what_the_field_showed_is_gone(text: str) -> None:
    clean = SCRUBBER.scrub(text)
    assert REMOVED in clean
    assert re.search(r"\d{5}", clean) is None
    assert len(re.sub(r"\D", "", clean)) < 5
    assert not any("\u0600" <= sign <= "\u06ff" for sign in html.unescape(clean))


@pytest.mark.parametrize(("text", "gone"), COUSINS)
def test_its_cousins_are_gone(text: str, gone: str) -> None:
    clean = SCRUBBER.scrub(text)
    assert REMOVED in clean
    assert gone not in clean


def test_a_number_over_two_cells_of_a_row_is_one_number() -> None:
    assert SCRUBBER.row("0788", "456123"[:4], "12") == [REMOVED, REMOVED, REMOVED]
    assert SCRUBBER.row("tube", "40123", "120 kV at start") == ["tube", "40123", "120 kV at start"]
    assert SCRUBBER.row("E-12", "", "fan 2 stopped") == ["E-12", "", "fan 2 stopped"]


def test_what_is_encoded_without_end_does_not_leave() -> None:
    assert SCRUBBER.scrub("%25" * 3 + "25" * 40 + "31") == REMOVED


people = st.builds(
    Person,
    st.sampled_from(["Ahmad", "Zarghona", "Fatima", "Mirwais", "Ghotai", "Sayed"]),
    st.sampled_from(["Karimi", "Wardak", "Nuristani", "Hotak", "Stanekzai"]),
    st.sampled_from(["احمد کریمی", "زرغونه وردک", "گل محمد", "مریم حکیم", "زلمی هوتک"]),
    st.integers(10_000_000, 999_999_999).map(lambda number: f"0{number}"),
    st.integers(1930, 2012),
    st.integers(1310, 1399),
)
# Texts without digits: whatever digit is left was the person's.
before = st.sampled_from(["", "scan of ", "the tube sagged, please call ", "error: ", "x=", "("])
after = st.sampled_from(["", " stopped", ", advise on Tuesday", " kV", ")", " A", "; table moved"])


@given(people, before, st.sampled_from(sorted(NUMBERS)), after)
@examples(400)
def test_no_form_of_a_number_leaves(person: Person, before: str, form: str, after: str) -> None:
    clean = SCRUBBER.scrub(f"{before}{NUMBERS[form](person)}{after}")
    assert len(re.sub(r"\D", "", html.unescape(clean))) < 5, clean
    assert _spelled(person.number) not in clean


def _spelled(number: str) -> str:
    return base64.b64encode(number.encode()).decode()[:6]


@given(people, before, st.sampled_from(sorted(NAMES)), after)
@examples(400)
def test_no_form_of_a_name_leaves(person: Person, before: str, form: str, after: str) -> None:
    clean = SCRUBBER.scrub(f"{before}{NAMES[form](person)}{after}")
    letters = re.sub(r"[^a-z]", "", clean.lower().replace(REMOVED, ""))
    assert not any(name.lower() in letters for name in (person.first, person.last)), clean
    assert clean.isascii()
    assert person.last.encode().hex() not in re.sub(r"0x|\W", "", clean)


@given(people, before, st.sampled_from(sorted(DATES)), after)
@examples(300)
def test_no_form_of_a_birth_date_leaves(person: Person, before: str, form: str, after: str) -> None:
    clean = SCRUBBER.scrub(f"{before}{DATES[form](person)}{after}")
    assert re.search(r"\d", clean) is None, clean
