"""When a device could not be used: each downtime with its cause, which a person may correct."""

from collections.abc import Sequence
from html import escape

import streamlit as st

from core.schema.site import Site
from core.vocabulary.downtime import DowntimeCause, DowntimeExtent
from dashboard import forms
from dashboard.components.orders.order import downtime_words
from dashboard.components.shared.date_box import moment_box
from dashboard.components.shared.list_row import empty
from dashboard.components.shared.number_box import Box, number_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import CAUSES, EXTENTS
from maintenance.assets.columns import whole
from maintenance.downtime.lifecycle import Correction, correct
from maintenance.work_orders import order_downtime
from storage.records import Downtime


def downtimes(rows: Sequence[Downtime], none: str, *, named: bool = False) -> None:
    """All of them; `named` says of which device each is."""
    now, site = stores.now(), stores.site()
    for downtime in rows:
        with st.container(key=f"down-{downtime.id}", horizontal=True, vertical_alignment="center"):
            st.html(_words(downtime, now, site, named=named))
            with forms.popover(f"correct-{downtime.id}", t("downtime.correct")):
                _correct(downtime, site)
    if not rows:
        empty(none)


def add_downtime(order_id: int, fault_began_at: int) -> None:
    """For what no alert has noticed; since the fault began, unless somebody says otherwise."""
    name = f"new-down-{order_id}"
    key = forms.once(name)
    with st.form(key, border=False):
        began = moment_box(t("downtime.began"), f"{key}-at", fault_began_at, stores.site())
        cause, extent = _cause("machine"), _extent("hard")
        if forms.submit(t("order.add"), "note downtime"):
            forms.do(
                name, lambda: _added(order_id, exact(began.given(), fault_began_at), cause, extent)
            )


def _added(order_id: int, began_at: int, cause: DowntimeCause, extent: DowntimeExtent) -> str:
    with forms.writing() as tx:
        order_downtime.add_downtime(tx, order_id, began_at, cause, extent)
    return t("downtime.noted")


def _words(downtime: Downtime, now: int, site: Site, *, named: bool) -> str:
    name = f"<b>{escape(fmt.device(downtime.device, site))}</b> " if named else ""
    return f'<p class="sw-down">{name}{downtime_words(downtime, now, site)}</p>'


def _correct(downtime: Downtime, site: Site) -> None:
    name = f"correct-{downtime.id}"
    key = forms.once(name)
    with st.form(key, border=False):
        began = moment_box(t("downtime.began"), f"{key}-from", downtime.began_at, site)
        ended = None
        if downtime.ended_at is not None:
            ended = moment_box(t("downtime.ended"), f"{key}-to", downtime.ended_at, site)
        is_over = downtime.ended_at is None and st.checkbox(t("downtime.is_over"))
        cause, extent = _cause(downtime.cause), _extent(downtime.extent)
        known = "" if downtime.cases_lost is None else str(downtime.cases_lost)
        cases = number_box(t("downtime.cases"), whole(0, 100_000), known)
        note = st.text_input(t("downtime.note"), downtime.note)
        if forms.submit(t("downtime.save"), "correct downtime"):
            changes = Correction(cause=cause, extent=extent, note=note)
            if is_over:
                changes["ended_at"] = stores.now()
            forms.do(
                name,
                lambda: _corrected(
                    downtime.id, {**changes, **_changed_times(downtime, began, ended)}, cases
                ),
            )


def _changed_times(downtime: Downtime, began: Box[int], ended: Box[int] | None) -> Correction:
    """A time that was left as it is keeps its seconds."""
    changes = Correction()
    began_at, ended_at = began.given(), None if ended is None else ended.given()
    if began_at is not None and began_at != _minute(downtime.began_at):
        changes["began_at"] = began_at
    if ended_at is not None and ended_at != _minute(downtime.ended_at):
        changes["ended_at"] = ended_at
    return changes


def exact(chosen: int | None, offered: int) -> int:
    """The time that was chosen; the one that was offered keeps its seconds."""
    return offered if chosen is None or chosen == _minute(offered) else chosen


def _minute(at: int | None) -> int:
    return 0 if at is None else at - at % 60_000


def _corrected(downtime_id: int, changes: Correction, cases: Box[int]) -> str:
    changes["cases_lost"] = cases.given()
    with forms.writing() as tx:
        correct(tx, downtime_id, **changes)
    return t("downtime.saved")


def _cause(cause: DowntimeCause) -> DowntimeCause:
    return st.selectbox(
        t("downtime.cause"), list(CAUSES), list(CAUSES).index(cause),
        format_func=lambda cause: t(CAUSES[cause]),
    )  # fmt: skip


def _extent(extent: DowntimeExtent) -> DowntimeExtent:
    return st.selectbox(
        t("downtime.extent"), list(EXTENTS), list(EXTENTS).index(extent),
        format_func=lambda extent: t(EXTENTS[extent]),
    )  # fmt: skip
