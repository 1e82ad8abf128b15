"""Who is there: the person of a cookie, and of the page that is drawn.

A page learns it by a header that `http/middleware.py` adds and nobody else can send: the number of the session.
The records are asked each time, so who was signed out cannot write any more. While they cannot be read, who
was known before stays known: just then the values of the devices are wanted.
"""

import streamlit as st

from access import sessions
from access.principal import Principal
from access.secret import hash_of
from core.errors import RefusedError, StoreError
from core.vocabulary.rights import Right
from dashboard.queries import stores

HEADER = "x-scanward-session"
MOST_KNOWN = 1000  # sessions

_known: dict[int, Principal] = {}
_by_cookie: dict[str, int] = {}  # a digest of the cookie's secret


def by_cookie(secret: str) -> Principal | None:
    """Whose cookie it is; None if its session is over. StoreError if nobody can tell."""
    site, now = stores.site(), stores.now()
    try:
        with stores.records().reading() as db:
            principal = sessions.by_secret(db, secret, site.file.access, now)
    except StoreError:
        number = _by_cookie.get(hash_of(secret))
        if number is None or number not in _known:
            raise
        return _known[number]
    _remember(hash_of(secret), principal)
    return principal


def by_number(session_id: int) -> Principal | None:
    """The person of a session that is not over."""
    site, now = stores.site(), stores.now()
    try:
        with stores.records().reading() as db:
            principal = sessions.by_number(db, session_id, site.file.access, now)
    except StoreError:
        return _known.get(session_id)
    if principal is None:
        _known.pop(session_id, None)
    return principal


def here() -> Principal | None:
    """Who looks at the page that is drawn."""
    number = st.context.headers.get(HEADER, "")
    return by_number(int(number)) if number.isdecimal() else None


def required() -> Principal:
    """Who looks at the page. RefusedError if their session has ended meanwhile."""
    principal = here()
    if principal is None:
        raise RefusedError("you are not signed in any more: sign in again")
    return principal


def may(right: Right) -> bool:
    """May who looks at the page do that?"""
    principal = here()
    return principal is not None and right in principal.rights


def _remember(cookie: str, principal: Principal | None) -> None:
    if principal is None or principal.session_id is None:
        _known.pop(_by_cookie.pop(cookie, 0), None)
        return
    if len(_known) >= MOST_KNOWN:
        _known.clear()
        _by_cookie.clear()
    _known[principal.session_id] = principal
    _by_cookie[cookie] = principal.session_id
