"""What the address of a page asks for, by ids: a label would be of one language only."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Literal, TypeVar

import streamlit as st

Option = TypeVar("Option")


def number(name: str) -> int | None:
    """A number in the address; None if there is none, or no record could have it."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 16 else None


def choice(
    name: str,
    label: str,
    options: Sequence[Option],
    words: Callable[[Option], str],
    *,
    key: str,
    usual: Option | None = None,
    width: int | Literal["stretch"] = "stretch",
    is_row: bool = False,
    is_named: bool = False,
) -> Option:
    """One of these, which the address holds as `name=id`; the usual one, else the first, if it asks for none.

    It is a list to open, or a row of buttons; its label is seen if it `is_named`.
    """
    usual = options[0] if usual is None else usual
    ids = {str(option): option for option in options}
    # The address is what counts: a link was followed, or somebody went back.
    st.session_state[key] = ids.get(st.query_params.get(name, ""), usual)
    note = partial(_note, name, key, usual)
    shown: Literal["visible", "collapsed"] = "visible" if is_named else "collapsed"
    if is_row:
        chosen = st.segmented_control(
            label, options, format_func=words, key=key, on_change=note, required=True,
            label_visibility=shown,
        )  # fmt: skip
    else:
        chosen = st.selectbox(
            label, options, format_func=words, key=key, on_change=note, label_visibility=shown,
            width=width,
        )  # fmt: skip
    return usual if chosen is None else chosen


def _note(name: str, key: str, usual: object) -> None:
    chosen = st.session_state[key]
    if chosen == usual:
        st.query_params.pop(name, None)
    else:
        st.query_params[name] = str(chosen)
