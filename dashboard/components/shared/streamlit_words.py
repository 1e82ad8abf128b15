"""Streamlit's own words, for which it has no setting: a style writes others over them, or leaves them away."""

import json

from core.text.catalogue import FALLBACK
from dashboard import i18n
from dashboard.i18n import t

# What stands over which words of Streamlit.
_OVER = {
    "[data-testid=stSkipToContent]": "app.skip",
    "[data-testid=stFileUploaderDropzone] button p": "files.choose",
}
# How to hand in a field, which the button beside it shows; and what the label of an upload says already.
_AWAY = "[data-testid=InputInstructions], [data-testid=stFileUploaderDropzoneInstructions]"


def streamlit_words() -> str:
    """CSS for every page."""
    # On a phone the pages are behind a sign that says little by itself.
    menu = f"[data-testid=stExpandSidebarButton]::after {{ content: {_quoted('app.menu')}; }}"
    if i18n.language() == FALLBACK:
        return menu
    over = (
        f"{place} {{ font-size: 0; }} {place}::after {{ content: {_quoted(key)}; font-size: 0.875rem; }}"
        for place, key in _OVER.items()
    )
    return " ".join([menu, f"{_AWAY} {{ display: none; }}", *over])


def _quoted(key: str) -> str:
    return json.dumps(t(key), ensure_ascii=False)
