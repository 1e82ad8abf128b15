"""Icons that point backwards or forwards: which way that is, the reader's language says."""

from typing import Literal

from dashboard import i18n

_POINTING = {
    "back": ("arrow_back", "arrow_forward"),
    "before": ("chevron_left", "chevron_right"),
    "after": ("chevron_right", "chevron_left"),
}


def pointing(way: Literal["back", "before", "after"]) -> str:
    """Its name for Streamlit, `:material/arrow_back:`."""
    leftwards, rightwards = _POINTING[way]
    return f":material/{leftwards if i18n.direction() == 'ltr' else rightwards}:"
