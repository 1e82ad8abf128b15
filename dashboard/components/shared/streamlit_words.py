"""Streamlit's own English words, for which it has no setting: another language writes its own over them, or leaves them away."""

import json

from core.text.catalogue import FALLBACK
from dashboard import i18n
from dashboard.i18n import t


def streamlit_words() -> str:
    """A style for every page; empty in English."""
    if i18n.language() == FALLBACK:
        return ""
    choose = json.dumps(t("files.choose"), ensure_ascii=False)
    button = "[data-testid=stFileUploaderDropzone] button p"
    return (  # the label of an upload says how large and of which kinds it may be
        "<style>[data-testid=InputInstructions], [data-testid=stFileUploaderDropzoneInstructions]"
        f" {{ display: none; }} {button} {{ font-size: 0; }}"
        f" {button}::after {{ content: {choose}; font-size: 1rem; }}</style>"
    )
