"""The list of all devices: what is searched, and a line for each."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components.assets.asset import condition_chip, end_chip
from dashboard.components.shared.list_row import row
from dashboard.i18n import t
from dashboard.text.labels import DEVICE_KINDS
from dashboard.work.assets import Listed

EVERY = "*"


def choose(found: Sequence[Listed]) -> list[Listed]:
    """What is asked for: words in any order, one kind of device, only where a promise ends soon."""
    kinds = sorted({one.kind for one in found}, key=kind_words)
    with st.container(key="filter", horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            t("assets.search"), placeholder=t("assets.search"), label_visibility="collapsed",
            width=300, key="assets-search",
        )  # fmt: skip
        kind = st.selectbox(
            t("assets.kind"), [EVERY, *kinds], format_func=kind_words, width=240, key="assets-kind",
            label_visibility="collapsed",
        )  # fmt: skip
        only = st.checkbox(t("assets.only_ending"), key="assets-ending")
    return [
        one
        for one in found
        if _speaks_of(one, words)
        and kind in (EVERY, one.kind)
        and (not only or any(end.standing != "later" for end in one.ends))
    ]


def kind_words(kind: str) -> str:
    """What a kind of device is called; a profile may have one of its own."""
    if kind == EVERY:
        return t("assets.every_kind")
    return t(DEVICE_KINDS[kind]) if kind in DEVICE_KINDS else kind


def asset_rows(found: Sequence[Listed]) -> None:
    """A line for each device, which leads to its sheet."""
    with st.container(key="assets"):
        for one in found:
            row(
                f"asset-{one.asset.id}", one.asset.name, "app_pages/asset.py",
                {"device": one.asset.id}, lead=condition_chip(one.asset), tail=_tail(one),
            )  # fmt: skip


def _tail(one: Listed) -> str:
    """Maker and model, serial number, place, software; then what ends."""
    asset = one.asset
    told = (
        " ".join(text for text in (asset.manufacturer, asset.model) if text),
        t("asset.serial", serial=asset.serial) if asset.serial else "",
        asset.location,
        t("asset.software", level=asset.software) if asset.software else "",
    )
    cells = "".join(f'<span class="sw-hint">{escape(text)}</span>' for text in told)
    chips = "".join(end_chip(end) for end in one.ends)
    return f'<div class="sw-asset">{cells}<span class="sw-ends">{chips}</span></div>'


def _speaks_of(one: Listed, words: str) -> bool:
    asset = one.asset
    text = " ".join(
        (
            asset.id, asset.name, asset.manufacturer, asset.model, asset.serial, asset.location,
            asset.software, asset.code, asset.note, kind_words(one.kind),
        )
    ).casefold()  # fmt: skip
    return all(word in text for word in words.casefold().split())
