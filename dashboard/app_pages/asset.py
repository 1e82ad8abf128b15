"""The sheet of one device: what it is, what was paid and promised: `/asset?device=ct-2`."""

import streamlit as st

from dashboard import forms
from dashboard.components.assets.asset import (
    IDENTITY,
    PURCHASE,
    asset_facts,
    asset_heading,
    contract_facts,
)
from dashboard.components.assets.asset_forms import change_condition, components, edit_sheet
from dashboard.components.assets.asset_history import changes_list
from dashboard.components.shared.attachments import attachments
from dashboard.components.shared.list_row import section
from dashboard.i18n import t
from dashboard.queries import assets as asset_queries
from dashboard.queries import stores
from dashboard.queries.assets import AssetDetails
from dashboard.text import format as fmt
from dashboard.text.icons import pointing


def links(sheet: AssetDetails) -> None:
    """Back, to what is measured of it, and to its work; and in what condition it is."""
    here = {"device": sheet.asset.id}
    with st.container(key="links", horizontal=True, vertical_alignment="center"):
        st.page_link("app_pages/assets.py", label=t("assets.title"), icon=pointing("back"))
        if sheet.is_watched:
            st.page_link(
                "app_pages/device.py", label=t("asset.device"), query_params=here,
                icon=":material/monitor_heart:",
            )  # fmt: skip
            st.page_link(
                "app_pages/orders.py", label=t("orders.title"), query_params=here,
                icon=":material/build:",
            )  # fmt: skip
        with st.popover(t("asset.change_condition")):
            change_condition(sheet.asset)


def page(sheet: AssetDetails) -> None:
    """All of it."""
    site, device = stores.site(), sheet.asset.id
    choices = forms.read(asset_queries.choices)
    links(sheet)
    st.html(asset_heading(sheet, site))
    if choices is None:
        return
    with st.container(key="lists"):
        with st.container(key="main"):
            section(t("asset.identity"))
            st.html(asset_facts(sheet, IDENTITY, site))
            section(t("asset.purchase"))
            st.html(asset_facts(sheet, PURCHASE, site))
            if sheet.asset.note:
                st.html(asset_facts(sheet, ("note",), site))
            with st.expander(t("asset.edit"), icon=":material/edit:"):
                edit_sheet(sheet, choices)
            components(sheet, choices)
        with st.container(key="beside"):
            section(t("asset.support"))
            st.html(contract_facts(sheet, site))
            attachments("asset", device, sheet.files, is_open=True)
            section(t("asset.history"))
            st.html(changes_list(sheet, stores.now(), site))


device = st.query_params.get("device", "")
details = forms.read(lambda: asset_queries.asset_details(device))
if details is None:
    st.error(fmt.plain(t("asset.unknown", name=device)))
else:
    page(details)
