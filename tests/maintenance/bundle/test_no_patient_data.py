"""Nothing that says who was examined is in any file of a bundle, wherever a machine had put it."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from core.readings import Event, Reading
from core.time.clock import MINUTE
from maintenance.bundle.content import Fact, MaintenanceNote
from maintenance.bundle.privacy import Scrubber
from tests.maintenance.bundle.cast import FAULT, T0, Centre, a_day, opened
from tests.maintenance.bundle.leaks import DICOM, found, identifying_values

OBJECTS = sorted(DICOM.glob("*.dcm"))

# What logs, worklists and people were seen to write; each with what must be gone.
LATIN = {
    "Patient registered: DOE^JANE 19750312 F MRN 00456789": ["DOE", "JANE", "19750312", "00456789"],
    "MWL: (0010,0010) PN [Wardak^Zarghona]  (0010,0020) LO [HRT-2291]": [
        "Wardak",
        "Zarghona",
        "HRT-2291",
    ],
    "MPPS N-CREATE AccessionNumber=ACC20260117 PatientName=Rahimi^Laila": [
        "ACC20260117",
        "Rahimi",
        "Laila",
    ],
    "PID|1||99887766^^^HIS||Popal^Ghotai||19880704|F": ["99887766", "Popal", "Ghotai", "19880704"],
    "ATNA ParticipantObjectID 5550123456 UserID nurse.maryam": ["5550123456", "maryam"],
    "store /archive/Stanekzai_Omid_19661101/IM0001.dcm failed": ["Stanekzai", "Omid", "19661101"],
    "C:\\Export\\Hotak Farzana\\CT.dcm could not be written": ["Hotak", "Farzana"],
    "Mr Karzay moved on the table, scan aborted, call 0799 123 456": ["Karzay", "0799", "123 456"],
    "aborted by operator Bahara Nuristani (b.nuristani@clinic.example)": [
        "Bahara",
        "Nuristani",
        "clinic.ex",
    ],
    "dob 04/07/1988 age 37 wt 61 kg": ["04/07/1988"],
    "peer 10.20.30.40 pacs01.hospital.lan AET HERATPACS rejected": [
        "10.20.30.40",
        "hospital",
        "HERATPACS",
    ],
    "Dr. Field Day said that Rose Hall must come again": ["Field Day", "Rose Hall"],
}
ARABIC = {
    "بیمار احمد ظاهر کریمی ثبت شد، شماره ۷۷۸۸۹۹۰۰": [
        "احمد",
        "ظاهر",
        "کریمی",
        "۷۷۸۸۹۹۰۰",
        "77889900",
    ],
    "نام: فاطمه رسولی؛ تولد: ۱۳۵۴/۰۵/۲۱": ["فاطمه", "رسولی", "۱۳۵۴", "1354/05/21"],
    "حاجی گل‌محمد سکن را متوقف کرد": ["گل", "محمد", "حاجی"],
    "PatientName=نورزی^پروین AccessionNumber=۹۹۸۸۷۷۶۶": ["نورزی", "پروین", "۹۹۸۸۷۷۶۶", "99887766"],
    "الدكتورة مريم الحكيم هاتف ٠٧٩٩٧٧٨٨٩٩": ["مريم", "الحكيم", "٠٧٩٩٧٧٨٨٩٩", "0799778899"],
    "داکتر ډاکټر شینواری scan aborted": ["شینواری", "ډاکټر"],
}
SAMPLES = LATIN | ARABIC


def planted(folder: Path, texts: Sequence[str]) -> bytes:
    """A bundle of a centre that has these texts wherever one can get in."""
    centre = opened(
        folder, name=texts[0] if texts else "CT two", room=texts[-1] if texts else "CT room"
    )
    a_day(centre, every=10 * MINUTE)
    for text in texts:
        _plant(centre, text)
    facts = [Fact(text, text) for text in texts]
    notes = [MaintenanceNote(FAULT, text, text) for text in texts]
    try:
        return centre.made(facts=facts, notes=notes).data
    finally:
        centre.series.close()
        centre.records.close()


def _plant(centre: Centre, text: str) -> None:
    flat = " ".join(text.split())
    field = flat.replace(";", ",")
    centre.log(
        f"2026-01-01 23:00:00;ERROR;tube;E-12;{flat}",
        f"2026-01-01 23:00:01;ERROR;{field};E-12;Tube arc",
        f"2026-01-01 23:00:02;ERROR;tube;{field};Tube arc of {flat} at 120 kV",
        f"{flat} is no record at all",
    )
    centre.say(
        Event("ct-2", "bad_answer", f"answered {text!r}", FAULT, "warning", text, text, "bad")
    )
    centre.hear(Reading("ct-2", "tube_temp_c", 41, FAULT, text))
    centre.serviced(T0 + MINUTE, text, text)


def assert_gone(folder: Path, texts: Sequence[str], wanted: Sequence[str]) -> None:
    before = found(planted(folder / "clean", []), wanted)
    after = found(planted(folder / "planted", texts), wanted)
    assert {text: after[text] for text in wanted if after[text] > before[text]} == {}


def test_the_search_finds_what_is_there(tmp_path: Path) -> None:
    data = planted(tmp_path, [])
    counts = found(data, ["ct-2.csv", "4711-ab", "Tube arc", "scanward-seal", "nowhere"])
    assert all(counts[text] > 0 for text in ("ct-2.csv", "4711-ab", "Tube arc", "scanward-seal"))
    assert counts["nowhere"] == 0


@pytest.mark.skipif(not OBJECTS, reason="shared data folder absent")
@pytest.mark.parametrize("path", OBJECTS, ids=lambda path: path.stem)
def test_no_value_of_a_real_object_is_in_the_bundle(path: Path, tmp_path: Path) -> None:
    values = sorted(identifying_values(path))
    assert len(values) > 8
    words = {word for value in values for word in value.replace("^", " ").split() if len(word) > 3}
    scrubber = Scrubber.of("Siemens Somatom Sensation 16")
    foreign = [
        word for word in words if scrubber.scrub(f"the {word} stopped") != f"the {word} stopped"
    ]
    # What is made of technical words only (`Flat Field`, `X Ray`) names nobody.
    telling = [value for value in values if scrubber.scrub(value) != value]
    assert len(telling) > len(values) * 0.6
    assert_gone(tmp_path, values, [*telling, *foreign])


def test_no_planted_name_or_number_is_in_the_bundle(tmp_path: Path) -> None:
    assert_gone(tmp_path, list(SAMPLES), [gone for some in SAMPLES.values() for gone in some])


def test_what_the_vendor_needs_is_still_there(tmp_path: Path) -> None:
    counts = found(
        planted(tmp_path, list(SAMPLES)), ["Tube arc", "at 120 kV", "E-12", "4711-AB", "error 123"]
    )
    assert min(counts.values()) > 0
