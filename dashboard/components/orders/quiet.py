"""Whether this person wants to be told of a device's alerts while working on it."""

import streamlit as st

from dashboard.i18n import t

KEY = "quiet-while-working"  # Streamlit forgets a field of a page that was left


def wants_quiet() -> bool:
    """As it was last set in this session; not to be told, unless somebody says otherwise."""
    return bool(st.session_state.get(KEY, True))


def quiet_switch() -> bool:
    """The switch, and how it stands."""
    is_quiet = st.toggle(
        t("window.quiet"), wants_quiet(), key=f"{KEY}-switch", help=t("window.quiet_help")
    )
    st.session_state[KEY] = is_quiet
    return is_quiet
