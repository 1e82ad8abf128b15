"""Of a site that is made up, on this machine only: choose who to be, without a password."""

import ipaddress
from collections.abc import Mapping
from html import escape

from starlette.requests import Request
from starlette.types import Scope

from access import sessions, users
from access.login import NewLogin
from access.principal import Author
from core.errors import RefusedError
from core.vocabulary.rights import Role
from dashboard import forms
from dashboard.http.gate import address_of
from dashboard.i18n import t
from dashboard.queries import stores

ROLES: Mapping[Role, str] = {  # with the key of their words
    "engineer": "login.as_engineer",
    "technician": "login.as_technician",
    "physicist": "login.as_physicist",
    "manager": "login.as_manager",
    "IT": "login.as_it",
    "vendor": "login.as_vendor",
}
LOOPBACK = "listens_on_loopback"  # in the scope: the server hears nobody but this machine
_PROXY_HEADERS = ("forwarded", "x-forwarded-for", "x-real-ip", "via")


def is_offered(scope: Scope) -> bool:
    """Is the site made up, does the server listen here only, and is it asked by this machine itself?"""
    if not stores.site().file.access.demo or not scope.get(LOOPBACK):
        return False
    if any(name.decode("latin-1").lower() in _PROXY_HEADERS for name, _ in scope["headers"]):
        return False
    try:
        return ipaddress.ip_address(address_of(scope)).is_loopback
    except ValueError:
        return False


def choices(request: Request, hidden: str) -> str:
    """A button a role; nothing if it is not offered."""
    if not is_offered(request.scope):
        return ""
    buttons = "".join(
        f'<button name="role" value="{role}">{escape(t(words))}</button> '
        for role, words in ROLES.items()
    )
    return (
        f'<hr><p class="about">{escape(t("login.demo"))}</p>'
        f'<form method="post" action="login" class="roles">{hidden}{buttons}</form>'
    )


def look_as(request: Request, fields: dict[str, str]) -> NewLogin:
    """Begin a session as somebody with that role. RefusedError unless it is offered."""
    role = fields.get("role", "")
    if role not in ROLES or not is_offered(request.scope):
        raise RefusedError("the name or the password is wrong")
    address, agent = address_of(request.scope), request.headers.get("user-agent", "")
    with forms.writing(Author("demo", frozenset(), address)) as tx:
        user = users.new_demo_user(tx, role)
        return NewLogin(sessions.begin(tx, user, address, agent), user.id, user.full_name)
