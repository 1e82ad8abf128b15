"""How the order commands put the limits of a checklist's items."""

import pytest

from app.cli.order import accepted_words


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (5.0, None, "5 or more"),
        (None, 5.0, "up to 5"),
        (-5.0, 5.0, "-5 to 5"),
        (0.0, None, "0 or more"),
        (None, None, ""),
    ],
)
def test_limits_are_whole_words_with_one_end_or_both(
    low: float | None, high: float | None, text: str
) -> None:
    assert accepted_words(low, high) == text
