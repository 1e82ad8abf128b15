"""A pattern is searched only where it may match, and matches wherever it would."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.logfile import needles as needles_of
from collectors.logfile.needles import needles, wanted
from tests.support.examples import examples

PATTERNS = (
    *(r"\bTubeScanSeconds:\s*(?P<value>\d+)", r"(?i)\btube arc|\barc(?:ing)? detected"),
    *(
        r"\A(?:E\t|Type:[ \t]*Error)",
        r"x?abc",
        r"(abc)?d",
        r"(?!never)foo.*bar",
        r"(?<=look)behind",
    ),
    *(r"(foo|foobar)+z", r"(?i:Kelvin) is", r"^scan$", r"[a-z]bcd", r"تیوب گرم", r"(?s)foo.bar"),
    *(r"a{0,3}", r"(?P<word>foo) (?P=word)", r"(?x) f o o # all of it", r"foo\Z", r"(?i)straße"),
)
FRAGMENTS = (
    *("TubeScanSeconds: 7", "tube arc", "TUBE ARC", "arcing detected", "E\t", "Type: Error", "abc"),
    *("d", "never", "foo", "bar", "look", "behind", "foobarz", "\u212aelvin is", "kelvin is", "\n"),
    *("scan", "SCAN", "bcd", "Xbcd", "تیوب گرم", " ", "foo foo", "STRASSE", "straße", "İ", "x"),
)


@examples(400)
@given(st.sampled_from(PATTERNS), st.lists(st.sampled_from(FRAGMENTS), max_size=6), st.booleans())
def test_a_pattern_matches_what_it_matched_before(
    pattern: str, fragments: list[str], is_long: bool
) -> None:
    flags = re.DOTALL | re.MULTILINE if is_long else re.NOFLAG
    text = "".join(fragments)

    match, before = (
        wanted(pattern, flags).search(text, text.lower()),
        re.search(pattern, text, flags),
    )

    assert (match and match.span()) == (before and before.span())


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"\bFree Resources: DB: Local (?P<value>\d+) MB", ("free resources: db: local ",)),
        (r"(?i)\btube arc|\barc(?:ing)? detected", ("tube arc", " detected")),
        (r"\A(?:E\t|Type:[ \t]*Error)", ()),
        (r"(abc)?d", ()),
    ],
)
def test_the_longest_letters_that_must_stand_there_are_named(
    pattern: str, expected: tuple[str, ...]
) -> None:
    assert needles(pattern) == expected


def test_where_python_takes_no_pattern_apart_each_is_searched(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(needles_of, "_parser", None)

    assert needles("foo") == ()
