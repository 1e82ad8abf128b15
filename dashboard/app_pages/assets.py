"""Everything the centre owns: a list to search, files in and out, labels, contracts and vendors."""

from datetime import date

import streamlit as st

from dashboard import forms
from dashboard.components.assets.asset_list import asset_rows, choose
from dashboard.components.assets.record_form import record_form
from dashboard.components.assets.sheet_export import export, labels
from dashboard.components.assets.sheet_import import preview, upload
from dashboard.components.shared.list_row import empty, section, title
from dashboard.i18n import t
from dashboard.queries import assets as asset_queries
from dashboard.queries.assets import Choices
from dashboard.text import format as fmt

NEW = ("name", "id", "manufacturer", "model", "serial", "location")
CONTRACT = (
    "number", "vendor", "starts", "ends", "days", "opens", "closes", "zone", "response_h",
    "resolution_h", "cost_a_year", "note",
)  # fmt: skip
VENDOR = ("name", "contact", "email", "phone", "note")


def partners(choices: Choices) -> None:
    """Contracts and vendors: each to be changed, and one more."""
    with st.container(key="lists"):
        with st.container():
            section(t("assets.contracts"))
            for cells in asset_queries.cells_of("contracts"):
                number = cells["number"]
                ends = fmt.date_(date.fromisoformat(cells["ends"]))
                heading = t("assets.contract", name=choices.contracts[number], date=ends)
                with st.expander(fmt.plain(heading)):
                    record_form(
                        f"contract-{number}", "contracts", CONTRACT, cells, choices, key=(number,)
                    )
            with st.popover(t("assets.new_contract"), icon=":material/add:"):
                record_form("contract-new", "contracts", CONTRACT, {}, choices)
        with st.container():
            section(t("assets.vendors"))
            for cells in asset_queries.cells_of("vendors"):
                with st.expander(fmt.plain(cells["name"])):
                    record_form(
                        f"vendor-{cells['id']}", "vendors", VENDOR, cells, choices,
                        key=(cells["id"],),
                    )  # fmt: skip
            with st.popover(t("assets.new_vendor"), icon=":material/add:"):
                record_form("vendor-by-hand", "vendors", ("id", *VENDOR), {}, choices)


rows = forms.read(asset_queries.assets)
choices = forms.read(asset_queries.choices)
with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("assets.title"))
    if rows is not None and choices is not None:
        with st.popover(t("assets.new"), icon=":material/add:"):
            record_form("asset-new", "assets", NEW, {}, choices)
        with st.popover(t("assets.import"), icon=":material/upload:"):
            upload()
        with st.popover(t("assets.export"), icon=":material/download:"):
            export()
        with st.popover(t("assets.labels"), icon=":material/qr_code:"):
            labels([row.asset for row in rows])
if rows is not None and choices is not None:
    preview()
    shown = choose(rows)
    asset_rows(shown)
    if not shown:
        empty(t("assets.none"))
    partners(choices)
