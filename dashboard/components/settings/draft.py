"""A change of the site file before it is saved: its diff, the reason, and then one click."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import streamlit as st

from core.schema.editing.change import Change
from dashboard import forms
from dashboard.components.shared.list_row import hint, section
from dashboard.i18n import t
from dashboard.queries import stores
from maintenance.site_file.change import SitePreview, change_site, preview
from maintenance.site_file.secret_files import keep_secret

_KEY = "site-draft"


@dataclass(frozen=True)
class Draft:
    """What is to be changed; a secret that was typed is written to its file only when it is saved."""

    changes: Sequence[Change]
    preview: SitePreview
    secrets: Mapping[str, str] = field(default_factory=dict)  # by the file that the change names


def propose(changes: Sequence[Change], secrets: Mapping[str, str] | None = None) -> str:
    """Show on this page what these changes do. RefusedError or ConfigError if they may not be."""
    shown = preview(stores.site_path(), changes)
    st.session_state[_KEY] = Draft(changes, shown, secrets or {})
    return t("settings.look")


def draft() -> Draft | None:
    """What waits for its reason."""
    waiting: Draft | None = st.session_state.get(_KEY)
    return waiting


def review() -> None:
    """The change that waits, above the page. Its place is there without one too, so that no tab is left."""
    waiting = draft()
    with st.container(border=waiting is not None, key="site-review"):
        if waiting is not None:
            _review(waiting)


def _review(waiting: Draft) -> None:
    section(t("settings.review"))
    st.html(diff_html(waiting.preview.diff))
    if waiting.secrets:
        st.html(hint(t("settings.secret_file")))
    name = forms.once("site-save")
    with st.form(name, border=False):
        reason = st.text_input(t("settings.why"), key=f"{name}-why", max_chars=2000)
        if forms.submit(t("settings.save"), "change the site file"):
            forms.do("site-save", lambda: saved(waiting, reason))
    if st.button(t("settings.discard"), key="site-discard"):
        del st.session_state[_KEY]
        st.rerun()


def saved(waiting: Draft, reason: str) -> str:
    """Write it. What it needs besides is written first, and names nothing if this fails."""
    with forms.writing() as tx:
        for path, secret in waiting.secrets.items():
            keep_secret(tx, path, secret)
        change_site(tx, stores.site_path(), waiting.changes, reason, waiting.preview.sha256)
    st.session_state.pop(_KEY, None)
    return shown_anew(waiting.preview)


def shown_anew(new: SitePreview) -> str:
    """Let every session see the new site; the server begins anew by itself where it must."""
    is_shown = stores.renew(new.site)
    return t("settings.saved") if is_shown else t("settings.saved_restart")


def diff_html(diff: str) -> str:
    """The lines that go and come; they run from left to right in every language."""
    lines = [line for line in diff.split("\n") if not line.startswith(("---", "+++"))]
    tones = {"+": "come", "-": "go", "@": "place"}
    body = "\n".join(
        f'<span class="sw-diff-{tones.get(line[:1], "stay")}">{escape(line)}</span>'
        for line in lines
    )
    return f'<pre class="sw-diff" dir="ltr">{body}</pre>'
