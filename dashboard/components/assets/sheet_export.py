"""Asset sheets to keep or fill in elsewhere, and labels for the machines."""

from collections.abc import Sequence
from functools import partial
from urllib.parse import urlsplit

import streamlit as st

from dashboard.components.shared.number_box import number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text.labels import SHEET_NAMES
from dashboard.work import sheetfiles
from maintenance.assets import columns
from storage.records import Asset

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def export() -> None:
    """All sheets as a workbook, or one as CSV."""
    site = stores.site().file.id
    book = f"{site}-assets.xlsx"
    st.download_button(
        t("export.xlsx"), partial(sheetfiles.written, book), book, XLSX,
        key="export-xlsx", on_click="ignore", icon=":material/download:",
    )  # fmt: skip
    sheet = st.selectbox(
        t("export.sheet"), list(SHEET_NAMES), list(SHEET_NAMES).index("assets"),
        format_func=lambda one: t(SHEET_NAMES[one]), key="export-sheet",
    )  # fmt: skip
    name = f"{site}-{sheet}.csv"
    st.download_button(
        t("export.csv"), partial(sheetfiles.written, name, sheet), name, "text/csv",
        key="export-csv", on_click="ignore", icon=":material/download:",
    )  # fmt: skip


def labels(assets: Sequence[Asset]) -> None:
    """Stickers with a code that leads to the form for faults."""
    names = {asset.id: asset.name for asset in assets if asset.condition != "retired"}
    chosen = st.multiselect(
        t("labels.devices"), list(names), format_func=lambda one: names[one], key="label-devices",
        placeholder=t("labels.all"),
    )  # fmt: skip
    url = st.text_input(
        t("labels.url"), _address(), max_chars=200, key="label-url", help=t("labels.url_help")
    )
    skip = number_box(t("labels.skip"), columns.whole(0, 23), "0", key="label-skip")
    skip.tell()
    st.download_button(
        t("labels.get"), partial(sheetfiles.labels, chosen or list(names), url, skip.value or 0),
        f"{stores.site().file.id}-labels.pdf", "application/pdf",
        key="labels-pdf", on_click="ignore", icon=":material/download:", disabled=bool(skip.wrong),
    )  # fmt: skip


def _address() -> str:
    """The address by which this browser came, without the page; nothing if no telephone can use it."""
    parts = urlsplit(st.context.url or "")
    is_own = parts.hostname in (None, "localhost", "127.0.0.1", "::1")
    return "" if is_own else f"{parts.scheme}://{parts.netloc}"
