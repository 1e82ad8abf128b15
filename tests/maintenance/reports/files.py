"""What a person would read in a file of a report."""

import io
import re
import shutil
import subprocess
import unicodedata
from collections import Counter
from html.parser import HTMLParser

import openpyxl
import pytest

# Numbers with their separators, and words with the joiners and marks that belong to them.
_TOKEN = re.compile(r"\d+(?:[.,٫٬:]\d+)*|[^\W\d_]+(?:[\u200c\u0654]?[^\W\d_]*)*")


def tokens(text: str) -> Counter[str]:
    """Words and numbers, however they are put together.

    Lam and alef are one sign in print, and pdftotext gives its two letters from left to right; so
    the letters of a word that has both are sorted.
    """
    found = _TOKEN.findall(unicodedata.normalize("NFKC", text))
    return Counter("".join(sorted(w)) if {"ل", "ا"} <= set(w) else w for w in found)


def text_of_pdf(content: bytes) -> str:
    if shutil.which("pdftotext") is None:
        pytest.skip("needs server: poppler-utils")
    done = subprocess.run(
        ["pdftotext", "-", "-"], input=content, capture_output=True, check=True, timeout=30
    )
    return done.stdout.decode()


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"

    def handle_endtag(self, tag: str) -> None:
        self._in_style = False

    def handle_data(self, data: str) -> None:
        if not self._in_style:
            self.parts.append(data)


def text_of_html(content: bytes) -> str:
    reader = _Text()
    reader.feed(content.decode())
    return "\n".join(reader.parts)


def sheets_of(content: bytes) -> dict[str, list[tuple[object, ...]]]:
    """Every sheet's rows of values."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    return {sheet.title: list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets}
