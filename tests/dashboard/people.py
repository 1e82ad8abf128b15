"""Who looks at the pages of a test."""

import time
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page

from access import sessions, users
from access.principal import Principal
from core.vocabulary.rights import rights_of
from dashboard.http import cookies
from dashboard.queries import identity
from storage.records import accounts
from tests.dashboard.centre import Centre

if TYPE_CHECKING:
    from tests.dashboard.conftest import Served

SARA = "Sara Ahmadi"


def person(*roles: str, full_name: str = SARA) -> Principal:
    """Somebody with these roles."""
    return Principal(1, "sara", full_name, roles, "", rights_of(roles), "10.0.0.9", 1)


def sign_in(monkeypatch: pytest.MonkeyPatch, principal: Principal | None) -> None:
    """Pages are driven without the middleware, which says to a real page whose it is."""
    monkeypatch.setattr(identity, "here", lambda: principal)


SARA_HERSELF = person("engineer", "physicist", "IT")  # she does whatever has to be done


def session_cookie(centre: Centre, *roles: str) -> str:
    """A cookie of Sara's with these roles, as signing in gives it; without any she does whatever has to be done."""
    now = time.time_ns() // 1_000_000
    own = list(roles or SARA_HERSELF.roles)
    name = "-".join(role.lower() for role in roles) or "sara"
    with centre.change(now) as tx:
        user = accounts.user_named(tx.db, name)
        user = user or users.new_user(tx, name, SARA if name == "sara" else name.title(), own)
        secret = sessions.begin(tx, user, "127.0.0.1", "test")
    return f"{cookies.cookie_name('session', is_secure=False)}={cookies.signed('session', secret)}"


def signed_in_page(browser: Browser, served: "Served", **how: Any) -> Page:
    """A page of a browser that Sara has signed in with."""
    page = browser.new_page(**how)
    name, _, value = served.cookie.partition("=")
    hosts = ("127.0.0.1", "localhost")
    page.context.add_cookies(
        [{"name": name, "value": value, "domain": host, "path": "/"} for host in hosts]
    )
    return page
