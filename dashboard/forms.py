"""Forms that are handed in once, whatever is clicked twice, and lose nothing that was typed.

The key of a form changes when its deed was done. A second click, or a run that was begun again,
then belongs to a form that is no longer there. If the deed is refused the key stays, and with it
everything in the form.
"""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import TypeVar

import streamlit as st

from core.clock import from_ms, to_ms
from core.errors import RefusedError, StoreError
from core.site import Site
from dashboard.i18n import t

Answer = TypeVar("Answer")
_SAID = "said"


def once(name: str) -> str:
    """The key of a form, or of a button by itself, until its deed is done."""
    return f"{name}-{st.session_state.get(f'done-{name}', 0)}"


def do(name: str, deed: Callable[[], str]) -> None:
    """Do what the form `name` asks, say what was done, and show the page as it is now.

    Nothing of Streamlit is called between the deed and the change of the key, so no other run of
    this page can come between them.
    """
    if attempt(deed, name):
        st.rerun()


def attempt(deed: Callable[[], str], name: str) -> bool:
    """Like `do`, for who goes to another page afterwards; False if it was refused, which is shown."""
    try:
        said = deed()
    except RefusedError as error:
        st.error(t("form.refused", why=str(error)))
        return False
    except StoreError as error:
        st.error(t("form.unsaved", why=str(error)))
        return False
    st.session_state[f"done-{name}"] = st.session_state.get(f"done-{name}", 0) + 1
    st.session_state[_SAID] = said
    return True


def read(ask: Callable[[], Answer]) -> Answer | None:
    """What the records say; None if they cannot be read, which is shown."""
    try:
        return ask()
    except StoreError as error:
        st.error(t("form.unread", why=str(error)))
        return None


def say() -> None:
    """What was done last, once, at the foot of the page."""
    said = st.session_state.pop(_SAID, "")
    if said:
        st.toast(said, icon=":material/check:")


def button(name: str, label: str, deed: Callable[[], str], *, primary: bool = False) -> None:
    """A button that does something once."""
    if st.button(label, key=once(name), type="primary" if primary else "secondary"):
        do(name, deed)


def moment(label: str, key: str, at: int, site: Site) -> int | None:
    """A time of the site's clocks, as UTC milliseconds; None if it was cleared.

    It begins with `at`, and stays there while the page is looked at: what was typed is not lost.
    """
    wall = from_ms(at, site.zone).replace(tzinfo=None, second=0, microsecond=0)
    begin = st.session_state.setdefault(f"begin-{key}", wall)
    said = st.datetime_input(label, begin, key=key, step=60)
    return None if said is None else to_ms(said.replace(tzinfo=site.zone))


def start_of(day: date, site: Site) -> int:
    """When a day began at the site."""
    return to_ms(datetime.combine(day, time(), site.zone))


def cents(amount: float | None) -> int:
    """Money as it is kept."""
    return round((amount or 0) * 100)
