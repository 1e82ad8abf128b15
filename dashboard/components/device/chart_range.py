"""The time that the charts of a device show: one of the usual ranges, or one of its own; the address holds it."""

from functools import cache

import streamlit as st

from core.schema.site import Device
from core.text.languages import LANGUAGES
from dashboard import i18n
from dashboard.components.shared.date_box import moment_box
from dashboard.i18n import t
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.views.chart_window import ChartWindow, in_address, window_of

RANGE_WORDS = {
    "1h": "range.h1",
    "6h": "range.h6",
    "24h": "range.h24",
    "7d": "range.d7",
    "30d": "range.d30",
    "90d": "range.d90",
    "1y": "range.y1",
    "5y": "range.y5",
}
OWN = ("from", "to")


def chosen_window(device: Device) -> ChartWindow:
    """The range that the address asks for, and its controls; what it cannot mean is said in words."""
    now, site = stores.now(), stores.site()
    query = st.query_params.to_dict()
    window, mistakes = window_of(query, _labels(), now, site.zone)
    if (metric := query.get("metric")) and metric not in device.profile.metrics:
        st.warning(fmt.plain(t("range.no_metric", text=metric)))
    for mistake in mistakes:
        st.warning(fmt.plain(t(mistake.key, text=mistake.text)))
    with st.container(key="range", horizontal=True, vertical_alignment="center"):
        st.html(f"<h2>{t('device.history')}</h2>", width="content")
        # The address is what counts: a link was followed, or somebody went back.
        st.session_state["span"] = window.name or None
        st.segmented_control(
            t("device.range"),
            list(RANGE_WORDS),
            format_func=lambda name: t(RANGE_WORDS[name]),
            key="span",
            on_change=_choose_range,
            label_visibility="collapsed",
        )
        with st.popover(_own_words(window, now), icon=":material/date_range:"):
            _own_range(window)
    return window


def _choose_range() -> None:
    for name in OWN:
        st.query_params.pop(name, None)
    if st.session_state["span"]:  # pressing the pressed one changes nothing
        st.query_params["span"] = st.session_state["span"]


def _own_words(window: ChartWindow, now: int) -> str:
    if window.name:
        return t("range.own")
    site = stores.site()
    start, end = (fmt.moment(at, now, site) for at in (window.start, window.end))
    return fmt.plain(t("range.from_to", start=start, end=end))


def _own_range(window: ChartWindow) -> None:
    site = stores.site()
    with st.form("own-range", border=False):
        ends = [
            moment_box(t(words), f"{words}-{at}", at, site)
            for words, at in (("range.start", window.start), ("range.end", window.end))
        ]
        is_sent = st.form_submit_button(t("range.show"))
        if is_sent and not any(box.wrong for box in ends):
            for name, box in zip(OWN, ends, strict=True):
                st.query_params.pop(name, None)
                if box.value is not None:
                    st.query_params[name] = in_address(box.value)
            st.rerun()


@cache
def _labels() -> dict[str, tuple[str, ...]]:
    """What each range is called in every language."""
    known = [i18n.catalogue(language) for language in LANGUAGES]
    return {
        name: tuple(words.find(key) or "" for words in known) for name, key in RANGE_WORDS.items()
    }
