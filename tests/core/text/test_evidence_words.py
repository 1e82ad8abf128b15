"""What a detector saw, in words: every code has some, and what is stored comes back as it was."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.text.evidence_words import CARRIERS, sentences
from core.text.phrase import Phrase
from core.vocabulary.evidence import Evidence, entries_of, evidence_in, is_within, names_in

NAMES = st.from_regex(r"[a-z][a-z0-9_]*", fullmatch=True)
SHOWN = st.builds(Evidence, NAMES, st.lists(st.floats(-1e12, 1e12), max_size=3).map(tuple))


@given(st.lists(NAMES, max_size=3), st.lists(SHOWN, max_size=3))
def test_names_and_evidence_are_kept_in_one_list_and_told_apart(
    names: list[str], shown: list[Evidence]
) -> None:
    kept = entries_of(names, shown)
    assert names_in(kept) == tuple(names)
    for before, after in zip(shown, evidence_in(kept), strict=True):
        assert after.name == before.name
        assert after.numbers == pytest.approx(before.numbers)


def test_a_row_of_an_older_version_has_names_only() -> None:
    assert (names_in(["gain"]), evidence_in(["gain"])) == (("gain",), ())


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (Evidence("gain", (6.4, 9.1)), "A busy hour now adds 9.1 K instead of 6.4 K"),
        (Evidence("mean", (0.3,)), "On average 0.3 K higher than expected"),
        (Evidence("mean", (-0.3,)), "On average 0.3 K lower than expected"),
        (Evidence("rate", (-0.05, -0.17)), "Falls 0.17 K a day instead of 0.05 K"),
        (Evidence("rate", (-0.0512, -0.16789)), "Falls 0.17 K a day instead of 0.051 K"),
        (Evidence("rate", (-0.1234, -0.1241)), "Falls 0.124 K a day instead of 0.123 K"),
        (Evidence("rate", (0.0, -0.17)), "Falls 0.17 K a day instead of 0 K"),
        (Evidence("rate", (0.5, 2.0)), "Rises 2 K a day instead of 0.5 K"),
        (Evidence("rate", (-0.5, 2.0)), "Moves 2 K a day instead of -0.5 K"),
        (Evidence("no_weather"), "No weather known here: a season can look like a fault"),
    ],
)
def test_what_moved_is_said_from_what_to_what(shown: Evidence, words: str) -> None:
    assert sentences([shown], lambda value: f"{value:g} K") == [words]


@pytest.mark.parametrize(("size", "way"), [(3.2, "rose"), (-3.2, "fell")])
def test_a_step_is_told_with_its_size_and_time_and_what_it_may_be(size: float, way: str) -> None:
    [words] = sentences(
        [Evidence("step", (size, 1_767_225_600_000.0))],
        lambda value: f"{value:g} K",
        lambda at: f"[{at}]",
    )
    assert words == (
        f"Its level {way} by 3.2 K about [1767225600000] and has stayed: "
        "a new sensor, a calibration, or something broke"
    )


def test_what_a_newer_version_stored_is_passed_over() -> None:
    assert sentences([Evidence("tides", (1.0,)), Evidence("gain", ())], str) == []


def test_no_code_reaches_a_person() -> None:
    assert all(isinstance(words, Phrase) and words != name for name, words in CARRIERS.items())


def test_a_value_that_nobody_knows_is_in_no_band() -> None:
    assert is_within(2.0, 1.0, 3.0)
    assert not is_within(4.0, 1.0, 3.0)
    assert not is_within(None, 1.0, 3.0)
    assert not is_within(2.0, None, None)


def test_what_no_detector_wrote_is_no_evidence() -> None:
    entries = ["gain:6.4:9.1", "Ahmad: 0100 00000", "no_weather:"]
    assert [shown.name for shown in evidence_in(entries)] == ["gain", "no_weather"]
    assert names_in(entries) == ("Ahmad: 0100 00000",)
