"""Questions of suppliers in a profile: read, laid over the parents', refused with their place."""

from pathlib import Path

import pytest

from core.errors import Mistake
from core.schema.load_plans import SHIPPED_PLANS, PlanLibrary
from core.schema.load_profiles import SHIPPED_PROFILES, ProfileLibrary
from core.schema.profile import Profile
from tests.config.shelf import DEVICES, profile, write

PERSIAN_ONLY = "ي" + "ك"  # Arabic letters where Dari has ی and ک


def loaded(tmp_path: Path, questions: str) -> tuple[Profile | None, list[str]]:
    write(tmp_path, "own.yaml", f"title: T\nkind: ct\nvendor_questions: {questions}\n")
    mistakes: list[Mistake] = []
    library = ProfileLibrary(
        [SHIPPED_PROFILES, tmp_path], mistakes, PlanLibrary([SHIPPED_PLANS], mistakes)
    )
    own = library.get("own")
    return own, [str(mistake) for mistake in mistakes]


@pytest.mark.parametrize("name", DEVICES)
def test_every_shipped_device_has_questions_in_both_languages(name: str) -> None:
    own = profile(name)
    assert len(own.vendor_questions) >= (5 if own.group == "scanner" else 4)
    for row in own.vendor_questions:
        for words in (row.en, row.fa):
            assert 10 < len(words) <= 200, row.id
            assert words[-1] in ".?؟", row.id
        assert not any("a" <= sign <= "z" for sign in row.fa), row.id
        assert not set(row.fa) & set(PERSIAN_ONLY), row.id


def test_the_same_id_replaces_and_others_are_added(tmp_path: Path) -> None:
    own, mistakes = loaded(tmp_path, "[{id: error_text, en: Which error?}, {id: own, en: What?}]")
    assert mistakes == []
    assert own is not None
    rows = {row.id: row for row in own.vendor_questions}
    assert rows["error_text"].in_language("fa") == "Which error?"
    assert set(rows) > {"since_when", "own"}


@pytest.mark.parametrize(
    ("questions", "words"),
    [
        ("[{id: a, en: ''}]", "en"),
        ("[{id: a}]", "en"),
        ("[{id: a, en: What?, de: Was?}]", "unknown key"),
        ("[{id: a, en: What?}, {id: a, en: Who?}]", "'a' stands there twice"),
        ("[{id: 'A b', en: What?}]", "id"),
        (f"[{{id: a, en: {'x' * 201}}}]", "200"),
        ('[{id: a, en: "two\\nlines"}]', "one line"),
        ('[{id: a, en: "turned \\u202e round"}]', "one line"),
        ('[{id: a, en: "nul \\0"}]', "one line"),
        ("[{id: a, en: 5}]", "en"),
        ("[{id: a, en: [x]}]", "en"),
        ("x", "vendor_questions"),
        ("{a: b}", "vendor_questions"),
        ("[" + ",".join(f"{{id: q{n}, en: What?}}" for n in range(21)) + "]", "20 at most"),
    ],
)
def test_what_is_no_list_of_questions_is_refused_with_its_place(
    tmp_path: Path, questions: str, words: str
) -> None:
    _, mistakes = loaded(tmp_path, questions)
    assert len(mistakes) >= 1
    assert "vendor_questions" in mistakes[0]
    assert words in mistakes[0]


def test_what_looks_like_html_is_a_text(tmp_path: Path) -> None:
    own, mistakes = loaded(tmp_path, "[{id: a, en: '<script>alert(1)</script>'}]")
    assert mistakes == []
    assert own is not None
    assert own.vendor_questions[-1].en == "<script>alert(1)</script>", "escaped where it is shown"
