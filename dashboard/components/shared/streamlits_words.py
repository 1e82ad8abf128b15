"""The few words that Streamlit itself puts on a page, in the reader's language: a style writes them."""

import json

from core.text.catalogue import FALLBACK
from dashboard import i18n
from dashboard.i18n import t

# On a phone the pages are behind a sign that says nothing by itself.
_MENU = '[data-testid="stExpandSidebarButton"]'
_INSTEAD = {
    '[data-testid="stSkipToContent"]': "app.skip",
    '[data-testid="stFileUploaderDropzone"] button p': "app.upload",
}


def own_words() -> str:
    """CSS."""
    rules = [f"{_MENU}::after {{ content: {_quoted('app.menu')}; }}"]
    if i18n.language() != FALLBACK:
        for place, key in _INSTEAD.items():
            rules.append(f"{place} {{ font-size: 0; }}")
            rules.append(f"{place}::after {{ content: {_quoted(key)}; font-size: 0.875rem; }}")
    return " ".join(rules)


def _quoted(key: str) -> str:
    return json.dumps(t(key))
