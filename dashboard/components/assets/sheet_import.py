"""A workbook or CSV for the asset sheets: shown first, then imported or put away."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import streamlit as st

from core.errors import ConfigError, Mistake
from dashboard import forms
from dashboard.components.shared.list_row import chip, section
from dashboard.i18n import joined, t, translate
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import SHEET_NAMES
from maintenance.assets import register
from maintenance.assets.importer import CellChange, RecordChange

SEEN = "sheets-brought"
MOST_SHOWN = 300
LARGEST_MB = 10


@dataclass(frozen=True, slots=True)
class UploadedSheet:
    """A file that somebody uploaded. `sheet` is what it holds if it is CSV."""

    name: str
    content: bytes
    sheet: str


@dataclass(frozen=True, slots=True)
class Preview:
    """A file, and what it would change, or what is wrong with it."""

    upload: UploadedSheet
    changes: Sequence[RecordChange]
    mistakes: Sequence[Mistake]
    questions: Sequence[Mistake] = ()


def upload() -> None:
    """Choose a file. Nothing of it is kept yet."""
    with st.form(forms.once("bring"), border=False):
        file = st.file_uploader(
            t("import.file", size=LARGEST_MB), ["xlsx", "csv"],
            max_upload_size=LARGEST_MB,
        )  # fmt: skip
        sheet = st.selectbox(
            t("import.sheet"), list(SHEET_NAMES), list(SHEET_NAMES).index("assets"),
            format_func=lambda sheet: t(SHEET_NAMES[sheet]),
        )  # fmt: skip
        if forms.submit(t("import.look"), "change asset sheets") and file:
            shown = preview_of(UploadedSheet(file.name, file.getvalue(), sheet))
            forms.do("bring", lambda: _remembered(shown))


def preview() -> None:
    """What the file would change, to be accepted; or every mistake in it."""
    shown: Preview | None = st.session_state.get(SEEN)
    if shown is None:
        return
    with st.container(key="brought", border=True):
        section(t("import.heading", name=shown.upload.name))
        if shown.mistakes:
            st.error(t("import.wrong", count=len(shown.mistakes)))
            st.html(_listed([_mistake(mistake) for mistake in shown.mistakes]))
        elif shown.changes:
            new = sum(change.is_new for change in shown.changes)
            summary = t("import.would", new=new, changed=len(shown.changes) - new)
            st.html(f'<p class="sw-hint">{escape(summary)}</p>')
            if shown.questions:
                st.warning(t("import.asked"))
                st.html(_listed([_mistake(question) for question in shown.questions]))
            st.html(_listed([_change(change) for change in shown.changes]))
        else:
            st.html(f'<p class="sw-hint">{escape(t("import.nothing"))}</p>')
        with st.container(key="steps", horizontal=True):
            if shown.changes:
                forms.button(
                    "take-in",
                    t("import.take"),
                    lambda: _imported(shown),
                    right="change asset sheets",
                    primary=True,
                )
            if st.button(t("import.discard")):
                st.session_state.pop(SEEN)
                st.rerun()


def preview_of(upload: UploadedSheet) -> Preview:
    """What it would change, or every mistake in it; nothing is kept."""
    try:
        with forms.writing() as tx:
            result = register.preview(tx, upload.name, upload.content, upload.sheet)
    except ConfigError as error:
        return Preview(upload, (), error.mistakes)
    return Preview(upload, result.changes, (), result.questions)


def _remembered(shown: Preview) -> str:
    st.session_state[SEEN] = shown
    return t("import.looked")


def _imported(shown: Preview) -> str:
    upload = shown.upload
    with forms.writing() as tx:
        result = register.import_file(
            tx, upload.name, upload.content, upload.sheet, expected=shown.changes
        )
    st.session_state.pop(SEEN)
    return t("import.taken", count=len(result.changes))


def _listed(lines: Sequence[str]) -> str:
    more = len(lines) - MOST_SHOWN
    last = f"<li>{escape(t('import.more', count=more))}</li>" if more > 0 else ""
    return f'<ul class="sw-steps sw-brought">{"".join(lines[:MOST_SHOWN])}{last}</ul>'


def _mistake(mistake: Mistake) -> str:
    place, text = translate(mistake.path), translate(mistake.text)
    return f"<li><b>{escape(place)}</b><span>{escape(text)}</span></li>"


def _change(change: RecordChange) -> str:
    word = chip(t("import.new"), "ok") if change.is_new else chip(t("import.changed"), "info")
    cells = joined(_cell(cell) for cell in change.cells)
    name = " ".join((t(SHEET_NAMES[change.sheet]), *(text for text in change.key if text)))
    return (
        f"<li>{word}<span><b>{escape(name)}</b> "
        f'<span class="sw-hint">{escape(cells)}</span></span></li>'
    )


def _cell(cell: CellChange) -> str:
    column, after = fmt.column(cell.column, stores.site()), cell.after or fmt.ABSENT
    if not cell.before:
        return t("import.cell_new", column=column, after=after)
    return t("import.cell", column=column, before=cell.before, after=after)
