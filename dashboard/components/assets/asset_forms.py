"""What can be done to the sheet of a device: its fields, its condition, its components."""

from collections.abc import Mapping

import streamlit as st

from core.vocabulary.assets import AssetCondition
from dashboard import forms
from dashboard.components.assets.asset import IDENTITY, PURCHASE, component_facts
from dashboard.components.assets.record_form import record_form
from dashboard.components.shared.list_row import empty, section
from dashboard.i18n import t
from dashboard.queries.assets import AssetDetails, Choices
from dashboard.text.labels import CONDITIONS
from maintenance.assets import register
from storage.records import Asset

FIELDS = ("name", *IDENTITY, "contract", *PURCHASE, "note")
COMPONENT = (
    "name", "serial", "model", "installed", "removed", "counter", "counter_at_install",
    "life_count", "life_days", "note",
)  # fmt: skip


def edit_sheet(sheet: AssetDetails, choices: Choices) -> None:
    """Every field of the sheet; the condition is changed by itself."""
    device = sheet.asset.id
    record_form(f"asset-{device}", "assets", FIELDS, sheet.cells, choices, key=(device,))


def change_condition(asset: Asset) -> None:
    """Working, limited, down, not in use, retired."""
    name = f"condition-{asset.id}"
    words = list(CONDITIONS)
    with st.form(forms.once(name), border=False):
        chosen: AssetCondition = st.selectbox(
            t("asset.condition"), words, words.index(asset.condition),
            format_func=lambda condition: t(CONDITIONS[condition]),
        )  # fmt: skip
        st.html(f'<p class="sw-hint">{t("asset.condition_hint")}</p>')
        if forms.submit(t("record.save"), "change asset sheets"):
            forms.do(name, lambda: _changed(asset.id, chosen))


def _changed(device: str, condition: AssetCondition) -> str:
    with forms.writing() as tx:
        register.revise(tx, "assets", (device,), {"condition": condition})
    return t("asset.condition_is", condition=t(CONDITIONS[condition]))


def components(sheet: AssetDetails, choices: Choices) -> None:
    """What is in the device, each with its own serial and life; one more, or one that was changed."""
    section(t("asset.components"))
    device = sheet.asset.id
    for row in sheet.components:
        part = row.component
        name = f"component-{part.id}"
        with st.container(key=f"down-{name}", horizontal=True, vertical_alignment="center"):
            st.html(component_facts(row))
            with st.popover(t("asset.change")):
                key = (device, part.name, part.serial)
                _component(name, device, row.cells, choices, key)
    if not sheet.components:
        empty(t("asset.no_components"))
    with st.popover(t("asset.add_component"), icon=":material/add:"):
        _component(f"component-new-{device}", device, {}, choices, ())


def _component(
    name: str, device: str, cells: Mapping[str, str], choices: Choices, key: tuple[str, ...]
) -> None:
    record_form(
        name, "components", COMPONENT, cells, choices,
        key=key, fixed={} if key else {"asset": device},
    )  # fmt: skip
