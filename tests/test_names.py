"""Names and sizes of the product's own code. The figures below may only fall."""

import pytest

from tests.support.names import (
    bound_names,
    doubled_classes,
    long_files,
    long_functions,
    sources,
    voice_names,
)

pytestmark = pytest.mark.servers  # a walk of all the code, as long as one

MOST_VOICE = 0.001  # of all bound names; healthchecks, httpx and starlette have 0.0 to 0.1 %
MOST_DOUBLED = 0
MOST_LONG_FUNCTIONS = 1


def test_few_names_say_how_a_thing_came_about_instead_of_what_it_is() -> None:
    names = [bound for path in sources() for bound in bound_names(path)]
    voice = voice_names(names)
    assert len(names) > 10_000
    assert len(voice) / len(names) <= MOST_VOICE, sorted({bound.name for bound in voice})


def test_a_class_name_stands_for_one_thing() -> None:
    assert len(doubled_classes(sources())) <= MOST_DOUBLED


def test_functions_and_files_are_short() -> None:
    assert len(long_functions(sources())) <= MOST_LONG_FUNCTIONS
    assert long_files(sources()) == []


@pytest.mark.parametrize("name", ["found", "told", "heard_at", "_said", "one"])
def test_a_voice_word_is_noticed_wherever_it_stands_in_a_name(name: str) -> None:
    [bound] = [bound for bound in bound_names(sources("core")[0].parent / "errors.py")][:1]
    assert voice_names([bound._replace(name=name)])
