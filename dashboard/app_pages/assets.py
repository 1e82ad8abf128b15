"""Everything the centre owns: a list to search, files in and out, labels, contracts and vendors."""

from datetime import date

import streamlit as st

from dashboard import forms
from dashboard.components.assets.asset_list import asset_rows, choose
from dashboard.components.assets.record_form import record_form
from dashboard.components.assets.sheet_export import export, labels
from dashboard.components.assets.sheet_import import bring, brought
from dashboard.components.shared.list_row import empty, section, title
from dashboard.i18n import t
from dashboard.text import format as fmt
from dashboard.work import assets
from dashboard.work.assets import Choices

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
            for cells in assets.cells_of("contracts"):
                number = cells["number"]
                ends = fmt.date_(date.fromisoformat(cells["ends"]))
                said = t("assets.contract", name=choices.contracts[number], date=ends)
                with st.expander(fmt.plain(said)):
                    record_form(
                        f"contract-{number}", "contracts", CONTRACT, cells, choices, key=(number,)
                    )
            with st.popover(t("assets.new_contract"), icon=":material/add:"):
                record_form("contract-new", "contracts", CONTRACT, {}, choices)
        with st.container():
            section(t("assets.vendors"))
            for cells in assets.cells_of("vendors"):
                with st.expander(fmt.plain(cells["name"])):
                    record_form(
                        f"vendor-{cells['id']}", "vendors", VENDOR, cells, choices,
                        key=(cells["id"],),
                    )  # fmt: skip
            with st.popover(t("assets.new_vendor"), icon=":material/add:"):
                record_form("vendor-by-hand", "vendors", ("id", *VENDOR), {}, choices)


found = forms.read(assets.listed)
choices = forms.read(assets.choices)
with st.container(key="head", horizontal=True, vertical_alignment="center"):
    title(t("assets.title"))
    if found is not None and choices is not None:
        with st.popover(t("assets.new"), icon=":material/add:"):
            record_form("asset-new", "assets", NEW, {}, choices)
        with st.popover(t("assets.import"), icon=":material/upload:"):
            bring()
        with st.popover(t("assets.export"), icon=":material/download:"):
            export()
        with st.popover(t("assets.labels"), icon=":material/qr_code:"):
            labels([one.asset for one in found])
if found is not None and choices is not None:
    brought()
    shown = choose(found)
    asset_rows(shown)
    if not shown:
        empty(t("assets.none"))
    partners(choices)
