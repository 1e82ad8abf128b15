"""Forms that are handed in once, whatever is clicked twice, and lose nothing that was typed.

The key of a form changes when its deed was done. A second click, or a run that was begun again,
then belongs to a form that is no longer there. If the deed is refused the key stays, and with it
everything in the form.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, datetime, time
from pathlib import Path
from typing import NamedTuple, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import ConfigError, Mistake, RefusedError, StoreError
from core.schema.site import Site
from core.time.clock import from_ms, to_ms
from dashboard.i18n import t, translate
from dashboard.queries import alerts as alert_queries
from dashboard.queries import stores
from dashboard.text import format as fmt
from dashboard.text.labels import COLUMNS
from storage.records.transaction import Transaction, transaction

Answer = TypeVar("Answer")

NOBODY = "dashboard"


class Done(NamedTuple):
    """What was done, in words, and the page that it leads to."""

    said: str
    page: str = ""
    query: Mapping[str, str] = {}


@dataclass
class _Session:
    """What this session has done."""

    times: dict[str, int] = field(default_factory=dict)  # by the name of the form
    done: Done | None = None  # not yet said
    doing: threading.Lock = field(default_factory=threading.Lock)


_drawn = threading.local()  # the times of each form as the run in this thread has drawn it


def once(name: str) -> str:
    """The key of a form, or of a button by itself, until its deed is done."""
    times = vars(_drawn)[name] = _session().times.get(name, 0)
    return f"{name}-{times}"


def do(name: str, deed: Callable[[], Done | str]) -> None:
    """Do what the form `name` asks, then show the page as it is now, or the one it leads to.

    Another click can stop this run wherever it touches Streamlit, session_state too. So between the
    deed and the note that it is done there is only plain Python, and what follows from it (say it,
    go to another page) is left to the next run, whichever that is. That run does not wait for the
    end of this one: it may have drawn the form before the deed was done, and then has nothing to do.
    """
    session = _session()
    with session.doing:
        is_undone = vars(_drawn)[name] == session.times.get(name, 0)
        if is_undone:
            _do(session, name, deed)
    if not is_undone:
        st.rerun()


def _do(session: _Session, name: str, deed: Callable[[], Done | str]) -> None:
    try:
        done = deed()
    except RefusedError as error:
        st.error(t("form.refused", why=translate(error.phrase)))
        return
    except ConfigError as error:
        st.error(t("form.refused", why="; ".join(wrong(one) for one in error.mistakes)))
        return
    except StoreError as error:
        st.error(t("form.unsaved", why=str(error)))
        return
    session.times[name] = session.times.get(name, 0) + 1
    session.done = done if isinstance(done, Done) else Done(done)
    st.rerun()


def finish(here: str) -> None:
    """Once in each run: go where the last deed leads, and there say what was done.

    `here` is the file's name of the page that runs. A late click may begin a run of the page that
    was left, so the way is taken until it has ended.
    """
    session = _session()
    done = session.done
    if done is None:
        return
    if done.page and Path(done.page).stem != here:
        st.switch_page(done.page, query_params=done.query)
    session.done = None
    st.toast(done.said, icon=":material/check:")


def _session() -> _Session:
    session: _Session = st.session_state.setdefault("forms", _Session())
    return session


def who() -> str:
    """In whose name this session writes. The one place to change when there is a login."""
    return NOBODY


@contextmanager
def writing(by: str | None = None) -> Iterator[Transaction]:
    """The dashboard's only door to writing: one transaction for a service function, all or nothing.

    `by` is who writes, where it is not the session's user. What the pages have cached is asked anew.
    """
    by, now = who() if by is None else by, stores.now()
    with transaction(stores.records(), stores.site(), by, now) as tx:
        yield tx
    alert_queries.forget_cached()


def read(ask: Callable[[], Answer]) -> Answer | None:
    """What the records say; None if they cannot be read, which is shown."""
    try:
        return ask()
    except StoreError as error:
        st.error(t("form.unread", why=str(error)))
        return None


def wrong(mistake: Mistake) -> str:
    """A mistake of a file by its place, one of a form by what its field is called."""
    path = mistake.path
    place = fmt.column(path, stores.site()) if path in COLUMNS else translate(path)
    return (
        t("form.mistake", place=place, why=translate(mistake.text))
        if place
        else translate(mistake.text)
    )


def beginning(key: str, cells: Mapping[str, str]) -> Mapping[str, str]:
    """What the fields of the form `key` held when it came on the screen, whatever others saved since.

    Only what differs from it was typed here. Streamlit forgets the fields of a page that was left;
    their first stands in for them.
    """
    if f"{key}-first" not in st.session_state:
        st.session_state[f"begin-{key}"] = dict(cells)
    begun: Mapping[str, str] = st.session_state[f"begin-{key}"]
    return begun


def button(name: str, label: str, deed: Callable[[], Done | str], *, primary: bool = False) -> None:
    """A button that does something once."""
    if st.button(label, key=once(name), type="primary" if primary else "secondary"):
        do(name, deed)


def popover(
    name: str, label: str, icon: str | None = None, *, disabled: bool = False
) -> DeltaGenerator:
    """What opens below a button, and closes when the form `name` in it was done.

    Open it would hide on a telephone what was done, and offer the empty form once more.
    """
    return st.popover(label, icon=icon, disabled=disabled, key=f"{once(name)}-popover")


def moment(label: str, key: str, at: int | None, site: Site) -> int | None:
    """A time of the site's clocks, as UTC milliseconds; None if there is none in it.

    It begins with `at`. What means now begins empty: a page is open for hours on a telephone, and
    the time at which it was opened is not when anything was done.
    """
    begin = (
        None if at is None else from_ms(at, site.zone).replace(tzinfo=None, second=0, microsecond=0)
    )
    said = st.datetime_input(label, begin, key=key, step=60)
    return None if said is None else to_ms(said.replace(tzinfo=site.zone))


def start_of(day: date, site: Site) -> int:
    """When a day began at the site."""
    return to_ms(datetime.combine(day, time(), site.zone))
