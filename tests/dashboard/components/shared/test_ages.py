"""Ages as HTML, for the browser to go on counting."""

import pytest

from core.time.clock import HOUR
from dashboard import i18n
from dashboard.components.shared.ages import ago, with_ago

NOW = 1_760_000_400_000


def test_an_age_says_when_it_began_and_how_long_it_is_now() -> None:
    html = f'<time class="sw-ago" data-at="{NOW - 3 * HOUR}">3 h ago</time>'
    assert ago(NOW - 3 * HOUR, NOW) == html


def test_what_never_was_has_no_age_to_count() -> None:
    assert ago(None, NOW) == "never"


def test_a_clock_that_is_ahead_makes_no_age_below_nothing() -> None:
    assert ">0 s ago<" in ago(NOW + HOUR, NOW)


def test_the_rest_of_the_sentence_is_text() -> None:
    html = with_ago("source.answers_in", NOW, NOW, ms="<b>")
    assert "&lt;b&gt;" in html
    assert html.count("<time") == 1


@pytest.mark.parametrize("key", ["fleet.heard", "device.heard", "source.answers", "source.silent"])
def test_each_language_says_the_age_somewhere(key: str) -> None:
    try:
        for language in ("en", "fa"):
            i18n.use(language)
            assert "<time" in with_ago(key, NOW, NOW)
    finally:
        i18n.use("en")
