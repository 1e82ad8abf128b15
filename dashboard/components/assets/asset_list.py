"""The list of all devices: what is searched, and a line for each."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from dashboard.components.assets.asset import condition_chip, expiry_chip
from dashboard.components.shared.address import choice
from dashboard.components.shared.list_row import row as list_row
from dashboard.i18n import t
from dashboard.queries.assets import AssetRow
from dashboard.text.labels import DEVICE_KINDS

EVERY = "*"


def choose(rows: Sequence[AssetRow]) -> list[AssetRow]:
    """The rows that fit: words in any order, row kind of device, only where something ends soon."""
    kinds = sorted({row.kind for row in rows}, key=kind_words)
    with st.container(key="filter", horizontal=True, vertical_alignment="center"):
        words = st.text_input(
            t("assets.search"), placeholder=t("assets.search"), label_visibility="collapsed",
            width=300, key="words", bind="query-params",
        )  # fmt: skip
        kind = choice(
            "kind", t("assets.kind"), [EVERY, *kinds], kind_words, key="assets-kind", width=240
        )
        only = st.checkbox(t("assets.only_ending"), key="ending", bind="query-params")
    return [
        row
        for row in rows
        if _matches(row, words)
        and kind in (EVERY, row.kind)
        and (not only or any(expiry.state != "later" for expiry in row.expiries))
    ]


def kind_words(kind: str) -> str:
    """What a kind of device is called; a profile may have row of its own."""
    if kind == EVERY:
        return t("assets.every_kind")
    return t(DEVICE_KINDS[kind]) if kind in DEVICE_KINDS else kind


def asset_rows(rows: Sequence[AssetRow]) -> None:
    """A line for each device, which leads to its sheet."""
    with st.container(key="assets"):
        for row in rows:
            list_row(
                f"asset-{row.asset.id}", row.asset.name, "app_pages/asset.py",
                {"device": row.asset.id}, lead=condition_chip(row.asset), tail=_tail(row),
            )  # fmt: skip


def _tail(row: AssetRow) -> str:
    """Maker and model, serial number, place, software; then what ends."""
    asset = row.asset
    texts = (
        " ".join(text for text in (asset.manufacturer, asset.model) if text),
        t("asset.serial", serial=asset.serial) if asset.serial else "",
        asset.location,
        t("asset.software", level=asset.software) if asset.software else "",
    )
    cells = "".join(f'<span class="sw-hint">{escape(text)}</span>' for text in texts)
    chips = "".join(expiry_chip(expiry) for expiry in row.expiries)
    return f'<div class="sw-asset">{cells}<span class="sw-ends">{chips}</span></div>'


def _matches(row: AssetRow, words: str) -> bool:
    asset = row.asset
    text = " ".join(
        (
            asset.id, asset.name, asset.manufacturer, asset.model, asset.serial, asset.location,
            asset.software, asset.code, asset.note, kind_words(row.kind),
        )
    ).casefold()  # fmt: skip
    return all(word in text for word in words.casefold().split())
