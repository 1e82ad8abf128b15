"""What the site still lacks, and where each is seen to: a line on the first page, a list on *System*."""

from html import escape

import streamlit as st

from core.schema.editing.change import Put
from core.vocabulary.still_to_do import StillToDo
from dashboard import forms
from dashboard.components.settings.draft import Draft, saved
from dashboard.components.shared.list_row import section
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.queries.still_to_do import to_do_here
from maintenance.site_file.change import preview

# Where it is done; what no page does has its command in its words.
_PAGES: dict[StillToDo, tuple[str, str]] = {
    "no_device": ("app_pages/add_device.py", "add_device.title"),
    "no_channel": ("app_pages/settings.py", "settings.title"),
    "no_backup": ("app_pages/settings.py", "settings.title"),
    "same_disk": ("app_pages/settings.py", "settings.title"),
}


def still_to_do_line() -> str:
    """How much is left, with the first of it, as a link to where it is seen to; nothing if nothing is."""
    names = to_do_here()
    if not names:
        return ""
    page, words = "system", t("to_do.line", count=len(names), first=t(f"to_do.{names[0]}"))
    if names[0] == "no_device":  # nothing else on this page yet
        page, words = "add_device", f"{t('to_do.no_device')}. {t('to_do.no_device_how')}"
    return f'<p class="sw-hint sw-to-do"><a href="{page}" target="_self">{escape(words)}</a></p>'


def still_to_do_list() -> None:
    """Each with how to get it, and a way to say that it is meant so."""
    names = to_do_here()
    if not names:
        return
    section(t("to_do.title"))
    for name in names:
        with st.container(key=f"to-do-{name}", border=True):
            st.markdown(f"**{t(f'to_do.{name}')}**  \n{t(f'to_do.{name}_how')}")
            with st.container(horizontal=True, vertical_alignment="center"):
                if name in _PAGES:
                    page, words = _PAGES[name]
                    st.page_link(page, label=t(words))
                _put_aside(name)


def _put_aside(name: StillToDo) -> None:
    form = f"to-do-{name}"
    with forms.popover(form, t("to_do.put_aside")):
        reason = st.text_input(t("to_do.reason"), key=f"{forms.once(form)}-why", max_chars=200)
        forms.button(
            form, t("to_do.put_aside"), lambda: _done(name, reason), right="change the site file"
        )


def _done(name: StillToDo, reason: str) -> str:
    changes = [Put(f"put_aside.{name}", " ".join(reason.split()))]
    saved(Draft(changes, preview(stores.site_path(), changes)), reason)
    return t("to_do.is_put_aside")
