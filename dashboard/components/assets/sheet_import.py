"""A workbook or CSV brought to the asset sheets: seen first, then taken in or put away."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import ConfigError, Mistake
from dashboard import forms
from dashboard.components.shared.list_row import chip, section
from dashboard.i18n import t, translate
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import SHEET_NAMES
from dashboard.work import sheetfiles
from dashboard.work.sheetfiles import Brought
from maintenance.assets.importer import Cell, Change

SEEN = "sheets-brought"
MOST_SHOWN = 300


@dataclass(frozen=True, slots=True)
class Look:
    """A file that was brought, and what it would change, or what is wrong with it."""

    brought: Brought
    changes: Sequence[Change]
    mistakes: Sequence[Mistake]


def bring() -> None:
    """Choose a file. Nothing of it is kept yet."""
    with st.form(forms.once("bring"), border=False):
        file = st.file_uploader(
            t("import.file", size=sheetfiles.LARGEST_MB), ["xlsx", "csv"],
            max_upload_size=sheetfiles.LARGEST_MB,
        )  # fmt: skip
        sheet = st.selectbox(
            t("import.sheet"), list(SHEET_NAMES), list(SHEET_NAMES).index("assets"),
            format_func=lambda one: t(SHEET_NAMES[one]),
        )  # fmt: skip
        if st.form_submit_button(t("import.look"), type="primary") and file:
            look = look_at(Brought(file.name, file.getvalue(), sheet))
            forms.do("bring", lambda: _remembered(look))


def brought() -> None:
    """What the file would change, to be accepted; or every mistake in it."""
    look: Look | None = st.session_state.get(SEEN)
    if look is None:
        return
    with st.container(key="brought", border=True):
        section(t("import.heading", name=look.brought.name))
        if look.mistakes:
            st.error(t("import.wrong", count=len(look.mistakes)))
            st.html(_listed([_mistake(one) for one in look.mistakes]))
        elif look.changes:
            new = sum(change.is_new for change in look.changes)
            said = t("import.would", new=new, changed=len(look.changes) - new)
            st.html(f'<p class="sw-hint">{escape(said)}</p>')
            st.html(_listed([_change(one) for one in look.changes]))
        else:
            st.html(f'<p class="sw-hint">{escape(t("import.nothing"))}</p>')
        with st.container(key="steps", horizontal=True):
            if look.changes:
                forms.button("take-in", t("import.take"), lambda: _taken(look), primary=True)
            if st.button(t("import.discard")):
                st.session_state.pop(SEEN)
                st.rerun()


def look_at(brought: Brought) -> Look:
    """What it would change, or every mistake in it; nothing is kept."""
    try:
        return Look(brought, sheetfiles.look(brought), ())
    except ConfigError as error:
        return Look(brought, (), error.mistakes)


def _remembered(look: Look) -> str:
    st.session_state[SEEN] = look
    return t("import.looked")


def _taken(look: Look) -> str:
    count = sheetfiles.take_in(look.brought, look.changes)
    st.session_state.pop(SEEN)
    return t("import.taken", count=count)


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_SHOWN
    last = f"<li>{escape(t('import.more', count=more))}</li>" if more > 0 else ""
    return f'<ul class="sw-steps sw-brought">{"".join(lines[:MOST_SHOWN])}{last}</ul>'


def _mistake(one: Mistake) -> str:
    return (
        f"<li><b>{escape(translate(one.path))}</b><span>{escape(translate(one.text))}</span></li>"
    )


def _change(one: Change) -> str:
    word = chip(t("import.new"), "ok") if one.is_new else chip(t("import.changed"), "info")
    cells = " · ".join(_cell(cell) for cell in one.cells)
    name = " ".join((t(SHEET_NAMES[one.sheet]), *(text for text in one.key if text)))
    return (
        f"<li>{word}<span><b>{escape(name)}</b> "
        f'<span class="sw-hint">{escape(cells)}</span></span></li>'
    )


def _cell(cell: Cell) -> str:
    column, after = fmt.column(cell.column, stores.site()), cell.after or fmt.ABSENT
    if not cell.before:
        return t("import.cell_new", column=column, after=after)
    return t("import.cell", column=column, before=cell.before, after=after)
