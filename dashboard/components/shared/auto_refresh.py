"""A page that stays true while it is only looked at."""

import streamlit as st

EVERY = "60s"


def stay_fresh() -> None:
    """Call once on a page: it is made anew each minute, and what is typed in its forms stays."""
    _again([])


@st.fragment(run_every=EVERY)
def _again(runs: list[None]) -> None:
    """The first run belongs to the page itself; each later one makes the page anew."""
    if runs:
        st.rerun()
    runs.append(None)
