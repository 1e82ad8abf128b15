"""Streamlit's own English words, for which it has no setting: another language writes its own over them, or leaves them away."""

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
    """A style for every page; empty in English."""
    if i18n.language() == FALLBACK:
        return ""
    over = "".join(
        f" {place} {{ font-size: 0; }} {place}::after"
        f" {{ content: {json.dumps(t(key), ensure_ascii=False)}; font-size: 1rem; }}"
        for place, key in _OVER.items()
    )
    return f"<style>{_AWAY} {{ display: none; }}{over}</style>"
