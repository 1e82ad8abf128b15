"""What the address of a page asks for."""

import streamlit as st


def number(name: str) -> int | None:
    """A number in the address; None if there is none, or no record could have it."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else None
