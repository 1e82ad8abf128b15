"""A form for one record of the asset workbook, field by field; the workbook's own columns judge it."""

from collections.abc import Mapping, Sequence
from datetime import date

import streamlit as st

from core.time.covered_hours import WEEKDAYS
from dashboard import forms
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import CONDITIONS
from dashboard.work import assets
from dashboard.work.assets import Choices
from maintenance.assets import columns as sheets
from maintenance.assets.columns import SHEETS, Column
from maintenance.assets.importer import Key

FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(2100, 12, 31)
LONG = ("note", "power_needs", "environment_needs")


def record_form(
    name: str,
    sheet: str,
    columns: Sequence[str],
    cells: Mapping[str, str],
    choices: Choices,
    *,
    key: Key = (),
    device: str = "",
    fixed: Mapping[str, str] | None = None,
) -> None:
    """Change the record of that key, or make one. Only what was changed here is written.

    `fixed` are cells that nobody types; the sheet of `device` is begun if it is not yet.
    """
    form = forms.once(name)
    begun = forms.beginning(form, cells)
    with st.form(form, border=False):
        said = {}
        with st.container(key=f"fields-{form}"):
            for place, title in enumerate(columns):
                widget = f"{form}-{title}" if place else f"{form}-first"
                was = begun.get(title, "")
                said[title] = _field(title, SHEETS[sheet].columns[title], was, choices, widget)
        changed = {one: text for one, text in said.items() if text != begun.get(one, "")}
        if st.form_submit_button(t("record.save"), type="primary"):
            forms.do(name, lambda: _saved(sheet, key, {**(fixed or {}), **changed}, device))


def _saved(sheet: str, key: Key, cells: Mapping[str, str], device: str) -> str:
    if key and not cells:
        return t("record.same")
    assets.revise(sheet, key, cells, device)
    return t("record.saved")


def _field(title: str, column: Column, was: str, choices: Choices, widget: str) -> str:
    """The field of one column; what it says, as a cell."""
    label = fmt.column(title, stores.site())
    if column.parse is sheets.day:
        begun = date.fromisoformat(was) if was else None
        day = st.date_input(label, begun, FIRST_DAY, LAST_DAY, key=widget, format="YYYY-MM-DD")
        return day.isoformat() if isinstance(day, date) else ""
    if column.parse is sheets.days:
        names = dict(zip(WEEKDAYS, t("time.short_weekdays").split(), strict=True))
        days = st.multiselect(
            label, list(names), was.split(), format_func=lambda one: names[one], key=widget
        )
        return " ".join(one for one in WEEKDAYS if one in days)
    if column.refers_to or column.words:
        known = choices.of(column.refers_to) if column.refers_to else _words(column)
        options = ["", *known] if "" not in known else list(known)
        return st.selectbox(
            label, options, options.index(was) if was in options else 0,
            format_func=lambda one: known.get(one, one), key=widget,
        )  # fmt: skip
    if title in LONG:
        return st.text_area(label, was, max_chars=2000, height=68, key=widget).strip()
    return st.text_input(label, was, max_chars=200, key=widget).strip()


def _words(column: Column) -> Mapping[str, str]:
    conditions = {str(one): t(words) for one, words in CONDITIONS.items()}
    return {word: conditions.get(word, word) for word in column.words}
