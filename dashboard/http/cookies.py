"""The cookies: a session, a browser that signed in before, what binds a form before anybody signed in, a supplier's,
and whether pages are light or dark.

Each is signed with the site's key, so one that was changed is none. With TLS the names begin with `__Host-`, which
no other name and no unencrypted page can set.
"""

from functools import cache
from typing import Literal

from itsdangerous import BadSignature, URLSafeTimedSerializer
from starlette.requests import HTTPConnection
from starlette.responses import Response

from core.time.clock import DAY, MINUTE, SECOND
from dashboard.queries import stores
from storage.files.key_file import site_key

CookieKind = Literal["session", "browser", "form", "vendor", "oidc", "look"]

LONGEST = 500  # characters of one that is looked at
# How long each is good; a session has its own end in the records.
_AGES: dict[CookieKind, int | None] = {
    "session": None,
    "browser": 365 * DAY,
    "form": DAY,
    "vendor": 365 * DAY,
    "oidc": 10 * MINUTE,
    "look": 365 * DAY,
}


def read(connection: HTTPConnection, kind: CookieKind) -> str | None:
    """What was put into the cookie; None if there is none, or it is not of ours."""
    text = connection.cookies.get(_name(connection, kind), "")
    age = _AGES[kind]
    if not text or len(text) > LONGEST:
        return None
    try:
        value = _signer(kind).loads(text, max_age=None if age is None else age // SECOND)
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def put(connection: HTTPConnection, response: Response, kind: CookieKind, value: str) -> None:
    """Set it. That of a session goes with the browser's own; scripts read none of them."""
    age = _AGES[kind]
    response.set_cookie(
        _name(connection, kind),
        signed(kind, value),
        max_age=None if age is None else age // SECOND,
        path="/",
        secure=_is_secure(connection),
        httponly=True,
        samesite="lax",
    )


def forget(connection: HTTPConnection, response: Response, kind: CookieKind) -> None:
    """Take it away."""
    response.delete_cookie(
        _name(connection, kind),
        path="/",
        secure=_is_secure(connection),
        httponly=True,
        samesite="lax",
    )


def signed(kind: str, value: str) -> str:
    """With the site's signature, good for this kind only."""
    return str(_signer(kind).dumps(value))


def is_signed(kind: str, text: str, value: str) -> bool:
    """Is it the signature of just this value?"""
    try:
        return bool(text) and _signer(kind).loads(text[:LONGEST]) == value
    except BadSignature:
        return False


def signed_value(kind: str, text: str, age: int) -> str | None:
    """What was signed, if it was no longer than `age` ms ago; None if it is not of ours."""
    try:
        value = _signer(kind).loads(text[:LONGEST], max_age=age // SECOND)
    except BadSignature:
        return None
    return value if isinstance(value, str) else None


def cookie_name(kind: CookieKind, *, is_secure: bool) -> str:
    """As it is called in the browser."""
    return f"{'__Host-' if is_secure else ''}scanward-{kind}"


def _name(connection: HTTPConnection, kind: CookieKind) -> str:
    return cookie_name(kind, is_secure=_is_secure(connection))


def _is_secure(connection: HTTPConnection) -> bool:
    return connection.scope["scheme"] in ("https", "wss")


def _signer(kind: str) -> URLSafeTimedSerializer:
    return _serializer(site_key(stores.site().session_key_path), kind)


@cache
def _serializer(key: bytes, kind: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(key, salt=f"scanward {kind}")
