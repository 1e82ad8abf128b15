"""The table of words: whole, true, safe in a spreadsheet, and taken back line by line."""

import csv
import io
import shutil
from pathlib import Path

import pytest

from app.words import word_list
from app.words.word_list import FOLDERS, HEAD, WordRow, as_csv, corrections, rows, take
from core.errors import ConfigError
from core.text.catalogue import load_words

ROOT = Path(__file__).parents[3]
TABLES = sorted((ROOT / "docs" / "words").glob("*.csv"))


def table(*lines: WordRow, head: tuple[str, ...] = HEAD, between: str = ",") -> bytes:
    text = io.StringIO()
    csv.writer(text, delimiter=between).writerows([head, *lines])
    return text.getvalue().encode("utf-8-sig")


def row(key: str, language: str = "fa") -> WordRow:
    return next(row for row in rows(language) if row.key == key)


def wrong(content: bytes) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        corrections("fa", content)
    return [str(mistake) for mistake in caught.value.mistakes]


@pytest.fixture
def own_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Copies of all files of words, which a test may change."""
    for place, folder in FOLDERS.items():
        shutil.copytree(folder, tmp_path / place, ignore=lambda _, names: [n for n in names if not n.endswith(".toml")])  # fmt: skip
    monkeypatch.setattr(word_list, "FOLDERS", {place: tmp_path / place for place in FOLDERS})
    shutil.copytree(word_list.PROFILES, tmp_path / "profiles")
    monkeypatch.setattr(word_list, "PROFILES", tmp_path / "profiles")
    return tmp_path


@pytest.mark.parametrize("path", TABLES, ids=lambda path: path.name)
def test_the_table_in_docs_is_that_of_today(path: Path) -> None:
    language = path.stem
    assert path.read_bytes() == as_csv(language), (
        f"scanward words write {language} docs/words/{path.name}"
    )


def test_a_table_as_it_is_changes_nothing() -> None:
    assert [path.stem for path in TABLES] == ["fa", "ps"]
    assert corrections("fa", as_csv("fa")) == []


def test_it_begins_with_the_glossary_and_no_cell_is_a_formula() -> None:
    text = as_csv("fa").decode("utf-8")
    assert text.startswith("\ufeffwhere,key,English,words\r\nshared,glossary.")
    cells = [cell for line in csv.reader(io.StringIO(text)) for cell in line]
    assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))] == []


def test_a_corrected_word_is_written_where_it_came_from(own_files: Path) -> None:
    pages, faults = (
        row("fleet.title"),
        next(row for row in rows("fa") if row.place.endswith(".yaml")),
    )
    lines = [pages._replace(words="دستگاه‌های ما"), faults._replace(words="چیز دیگر")]
    changed = take("fa", table(*lines, between=";"))
    assert [line.words for line in changed] == ["دستگاه‌های ما", "چیز دیگر"]
    assert load_words(own_files / "pages", "fa")["fleet.title"] == "دستگاه‌های ما"
    assert "چیز دیگر" in (own_files / "profiles" / faults.place).read_text(encoding="utf-8")
    assert take("fa", table(*lines)) == []


def test_a_language_that_nobody_has_begun_is_begun_by_its_table(own_files: Path) -> None:
    title = row("fleet.title", "uz")
    assert title.words == ""
    take("uz", table(title._replace(words="Barcha qurilmalar")))
    assert load_words(own_files / "pages", "uz") == {"fleet.title": "Barcha qurilmalar"}


def test_what_cannot_be_taken_is_said_line_by_line_and_nothing_is_written(own_files: Path) -> None:
    before = (own_files / "pages" / "fa.toml").read_bytes()
    heard = row("fleet.heard")
    mistakes = wrong(
        table(
            row("fleet.title")._replace(words="خوب"),
            heard._replace(words="آخرین"),
            heard._replace(words="آخرین {age"),
            heard._replace(english="Last {age}"),
            heard._replace(key="fleet.nowhere"),
        )
    )
    assert [mistake.partition(":")[0] for mistake in mistakes] == [
        "row 3",
        "row 4",
        "row 5",
        "row 6",
    ]
    assert (own_files / "pages" / "fa.toml").read_bytes() == before


def test_an_empty_cell_and_a_line_left_out_change_nothing() -> None:
    assert corrections("fa", table(row("fleet.title")._replace(words="  "))) == []
    assert corrections("fa", table()) == []


@pytest.mark.parametrize(
    "content",
    [b"", b"where,key\n", "ي".encode("cp1256"), table(head=("a", "b", "c", "d")),
     ",".join(HEAD).encode() + b"\npages,fleet.title\n"],
)  # fmt: skip
def test_what_is_no_such_table_is_refused(content: bytes) -> None:
    assert wrong(content)


def test_what_the_spreadsheet_was_kept_from_is_read_as_it_was() -> None:
    line = row("line.explained")
    assert line.english.startswith("- ")
    text = table(line._replace(english=f"'{line.english}", words="'- {headline}، نو"))
    assert [changed.words for changed in corrections("fa", text)] == ["- {headline}، نو"]
