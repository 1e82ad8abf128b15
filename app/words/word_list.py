"""The words of one language as a table, and what a reader has corrected in it, back in the files they came from."""

import csv
import io
from collections.abc import Iterator, Mapping
from pathlib import Path
from string import Formatter
from typing import NamedTuple

from alerts.notification.language import WORDS as MESSAGE_WORDS
from app.words import profile_words, toml_words
from core.errors import ConfigError, Mistake
from core.schema.load_profiles import SHIPPED_PROFILES
from core.text.catalogue import FALLBACK, SHARED, line_of, load_words
from core.text.csv_cell import FORMULA, harmless
from dashboard.i18n import FOLDER as PAGE_WORDS
from maintenance.reports.locale import WORDS as REPORT_WORDS

HEAD = ("where", "key", "English", "words")
PROFILES = SHIPPED_PROFILES
FOLDERS = {"shared": SHARED, "pages": PAGE_WORDS, "messages": MESSAGE_WORDS, "reports": REPORT_WORDS}  # fmt: skip
OF_ITSELF = "language."  # what a language says of itself is no word of a screen
BY_ENGLISH = ("data", "phrase", "unit", "glossary")  # sections whose keys are the English words
_MARK = "\ufeff"  # by which a spreadsheet knows UTF-8


class WordRow(NamedTuple):
    """One line of the table; `words` are empty where nobody wrote any."""

    place: str
    key: str
    english: str
    words: str


def rows(language: str) -> Iterator[WordRow]:
    """All words of the program in a language, or to be written in it; the glossary first."""
    for place, folder in FOLDERS.items():
        english, own = load_words(folder, FALLBACK), load_words(folder, language)
        keys = dict.fromkeys(
            key for code in reversed(line_of(language)) for key in load_words(folder, code)
        )
        for key in keys:
            if not key.startswith(OF_ITSELF):
                section, _, name = key.partition(".")
                text = english.get(key) or (name if section in BY_ENGLISH else "")
                yield WordRow(place, key, text, own.get(key, ""))
    if language == profile_words.DARI:
        for path in sorted(PROFILES.glob("*.yaml")):
            for text, words in profile_words.words_of(path.read_text(encoding="utf-8")).items():
                yield WordRow(path.name, "", text, words)


def as_csv(language: str) -> bytes:
    """UTF-8 with its mark, so that a spreadsheet knows the script; what it would calculate is text."""
    text = io.StringIO()
    lines = csv.writer(text)
    lines.writerow(HEAD)
    lines.writerows([harmless(cell) for cell in row] for row in rows(language))
    return (_MARK + text.getvalue()).encode()


def corrections(language: str, content: bytes) -> list[WordRow]:
    """The lines of a table whose words are others than ours. ConfigError with every line that cannot be.

    What is empty in it stays as it is here; a line that is not there too.
    """
    known = {(row.place, row.key or row.english): row for row in rows(language)}
    changed, mistakes = list[WordRow](), list[Mistake]()
    for number, row in _parsed(content):
        ours = known.get((row.place, row.key or row.english))
        wrong = _wrong(row, ours)
        if wrong:
            mistakes.append(Mistake(f"row {number}", row.key or row.english, wrong))
        elif ours is not None and row.words and row.words != ours.words:
            changed.append(row)
    if mistakes:
        raise ConfigError(mistakes)
    return changed


def take(language: str, content: bytes) -> list[WordRow]:
    """Write what was corrected into the files; the lines that were. Nothing is written if one line cannot be."""
    changed = corrections(language, content)
    by_file: dict[str, dict[str, str]] = {}
    for row in changed:
        by_file.setdefault(row.place, {})[row.key or row.english] = row.words
    written = {_path(place, language): _written(place, language, words) for place, words in by_file.items()}  # fmt: skip
    for path, text in written.items():
        path.write_text(text, encoding="utf-8")
    load_words.cache_clear()
    return changed


def _path(place: str, language: str) -> Path:
    folder = FOLDERS.get(place)
    return PROFILES / place if folder is None else folder / f"{language}.toml"


def _written(place: str, language: str, words: Mapping[str, str]) -> str:
    path = _path(place, language)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    put = toml_words.with_words if place in FOLDERS else profile_words.with_words
    return put(path.name, text, words)


def _wrong(row: WordRow, ours: WordRow | None) -> str:
    if ours is None:
        return "there are no such words"
    if row.english != ours.english:
        return f"the English words are now {ours.english!r}: write the table anew"
    like = ours.english or ours.words  # a form of a date is a language's own
    try:
        same = not row.words or _placeholders(row.words) == _placeholders(like)
    except ValueError:
        same = False
    return "" if same else f"other placeholders than {like!r}"


def _placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name is not None}


def _parsed(content: bytes) -> Iterator[tuple[int, WordRow]]:
    """The lines with their numbers, whatever sign the spreadsheet has put between the columns."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ConfigError([Mistake("", "", "save it as CSV UTF-8")]) from error
    between = max(",;\t", key=text.partition("\n")[0].count)
    lines = csv.reader(io.StringIO(text), delimiter=between)
    if tuple(next(lines, [])[: len(HEAD)]) != HEAD:
        raise ConfigError([Mistake("row 1", "", f"is not {', '.join(HEAD)}")])
    for number, cells in enumerate(lines, 2):
        if any(cells):
            if len(cells) < len(HEAD):
                raise ConfigError([Mistake(f"row {number}", "", "has too few columns")])
            place, key, english, words = map(_unmarked, cells[: len(HEAD)])
            yield number, WordRow(place, key, english, words.strip() and words)


def _unmarked(cell: str) -> str:
    """What `harmless` has marked."""
    return cell[1:] if cell.startswith("'") and cell[1:].startswith(FORMULA) else cell
