"""What could name a person does not leave; what names a fault does."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance.bundle.privacy import REMOVED, Scrubber
from tests.support.examples import examples

SCRUBBER = Scrubber.of("Siemens Somatom Sensation 16", "Acuson S2000")

ARABIC = "ابپتثجچحخدذرزژسشصضطظعغفقکگلمنوهیئءآؤأةكي"
SURVIVES = [
    "Error 40123 from MSC_SCS: tube arc at 120 kV, 250 mA",
    "Gantry temperature 38.5 °C above limit 35 °C",
    "E1234 gradient amplifier X over-temperature 62°C",
    "Association aborted by the remote (A-ABORT) from CT-2",
    "0x80004005 watchdog timeout after 300 ms at 12:30:45",
    "TubeScanSeconds: 1234567 s",
    "Free Resources: DB: Local 300 MB",
    "UPS on battery, mains lost for 12 min; fan 2 stopped",
    "imaging frequency 14.7281 MHz, drift -18 kHz/K",
    "Software version VB30C on syngo CT 2011A",
    "firmware 5.2.13 on the chiller, build 1042",
    "Somatom Sensation 16, Magnetom C!, Aquilion CX, Acuson S2000",
    "Patient table does not move up, error 123",
    "MR scanner: helium level 62.5 %, pressure 4.2 psi",
    "port GigabitEthernet0/2 is down",
    "voltage 229.8 V on line1, 0.4 A on probe-2",
]

DIRTY = [  # text, and what must be gone
    ("Patient AHMADI^ZIA registered, ID 4711", ["AHMADI", "ZIA", "4711"]),
    ("PatientName: DOE JOHN, ID=12345; table moved", ["DOE", "JOHN", "12345"]),
    ('{"PatientName": "Rose Field", "PatientBirthDate": "19750312"}', ["Rose", "Field", "1975"]),
    ("Mr. Karim Field aborted the scan", ["Karim", "Field"]),
    ("John Field said the couch squeaks", ["John", "Field"]),
    ("patient ray hall moved", ["ray", "hall"]),
    ("Dr White asked to stop", ["White"]),
    ("[Müller, Smith]", ["ller", "Smith"]),
    ("DOB 1975-03-12, 12.03.75, 12 Mar 1975, March 12, 1975", ["1975", "12.03", "Mar"]),
    ("born 1354/5/1, 45 years old", ["1354", "45"]),
    ("Accession 4935683, acc no A123456, order 00098765", ["4935683", "A123456", "00098765"]),
    ("exam PAT-0012 of MR123456 and qaz9876543", ["PAT", "0012", "123456", "qaz"]),
    ("call +93 79 123 4567 or 0799 123 456, 93 79 123 4567", ["79", "123", "4567"]),
    ("mail sara@clinic.example, sara at clinic", ["sara", "example"]),
    ("host pacs.hospital.local 10.1.2.3 fe80::1234:5678", ["hospital", "10.1", "fe80", "5678"]),
    ("C:\\data\\Ahmadi\\scan.dcm and /data/ahmadi/scan.dcm", ["hmadi"]),
    ("(0010,0010) PN [DOE^JOHN]", ["DOE", "JOHN"]),
    ("PID|1||123^^^|DOE^JOHN||19750312|M", ["123", "DOE", "JOHN", "1975"]),
    ("1.2.840.113619.8.329.10.2018486.1552764365.92", ["113619", "2018486"]),
    ("Operator: Good Day", ["Good", "Day"]),
    ("station CTAWP91919 at Gnats Bottom Hospital", ["CTAWP", "91919", "Gnats", "Hospital"]),
    ("بیمار احمد کریمی، متولد ۱۳۵۴/۰۵/۰۱ کد ۱۲۳۴۵۶۷", ["احمد", "کریمی", "۱۳۵۴", "1354", "1234567"]),
    ("آقای دکتر محمد ظاهر scan aborted", ["محمد", "ظاهر", "آقای"]),
    ("الحاج محمود ٠٧٩٩١٢٣٤٥٦", ["محمود", "0799", "٠٧٩٩"]),
    ("A\u200bH\u200bMADI ＡＨＭＡＤＩ AH\u0301MADI", ["MADI", "ＡＨＭ"]),
]


@pytest.mark.parametrize("text", SURVIVES)
def test_technical_text_survives(text: str) -> None:
    assert SCRUBBER.scrub(text) == text


@pytest.mark.parametrize(("text", "gone"), DIRTY)
def test_what_names_a_person_is_gone(text: str, gone: list[str]) -> None:
    clean = SCRUBBER.scrub(text)
    assert REMOVED in clean
    assert [word for word in gone if word in clean] == []


def test_one_mark_stands_for_a_stretch() -> None:
    assert SCRUBBER.scrub("scan of Fatima Zahra Ahmadi stopped") == f"scan of {REMOVED} stopped"


def test_digits_of_any_script_are_read_as_digits() -> None:
    assert SCRUBBER.scrub("pressure ۴.۲ psi, error ۱۲۳") == "pressure 4.2 psi, error 123"


def test_words_of_the_profile_may_leave() -> None:
    assert SCRUBBER.scrub("the frobnicator stopped") == f"the {REMOVED} stopped"
    own = Scrubber.of("Frobnicator")
    assert own.scrub("the frobnicator stopped") == "the frobnicator stopped"


def test_a_code_in_its_own_field_stays_and_an_identifier_there_does_not() -> None:
    kept = ["40123", "E-1234", "0xC0000005", "tube", "line1", "VB30C"]
    assert [SCRUBBER.code(code) for code in kept] == kept
    assert SCRUBBER.code("4935683") == SCRUBBER.code("AHMADI^ZIA") == REMOVED


anything = st.text(max_size=80)
latin_name = st.text(string.ascii_letters, min_size=3, max_size=12)
arabic_name = st.text(ARABIC, min_size=2, max_size=10)
long_number = st.integers(10**5, 10**14).map(str)
identifier = st.builds(
    "{}{}".format, st.text(string.ascii_uppercase, min_size=3, max_size=3), long_number
)
date = st.dates().flatmap(
    lambda day: st.sampled_from(
        [f"{day:%Y-%m-%d}", f"{day:%d.%m.%Y}", f"{day:%m/%d/%Y}", f"{day:%Y%m%d}"]
    )
)
technical = st.sampled_from([*SURVIVES, "", "scan", "error 12", ", ", ": ", " of "])


def is_ordinary(word: str) -> bool:
    return SCRUBBER.scrub(f"the {word} stopped") == f"the {word} stopped"


@given(anything)
@examples(300)
def test_anything_is_scrubbed_once_and_for_all(text: str) -> None:
    clean = SCRUBBER.scrub(text)
    assert SCRUBBER.scrub(clean) == clean
    assert all(sign.isascii() or not sign.isalnum() or sign in "µμΩ²³" for sign in clean)


@given(st.lists(st.one_of(technical, latin_name, arabic_name, long_number, date), max_size=6))
def test_mixed_text_is_scrubbed_once_and_for_all(parts: list[str]) -> None:
    clean = SCRUBBER.scrub(" ".join(parts))
    assert SCRUBBER.scrub(clean) == clean


@given(technical, st.one_of(latin_name, arabic_name), technical)
def test_a_planted_name_never_survives(before: str, name: str, after: str) -> None:
    if not is_ordinary(name):
        assert name not in SCRUBBER.scrub(f"{before} {name} {after}").replace(REMOVED, "").split()


@given(technical, st.one_of(long_number, identifier, date), technical)
def test_a_planted_identifier_never_survives(before: str, planted: str, after: str) -> None:
    # Behind the word `error` five digits are a code, and before a unit seven are a measurement.
    text = f"{before} | {planted} | {after}"
    if not before.endswith(("error", "Error")):
        assert planted not in SCRUBBER.scrub(text)


@given(st.sampled_from(["Patient", "PatientName:", "Patient's name =", "بیمار"]), anything)
def test_nothing_of_a_number_survives_beside_the_word_patient(label: str, text: str) -> None:
    assert "4711" not in SCRUBBER.scrub(f"{label} 4711 {text}")
