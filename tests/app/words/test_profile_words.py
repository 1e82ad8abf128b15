"""Dari words of a profile are changed in its text, which keeps its form."""

import pytest

from app.words.profile_words import with_words, words_of
from core.errors import ConfigError

FILE = """# A profile
rules:
  - id: hot
    do_first:
      en: "Stop: look."
      fa: "بس کنید: ببینید."  # short
usual_faults:
  - {en: It hangs, fa: بند است}
vendor_questions:
  - {id: a, en: "Is it loud?", fa: 'صدا دارد؟'}
  - {id: b, en: "Anything?"}
"""


def test_what_is_written_in_any_form_is_changed() -> None:
    new = {"Stop: look.": "ایستاد کنید.", "It hangs": "می‌ماند: نه", "Is it loud?": "بلند است؟"}
    written = with_words("a.yaml", FILE, new)
    assert words_of(written) == {**words_of(FILE), **new}
    assert '      fa: "ایستاد کنید."  # short\n' in written
    assert written.startswith("# A profile\n")


def test_what_has_no_place_in_the_file_yet_is_said() -> None:
    with pytest.raises(ConfigError, match=r"a\.yaml"):
        with_words("a.yaml", FILE, {"Anything?": "چیزی؟"})


def test_a_text_that_begins_another_is_not_changed_by_accident() -> None:
    longer = FILE.replace("'صدا دارد؟'", "بند است و گرم")
    with pytest.raises(ConfigError):
        with_words("a.yaml", longer, {"It hangs": "می‌ماند"})


def test_the_same_dari_of_two_english_texts_is_not_changed_by_accident() -> None:
    twice = FILE.replace("'صدا دارد؟'", "بند است")
    with pytest.raises(ConfigError):
        with_words("a.yaml", twice, {"It hangs": "می‌ماند"})
