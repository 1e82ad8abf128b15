"""What is taken out is shown in each text, and a person may keep a word of it; never what is certainly somebody's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maintenance.bundle.privacy import REMOVED, Scrubber
from maintenance.bundle.privacy.preview import CutText, cut_texts, keepable_word, marked
from tests.maintenance.bundle.privacy.forms import FORMS, Person
from tests.support.examples import examples

SCRUBBER = Scrubber.of("Siemens Somatom Sensation 16")


def cut(text: str) -> CutText:
    [only] = cut_texts(SCRUBBER, [text])
    return only


def test_what_goes_is_marked_where_it_stands() -> None:
    text = "The blorker whirs, call Karimi 0788456123 today."
    stretches = cut(text).stretches
    assert "".join(stretch.text for stretch in stretches) == text
    assert [s.text for s in stretches if s.is_removed] == ["blorker whirs", "Karimi 0788456123"]


def test_what_leaves_whole_is_not_shown_and_what_is_written_twice_once() -> None:
    texts = ["The fan stopped.", "A blorker fell.", "A blorker fell.", ""]
    assert len(cut_texts(SCRUBBER, texts)) == 1


def test_a_kept_word_leaves_and_the_next_one_does_not() -> None:
    text = "The blorker squorks at 120 kV"
    assert list(cut(text).keepable) == ["blorker", "squorks"]
    assert SCRUBBER.keeping(["blorker", "squorks"]).scrub(text) == text
    # Beside what is taken out it could be a part of a name.
    assert SCRUBBER.keeping(["blorker"]).scrub(text) == f"The {REMOVED} at 120 kV"
    assert SCRUBBER.scrub(text) == f"The {REMOVED} at 120 kV", (
        "one scrubber does not change another"
    )


@pytest.mark.parametrize(
    "text",
    [
        "PatientName=Karimi^Ahmad",
        "(0010,0010) PN [Wardak^Zarghona]",
        "PID|1||4711^^^HRT||Karimi^Ahmad",
        "Haji Karim",
        "ask Dr Karimi",
        "mail karimi@clinic.example",
        "/data/karimi/x.dcm",
        "seven eight eight four five six",
        "MRN blorker 4711823",
        "The patient Karim shouted",
        "operator Karim",
        "Ahmad Karimi",
        "K A R I M",
        "کریم",
    ],
)
def test_what_is_certainly_somebodys_can_never_be_kept(text: str) -> None:
    assert list(cut(text).keepable) == []
    everything = SCRUBBER.keeping(word.lower() for word in text.replace("^", " ").split())
    assert everything.scrub(text) == SCRUBBER.scrub(text)


def test_a_sentence_about_a_patient_does_not_forbid_the_next() -> None:
    text = "The patient Karim fell. The blorker squorks."
    assert list(cut(text).keepable) == ["blorker", "squorks"]
    assert (
        SCRUBBER.keeping(["blorker", "squorks", "karim"])
        .scrub(text)
        .endswith("The blorker squorks.")
    )
    assert "Karim" not in SCRUBBER.keeping(["karim"]).scrub(text)


@pytest.mark.parametrize(
    ("text", "stays"),
    [
        ("Since 14 Nov the table sags. The patient Karim fell.", "14 Nov"),
        ("The patient Karim fell.\nIt began on Nov 14th at night.", "Nov 14th"),
        ("The patient Karim fell on 14 Nov. It sags.", ""),
        ("Born 14 Nov. It sags.", ""),
        ("The patient fell. It began on 14 Nov 1961.", ""),
        ("The patient fell. Since 14 Nov 4711 8231 it sags.", ""),
    ],
)
def test_the_day_of_a_fault_stays_where_nobody_is_spoken_of(text: str, stays: str) -> None:
    clean = SCRUBBER.scrub(text)
    assert stays in clean
    assert stays or "14" not in clean
    assert "Karim" not in clean


people = st.builds(
    Person,
    st.sampled_from(["Ahmad", "Zarghona"]), st.sampled_from(["Karimi", "Stanekzai"]),
    st.sampled_from(["احمد کریمی", "زلمی هوتک"]),
    st.integers(10_000_000, 999_999_999).map(lambda number: f"0{number}"),
    st.integers(1930, 2012), st.integers(1310, 1399),
)  # fmt: skip


@given(people, st.sampled_from(sorted(FORMS)))
@examples(150)
def test_no_digit_comes_out_by_keeping_words(person: Person, form: str) -> None:
    text = f"the tube sagged: {FORMS[form](person)}; blorker"
    chosen = [word for text in cut_texts(SCRUBBER, [text]) for word in text.keepable]
    scrubber = SCRUBBER.keeping([*chosen, "blorker"])
    digits = sum(map(str.isdigit, scrubber.scrub(text)))
    assert digits == sum(map(str.isdigit, SCRUBBER.scrub(text)))


@pytest.mark.parametrize(
    "word", ["0788", "K4711", "seven", "کریم", "a b", "", "x", "karimi@x", "AhMaD"]
)
def test_what_is_no_word_cannot_be_kept(word: str) -> None:
    assert keepable_word(word) == ""


def test_a_text_is_marked_also_where_signs_were_exchanged() -> None:
    stretches = marked("‘blorker’ — 120\u00a0kV", "'[removed]' — 120 kV")
    assert any(stretch.is_removed and "blorker" in stretch.text for stretch in stretches)
