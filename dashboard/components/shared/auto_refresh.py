"""A page that stays true while it is only looked at."""

from html import escape

import streamlit as st

from dashboard.i18n import t
from dashboard.queries.page_version import version

EVERY = "60s"
# `http/live.js` has a live part drawn anew; this is for a browser that does not run it, and brings
# the page back after the server was away: Streamlit draws only pages anew that do so by themselves.
SAFETY = "300s"
OWN = "made-anew-by-itself"  # in the session: the run that comes is nobody's


def stay_fresh() -> None:
    """Call once on a page: it is made anew each minute, and what is typed in its forms stays."""
    _again([])


@st.fragment(run_every=EVERY)
def _again(runs: list[None]) -> None:
    """The first run belongs to the page itself; each later one makes the page anew."""
    if runs:
        st.session_state[OWN] = True
        st.rerun()
    runs.append(None)


def is_own_run() -> bool:
    """The page makes itself anew, and nobody has touched anything. To be asked once in a run."""
    return bool(st.session_state.pop(OWN, False))


def live_mark(now: int, device: str = "") -> None:
    """In the fragment that is to be drawn anew: what it shows, and the button, which nobody sees, that draws it."""
    shown = version(now, device)
    st.html(
        f'<span class="sw-drawn" hidden data-device="{escape(device)}"'
        f' data-urgent="{shown.urgent}" data-whole="{shown.whole}"></span>'
    )
    st.button(t("fresh.again"), key="sw-again")
