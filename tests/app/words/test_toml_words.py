"""Words go into a file of words, and nothing else of it changes."""

import pytest

from app.words.toml_words import with_words
from core.errors import ConfigError

FILE = '''# Words.

[age]
ago = "{span} پیش"  # as in a talk
never = "هیچگاه"

[door]
host = """One
two
"""

[data]
"The room is \\"warm\\"" = "گرم"
'''


def test_one_word_is_changed_and_its_neighbours_stay() -> None:
    written = with_words("fa.toml", FILE, {"age.never": 'هرگز "نه"'})
    assert written == FILE.replace('"هیچگاه"', '"هرگز \\"نه\\""')


def test_a_word_of_several_lines_and_a_key_with_quotes() -> None:
    words = {"door.host": "یک\nدو", 'data.The room is "warm"': "داغ"}
    written = with_words("fa.toml", FILE, words)
    assert 'host = "یک\\nدو"\n\n[data]' in written
    assert '"The room is \\"warm\\"" = "داغ"' in written
    assert "# as in a talk" in written


def test_new_words_stand_at_the_end_of_their_section_or_in_a_new_one() -> None:
    written = with_words("ps.toml", FILE, {"age.soon": "ژر", "phrase.{a} is {b}": "{a} {b} دی"})
    assert 'never = "هیچگاه"\nsoon = "ژر"\n\n[door]' in written
    assert written.endswith('\n[phrase]\n"{a} is {b}" = "{a} {b} دی"\n')
    assert with_words("ps.toml", "", {"state.ok": "سم"}) == '\n[state]\nok = "سم"\n'


def test_a_file_that_would_lose_something_is_not_written() -> None:
    with pytest.raises(ConfigError):
        with_words("fa.toml", '[age]\na = "x"\n[age]\nb = "y"\n', {"age.a": "z"})
