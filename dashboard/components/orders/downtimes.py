"""When a device could not be used: each piece with its cause, which a person may correct."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.site import Site
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from dashboard import forms
from dashboard.components.orders.order import downtime_words
from dashboard.components.shared.list_row import empty
from dashboard.components.shared.number_box import Box, number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import CAUSES, EXTENTS
from dashboard.work import orders
from maintenance.assets.columns import whole
from maintenance.downtime.records import Correction
from storage.records import Downtime


def downtimes(pieces: Sequence[Downtime], none: str, *, named: bool = False) -> None:
    """All of them; `named` says of which device each is."""
    now, site = stores.now(), stores.site()
    for piece in pieces:
        with st.container(key=f"down-{piece.id}", horizontal=True, vertical_alignment="center"):
            st.html(_words(piece, now, site, named=named))
            with forms.popover(f"correct-{piece.id}", t("downtime.correct")):
                _correct(piece, site)
    if not pieces:
        empty(none)


def add_downtime(order_id: int) -> None:
    """For what no alert has noticed."""
    name = f"new-down-{order_id}"
    key = forms.once(name)
    with st.form(key, border=False):
        began = forms.moment(t("downtime.began_now"), f"{key}-at", None, stores.site())
        cause, extent = _cause("machine"), _extent("hard")
        if st.form_submit_button(t("order.add"), type="primary"):
            at = stores.now() if began is None else began
            forms.do(name, lambda: _added(order_id, at, cause, extent))


def _added(order_id: int, began_at: int, cause: DowntimeCause, extent: DowntimeExtent) -> str:
    orders.add_downtime(order_id, began_at, cause, extent)
    return t("downtime.noted")


def _words(piece: Downtime, now: int, site: Site, *, named: bool) -> str:

    name = f"<b>{escape(fmt.device(piece.device, site))}</b> " if named else ""
    return f'<p class="sw-down">{name}{downtime_words(piece, now, site)}</p>'


def _correct(piece: Downtime, site: Site) -> None:
    name = f"correct-{piece.id}"
    key = forms.once(name)
    with st.form(key, border=False):
        began = forms.moment(t("downtime.began"), f"{key}-from", piece.began_at, site)
        ended = None
        if piece.ended_at is not None:
            ended = forms.moment(t("downtime.ended"), f"{key}-to", piece.ended_at, site)
        is_over = piece.ended_at is None and st.checkbox(t("downtime.is_over"))
        cause, extent = _cause(piece.cause), _extent(piece.extent)
        known = "" if piece.cases_lost is None else str(piece.cases_lost)
        cases = number_box(t("downtime.cases"), whole(0, 100_000), known)
        note = st.text_input(t("downtime.note"), piece.note)
        if st.form_submit_button(t("downtime.save"), type="primary"):
            what = Correction(cause=cause, extent=extent, note=note)
            # A time that was left as it is keeps its seconds.
            if began is not None and began != _minute(piece.began_at):
                what["began_at"] = began
            if ended is not None and ended != _minute(piece.ended_at):
                what["ended_at"] = ended
            if is_over:
                what["ended_at"] = stores.now()
            forms.do(name, lambda: _corrected(piece.id, what, cases))


def _minute(at: int | None) -> int:
    return 0 if at is None else at - at % 60_000


def _corrected(downtime_id: int, what: Correction, cases: Box[int]) -> str:
    orders.correct_downtime(downtime_id, {**what, "cases_lost": cases.given()})
    return t("downtime.saved")


def _cause(cause: DowntimeCause) -> DowntimeCause:
    return st.selectbox(
        t("downtime.cause"), list(CAUSES), list(CAUSES).index(cause),
        format_func=lambda one: t(CAUSES[one]),
    )  # fmt: skip


def _extent(extent: DowntimeExtent) -> DowntimeExtent:
    return st.selectbox(
        t("downtime.extent"), list(EXTENTS), list(EXTENTS).index(extent),
        format_func=lambda one: t(EXTENTS[one]),
    )  # fmt: skip
