"""Numbers as people type them, and what is dialled."""

import re

import pytest

from dashboard.text.phone import dialled, phone_links


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("0799 123 456", "0799123456"),
        ("+93 (0) 799-123-456", "+93799123456"),
        ("+93 (0)799 123 456", "+93799123456"),
        ("(040) 22 33 44", "040223344"),
        ("۰۷۹۹ ۱۲۳ ۴۵۶", "0799123456"),
        ("+٩٣ ٧٩٩ ١٢٣ ٤٥٦", "+93799123456"),
        ("\uff0b93799123456", "+93799123456"),
        ("0799\u2011123\u2011456", "0799123456"),
        ("214", "214"),
        ("12", ""),
        ("0799123456 0700111222", ""),  # two, and nobody knows where the one ends
        ("", ""),
        ("+", ""),
    ],
)
def test_what_is_dialled(typed: str, number: str) -> None:
    assert dialled(typed) == number


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("0799 123 456 / 0700 111 222", ["0799123456", "0700111222"]),
        ("0799123456, 0700111222", ["0799123456", "0700111222"]),
        ("ext. 214", ["214"]),
        ("داخلی ۲۱۴", ["214"]),
        ("Omar 0799 123 456 (evenings)", ["0799123456"]),
        ("nobody", []),
        ("ask at the desk", []),
        ("1", []),
    ],
)
def test_each_number_in_it_is_a_link_and_the_rest_stays(typed: str, numbers: list[str]) -> None:
    html = phone_links(typed)
    assert [part.partition('"')[0] for part in html.split('href="tel:')[1:]] == numbers
    assert re.sub("<[^>]+>", "", html) == typed


def test_nothing_that_is_typed_becomes_html() -> None:
    html = phone_links('<b onclick="x">0799"123\' 456</b>')
    assert "<b " not in html
    assert 'tel:0799"' in html or "tel:" in html
    assert phone_links("<script>") == "&lt;script&gt;"
