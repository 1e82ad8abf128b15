"""One device: what it measures now, its curves, its alerts and events."""

import streamlit as st

from core.errors import StoreError
from core.schema.site import Device
from core.time.clock import MINUTE
from dashboard import forms, i18n
from dashboard.components.device.alert import open_alerts, out_of_service
from dashboard.components.device.chart_range import chosen_window
from dashboard.components.device.expected import expected_and_actual
from dashboard.components.device.heading import heading
from dashboard.components.device.history import alerts_list, events_list
from dashboard.components.device.metric_rows import metric_rows
from dashboard.components.device.values import rule_list, values_table
from dashboard.components.device.windows import window_rows, work_buttons
from dashboard.components.fleet.summary import banners
from dashboard.components.shared.auto_refresh import SAFETY, live_mark
from dashboard.i18n import t
from dashboard.queries import alerts as alert_queries
from dashboard.queries import fleet as fleet_queries
from dashboard.queries import plug_use as plug_queries
from dashboard.queries import series as series_queries
from dashboard.queries import stores
from dashboard.queries.backfill import backfill
from dashboard.text import format as fmt
from dashboard.text.icons import pointing
from dashboard.views import curves
from dashboard.views.chart_window import ChartWindow
from dashboard.views.source_doubts import SourceDoubt, source_doubts

MOST_EVENTS = 50
BESIDE = (
    ("app_pages/orders.py", "orders.title", ":material/build:"),
    ("app_pages/rounds.py", "rounds.title", ":material/edit_note:"),
    ("app_pages/asset.py", "asset.title", ":material/badge:"),
)
CHANGE = ("app_pages/add_device.py", "add_device.edit", ":material/settings:")


def choose() -> Device | None:
    """The device that the address names; without one the first of the site."""
    known = stores.site().devices
    name = st.query_params.get("device") or next(iter(known), "")
    with st.container(key="choose", horizontal=True, vertical_alignment="center"):
        st.page_link("app_pages/fleet.py", label=t("device.back"), icon=pointing("back"))
        if name in known and st.session_state.get("device") != name:
            st.session_state["device"] = name  # the address was changed, or a tile was clicked
        elif name not in known:
            st.session_state.pop("device", None)  # none is chosen, so that any can be
        query = {"device": name} if name in known else {}
        own = (CHANGE,) if name in known and not forms.why_not("change the site file") else ()
        for page, words, icon in (*BESIDE, *own):
            st.page_link(page, label=t(words), icon=icon, query_params=query)
        st.selectbox(
            t("device.choose"),
            list(known),
            0 if name in known else None,
            placeholder=t("device.choose"),
            format_func=lambda device_id: known[device_id].name,
            key="device",
            on_change=lambda: st.query_params.update(device=st.session_state["device"]),
            label_visibility="collapsed",
            width=340,
        )
    return known.get(name)


@st.fragment(run_every=SAFETY)
@i18n.kept
def live(device_id: str) -> None:
    """What is known now; drawn anew when something is new."""
    now, site = stores.now(), stores.site()
    live_mark(now, device_id)
    fleet = fleet_queries.fleet(now)
    st.html(banners(fleet, now, site) or "<span></span>")
    for status in fleet.statuses:
        if status.device.id == device_id:
            plug = plug_queries.plug_model(device_id)
            st.html(heading(status, now, _doubts(device_id, now), plug))
            # Each in a place of its own: a line more in the one moves none in the other.
            with st.container(key="work", horizontal=True):
                work_buttons(device_id)
            with st.container(key="windows"):
                out_of_service(status, now, site)
                window_rows(status, now, site)
            with st.container(key="open-alerts"):
                open_alerts(status, now, site)
            st.html(f"<h2>{t('device.values')}</h2>")
            st.html(values_table(status, now, site))


def _doubts(device_id: str, now: int) -> list[SourceDoubt]:
    try:
        return source_doubts(series_queries.source_events(device_id, now // MINUTE * MINUTE))
    except StoreError:
        return []  # the banner above has said it


def history(device: Device, window: ChartWindow) -> None:
    """What was, over the chosen range."""
    now, site = stores.now(), stores.site()
    name, start, end = window
    if name:
        start, end = curves.range_until(now, curves.RANGES[name])
    try:
        if backfill() is None:
            expected_and_actual(device, start, end, now)
        metric_rows(device, st.query_params.get("metric", ""), name, start, end)
        alerts = alert_queries.alerts_since(start, device.id)
        events = series_queries.events(device.id, start, end, MOST_EVENTS)
    except StoreError:
        return  # the banner above has said it
    with st.container(key="lists"):
        with st.container():
            st.html(f"<h2>{t('device.alerts')}</h2>")
            st.html(alerts_list(alerts, device.profile, now, site))
        with st.container():
            st.html(f"<h2>{t('device.events')}</h2>")
            st.html(events_list(events, now, site))


device = choose()
if device is None:
    st.error(fmt.plain(t("device.unknown", name=st.query_params.get("device", ""))))
else:
    live(device.id)
    st.html(rule_list(device.profile))
    if forms.why_not("change the site file") is None:
        query = {"device": device.id}
        st.page_link("app_pages/limit.py", label=t("limit_page.title"), query_params=query)
    window = chosen_window(device)
    every = curves.RANGES[window.name].every_s if window.name else None
    st.fragment(i18n.kept(history), run_every=every)(device, window)
