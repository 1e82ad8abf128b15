"""A form for one record of the asset workbook, field by field; the workbook's own columns judge it."""

from collections.abc import Mapping, Sequence

import streamlit as st

from core.time.covered_hours import WEEKDAYS
from dashboard import forms
from dashboard.components.shared.date_box import day_box
from dashboard.i18n import t, translate
from dashboard.queries import stores
from dashboard.queries.assets import Choices
from dashboard.text import format as fmt
from dashboard.text.labels import CONDITIONS
from maintenance.assets import columns as sheets
from maintenance.assets import register
from maintenance.assets.columns import SHEETS, SheetColumn
from maintenance.assets.importer import Key

LONG = ("note", "power_needs", "environment_needs")


def record_form(
    name: str,
    sheet: str,
    columns: Sequence[str],
    cells: Mapping[str, str],
    choices: Choices,
    *,
    key: Key = (),
    fixed: Mapping[str, str] | None = None,
) -> None:
    """Change the record of that key, or make one. Only what was changed here is written.

    `fixed` are cells that nobody types.
    """
    form = forms.once(name)
    first = forms.beginning(form, cells)
    with st.form(form, border=False):
        texts = {}
        with st.container(key=f"fields-{form}"):
            for place, title in enumerate(columns):
                widget = f"{form}-{title}" if place else f"{form}-first"
                was = first.get(title, "")
                texts[title] = _field(title, SHEETS[sheet].columns[title], was, choices, widget)
        changed = {title: text for title, text in texts.items() if text != first.get(title, "")}
        if forms.submit(t("record.save"), "change asset sheets"):
            forms.do(name, lambda: _saved(sheet, key, {**(fixed or {}), **changed}))


def _saved(sheet: str, key: Key, cells: Mapping[str, str]) -> str:
    if key and not cells:
        return t("record.same")
    with forms.writing() as tx:
        questions = register.revise(tx, sheet, key, cells)
    doubts = "; ".join(translate(question.text) for question in questions)
    return t("record.saved_asked", question=doubts) if doubts else t("record.saved")


def _field(title: str, column: SheetColumn, was: str, choices: Choices, widget: str) -> str:
    """The field of one column; what was typed or chosen, as a cell."""
    label = fmt.column(title, stores.site())
    if column.parse is sheets.day:
        box = day_box(label, widget, was)
        day = box.value  # what is none is refused by the column, with its place
        return day.isoformat() if day else box.text.strip()
    if column.parse is sheets.days:
        names = dict(zip(WEEKDAYS, t("time.short_weekdays").split(), strict=True))
        days = st.multiselect(
            label,
            list(names),
            was.split(),
            format_func=lambda day: names[day],
            key=widget,
            placeholder=t("app.choose"),
        )
        return " ".join(day for day in WEEKDAYS if day in days)
    if column.refers_to or column.words:
        known = choices.of(column.refers_to) if column.refers_to else _words(column)
        options = ["", *known] if "" not in known else list(known)
        return st.selectbox(
            label, options, options.index(was) if was in options else 0,
            format_func=lambda option: known.get(option, option), key=widget,
        )  # fmt: skip
    if title in LONG:
        return st.text_area(label, was, max_chars=2000, height=68, key=widget).strip()
    return st.text_input(label, was, max_chars=200, key=widget).strip()


def _words(column: SheetColumn) -> Mapping[str, str]:
    conditions = {str(condition): t(words) for condition, words in CONDITIONS.items()}
    return {word: conditions.get(word, word) for word in column.words}
