"""One loader for the words of every surface."""

from pathlib import Path

import pytest

from core.text.catalogue import Catalogue, load_words
from core.text.phrase import Phrase


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    english = '[age]\nago = "{span} ago"\nnever = "never"\n'
    dari = (
        '[age]\nago = "{span} پیش"\n[data]\nopen = "باز"\n[unit]\nh = "ساعت"\n'
        '[phrase]\n"order {order} is {state}" = "{order} {state} است"\n'
    )
    (tmp_path / "en.toml").write_text(english, encoding="utf-8")
    (tmp_path / "fa.toml").write_text(dari, encoding="utf-8")
    return tmp_path


def test_a_language_has_its_own_words_and_english_where_it_has_none(folder: Path) -> None:
    dari = Catalogue(folder, "fa")
    assert dari.text("age.ago", span="2 h") == "2 h پیش"
    assert dari.text("age.never") == "never"
    assert Catalogue(folder, "ps").text("age.never") == "never"


def test_words_that_nobody_wrote_are_an_error(folder: Path) -> None:
    assert Catalogue(folder, "fa").find("age.soon") is None
    with pytest.raises(KeyError):
        Catalogue(folder, "fa").text("age.soon")


def test_data_and_units_fall_back_to_themselves(folder: Path) -> None:
    dari = Catalogue(folder, "fa")
    assert (dari.data("open"), dari.data("Gantry")) == ("باز", "Gantry")
    assert (dari.unit("h"), dari.unit("°C")) == ("ساعت", "°C")


def test_a_refusal_is_translated_by_its_template_with_the_codes_in_it(folder: Path) -> None:
    refusal = Phrase("order {order} is {state}", order=7, state="open")
    assert Catalogue(folder, "fa").translate(refusal) == "7 باز است"
    assert Catalogue(folder, "en").translate(refusal) == "order 7 is open"


def test_a_language_is_read_once(folder: Path) -> None:
    assert load_words(folder, "fa") is load_words(folder, "fa")
