"""Forms that are handed in once, whatever is clicked twice, and lose nothing that was typed.

The key of a form changes when its action was done. A second click, or a run that was begun again,
then belongs to a form that is no longer there. If the action is refused the key stays, and with it
everything in the form.
"""

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from access import api_tokens, sessions
from access.api_tokens import TokenBearer
from access.principal import Author, Principal
from core.errors import ConfigError, Mistake, RefusedError, StoreError
from core.vocabulary.rights import Right
from dashboard.i18n import t, translate
from dashboard.queries import alerts as alert_queries
from dashboard.queries import identity, stores
from dashboard.text import format as fmt
from dashboard.text.labels import COLUMNS
from storage.records.transaction import Transaction, refusal, transaction

Result = TypeVar("Result")
Kind = Literal["primary", "secondary"]


class Done(NamedTuple):
    """What was done, in words, and the page that it leads to."""

    text: str
    page: str = ""
    query: Mapping[str, str] = {}


@dataclass
class _Session:
    """What this session has done."""

    times: dict[str, int] = field(default_factory=dict)  # by the name of the form
    done: Done | None = None  # not shown yet
    doing: threading.Lock = field(default_factory=threading.Lock)


_drawn = threading.local()  # the times of each form as the run in this thread has drawn it


def once(name: str) -> str:
    """The key of a form, or of a button by itself, until its action is done."""
    times = vars(_drawn)[name] = _session().times.get(name, 0)
    return f"{name}-{times}"


def do(name: str, action: Callable[[], Done | str]) -> None:
    """Do what the form `name` asks, then show the page as it is now, or the one it leads to.

    Another click can stop this run wherever it touches Streamlit, session_state too. So between the
    action and the note that it is done there is only plain Python, and what follows from it (show it,
    go to another page) is left to the next run, whichever that is. That run does not wait for the
    end of this one: it may have drawn the form before the action was done, and then has nothing to do.
    """
    session = _session()
    with session.doing:
        is_undone = vars(_drawn)[name] == session.times.get(name, 0)
        if is_undone:
            _do(session, name, action)
    if not is_undone:
        st.rerun()


def _do(session: _Session, name: str, action: Callable[[], Done | str]) -> None:
    try:
        done = action()
    except RefusedError as error:
        st.error(fmt.plain(t("form.refused", why=translate(error.phrase))))
        return
    except ConfigError as error:
        why = "; ".join(wrong(mistake) for mistake in error.mistakes)
        st.error(fmt.plain(t("form.refused", why=why)))
        return
    except StoreError as error:
        st.error(fmt.plain(t("form.unsaved", why=str(error))))
        return
    session.times[name] = session.times.get(name, 0) + 1
    session.done = done if isinstance(done, Done) else Done(done)
    st.rerun()


def finish(here: str) -> None:
    """Once in each run: go where the last action leads, and there show what was done.

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
    st.toast(fmt.plain(done.text), icon=":material/check:")


def _session() -> _Session:
    session: _Session = st.session_state.setdefault("forms", _Session())
    return session


@contextmanager
def writing(author: Author | None = None, *, is_shown: bool = True) -> Iterator[Transaction]:
    """The dashboard's only door to writing: one transaction for a service function, all or nothing.

    In the name of who looks at the page, unless there is none: then `author` says. RefusedError if
    their session has ended. What the pages have cached is asked anew, unless nothing of it `is_shown`.
    """
    by, rights, address = author or identity.required().author
    site, now = stores.site(), stores.now()
    with transaction(stores.records(), site, by, now, rights, address) as tx:
        yield tx
    if is_shown:
        alert_queries.forget_cached()


def note_presence(principal: Principal) -> None:
    """Somebody is there and does something: their session is not idle. A full disk signs nobody out."""
    number = principal.session_id
    if number is None:
        return
    with suppress(StoreError):
        with stores.records().reading() as db:
            is_unseen = sessions.is_unseen(db, number, stores.now())
        if is_unseen:
            with writing(principal.author, is_shown=False) as tx:
                sessions.see(tx, number)


def note_use(bearer: TokenBearer) -> None:
    """A program has come by its token. A full disk keeps no program out."""
    with suppress(StoreError), writing(bearer.principal.author, is_shown=False) as tx:
        api_tokens.use(tx, bearer.token_id)


def read(query: Callable[[], Result]) -> Result | None:
    """What the query returns; None if the records cannot be read, which is shown."""
    try:
        return query()
    except StoreError as error:
        st.error(fmt.plain(t("form.unread", why=str(error))))
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
    first: Mapping[str, str] = st.session_state[f"begin-{key}"]
    return first


def button(
    name: str,
    label: str,
    action: Callable[[], Done | str],
    *,
    right: Right,
    primary: bool = False,
) -> None:
    """A button that does something once; grey, with the reason, for who has not that right."""
    kind: Kind = "primary" if primary else "secondary"
    why = why_not(right)
    if st.button(label, key=once(name), type=kind, disabled=bool(why), help=why):
        do(name, action)


def submit(label: str, right: Right, *, primary: bool = True) -> bool:
    """The button that hands in a form; grey, with the reason below, for who has not that right."""
    why = why_not(right)
    kind: Kind = "primary" if primary else "secondary"
    is_pressed = st.form_submit_button(label, type=kind, disabled=bool(why))
    if why:
        st.caption(why)
    return is_pressed


def my_name() -> str:
    """The full name of who looks at the page."""
    principal = identity.here()
    return "" if principal is None else principal.full_name


def why_not(right: Right) -> str | None:
    """Who may do that, in words, for who looks at the page and may not."""
    return None if identity.may(right) else translate(refusal(right).phrase)


def popover(
    name: str, label: str, icon: str | None = None, *, disabled: bool = False
) -> DeltaGenerator:
    """What opens below a button, and closes when the form `name` in it was done.

    Open it would hide on a telephone what was done, and offer the empty form once more.
    """
    return st.popover(label, icon=icon, disabled=disabled, key=f"{once(name)}-popover")
